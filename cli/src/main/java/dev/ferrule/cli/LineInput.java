package dev.ferrule.cli;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Assembles a line of ASCII from several reads. */
final class LineInput {
  private final StringBuilder line = new StringBuilder();

  /** Consumes bytes up to the end of the line. Returns the line, or null while it is incomplete. */
  @Nullable String read(ByteBuffer data) {
    while (data.hasRemaining()) {
      char c = (char) (data.get() & 0xff);
      if (c == '\n') {
        String whole = line.toString();
        line.setLength(0);
        return whole;
      }
      line.append(c);
    }
    return null;
  }
}
