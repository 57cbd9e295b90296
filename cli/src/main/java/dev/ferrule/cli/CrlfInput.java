package dev.ferrule.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Lines that end as most protocols of lines have it: LF becomes CRLF, and CRLF stays. */
final class CrlfInput extends FilterInputStream {
  private boolean behindCr;
  private boolean owesLf; // its CR was read alone

  CrlfInput(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    if (owesLf) {
      owesLf = false;
      return '\n';
    }
    int octet = in.read();
    owesLf = octet == '\n' && !behindCr;
    behindCr = octet == '\r';
    return owesLf ? '\r' : octet;
  }

  @Override
  public int read(byte[] to, int from, int length) throws IOException {
    if (length == 1 || owesLf) { // one byte may become two
      int octet = read();
      if (octet >= 0) {
        to[from] = (byte) octet;
      }
      return octet < 0 ? -1 : 1;
    }
    byte[] some = new byte[length / 2];
    int n = in.read(some, 0, some.length);
    if (n < 0) {
      return n;
    }
    int at = from;
    for (int i = 0; i < n; i++) {
      if (some[i] == '\n' && !behindCr) {
        to[at++] = '\r';
      }
      to[at++] = some[i];
      behindCr = some[i] == '\r';
    }
    return at - from;
  }
}
