package dev.ferrule.cli;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A line of ASCII, over as many reads as it takes. */
final class LineInput {
  private final StringBuilder line = new StringBuilder();

  /** Takes no byte behind the end of the line; the line, or null while it has no end. */
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
