package dev.ferrule.cli.starttls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Assembles a peer's lines from several reads, of bounded size, and not a byte further. */
final class LineReader {
  private static final int LONGEST = 8 * 1024;
  private static final Pattern LITERAL = Pattern.compile("\\{([0-9]{1,9})\\+?}$");

  private final String who;
  private final boolean literals;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int left; // bytes of a literal that are still to come

  private LineReader(String who, boolean literals) {
    this.who = who;
    this.literals = literals;
  }

  /** Lines alone; {@code who} sends them. */
  static LineReader of(String who) {
    return new LineReader(who, false);
  }

  /** With literals, {@code {5}} and as many bytes behind the line (RFC 5804 4). */
  static LineReader withLiterals(String who) {
    return new LineReader(who, true);
  }

  /**
   * The next line without its end, a char for each byte; null while it is not whole. A literal in
   * it has become a quoted string.
   */
  @Nullable String next(ByteBuffer data) {
    while (data.hasRemaining()) {
      byte b = data.get();
      if (left > 0) {
        quote(b);
        left--;
        if (left == 0) {
          line.write('"');
        }
      } else if (b != '\n') {
        line.write(b);
      } else {
        String text = line.toString(ISO_8859_1).stripTrailing();
        line.reset();
        if (!literals || !beginsLiteral(text)) {
          return text;
        }
      }
      if (line.size() > LONGEST) {
        throw tooLong();
      }
    }
    return null;
  }

  private boolean beginsLiteral(String text) {
    Matcher size = LITERAL.matcher(text);
    if (!size.find()) {
      return false;
    }
    left = Integer.parseInt(size.group(1));
    if (left > LONGEST) {
      throw tooLong();
    }
    line.writeBytes(text.substring(0, size.start()).getBytes(ISO_8859_1));
    line.write('"');
    if (left == 0) {
      line.write('"');
    }
    return true;
  }

  private void quote(byte b) {
    switch (b) {
      case '"', '\\' -> {
        line.write('\\');
        line.write(b);
      }
      case '\r', '\n', 0 -> line.write(' ');
      default -> line.write(b);
    }
  }

  private Refused tooLong() {
    return new Refused("the " + who + " sent a line of more than " + LONGEST + " bytes");
  }
}
