package dev.ferrule.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Lines that end as most protocols of lines have it: LF becomes CRLF, and CRLF stays. */
final class CrlfInput extends FilterInputStream {
  private boolean behindCr;

  CrlfInput(InputStream in) {
    super(in);
  }

  /** Not used: who reads here reads many bytes at once. */
  @Override
  public int read() {
    throw new UnsupportedOperationException("read into an array");
  }

  /** {@code length} is 2 at least, for one byte may become two. */
  @Override
  public int read(byte[] to, int from, int length) throws IOException {
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
