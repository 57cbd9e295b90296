package dev.ferrule.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * An output that remembers its first failure, for {@link java.io.PrintStream} tells nobody of it.
 * Written by one thread at a time; asked by any.
 */
final class CheckedOutput extends FilterOutputStream {
  private volatile @Nullable IOException failure;

  CheckedOutput(OutputStream out) {
    super(out);
  }

  /** What went wrong first; null when nothing has. */
  @Nullable IOException failure() {
    return failure;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b});
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    try {
      out.write(bytes, from, length);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private IOException failed(IOException e) {
    if (failure == null) {
      failure = e;
    }
    return e;
  }
}
