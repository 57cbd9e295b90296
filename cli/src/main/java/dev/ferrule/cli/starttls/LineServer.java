package dev.ferrule.cli.starttls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a dialogue in lines of text. The target's greeting is the client's, too;
 * commands other than the one that begins TLS are answered here, and change nothing at the target.
 */
final class LineServer implements ServerDialogue {
  private static final int LONGEST_LINE = 8 * 1024;
  private static final int MOST_COMMANDS = 50;

  /** What a protocol says. */
  interface Protocol {
    /** Whether {@code line} is the last one of a greeting. */
    boolean endsGreeting(String line);

    /** The greeting's line as the client gets it. */
    default String greeting(String line) {
      return line;
    }

    /** The answer to a command. */
    Reply reply(String line);
  }

  /**
   * An answer.
   *
   * @param lines what the client is told
   * @param next what follows
   */
  record Reply(String lines, Next next) {}

  /** What follows an answer. */
  enum Next {
    COMMAND,
    TLS,
    END
  }

  private final Protocol protocol;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int commands;

  LineServer(Protocol protocol) {
    this.protocol = protocol;
  }

  @Override
  public boolean needsGreeting() {
    return true;
  }

  @Override
  public boolean greeted(ByteBuffer data, Consumer<byte[]> say) {
    String text;
    while ((text = nextLine(data, "target")) != null) {
      if (++commands > MOST_COMMANDS) {
        throw new Refused("the target's greeting has more than " + MOST_COMMANDS + " lines");
      }
      boolean last = protocol.endsGreeting(text);
      say.accept((protocol.greeting(text) + "\r\n").getBytes(ISO_8859_1));
      if (last) {
        commands = 0;
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean hear(ByteBuffer data, Consumer<byte[]> say) {
    String text;
    while ((text = nextLine(data, "client")) != null) {
      Reply reply = protocol.reply(text);
      say.accept((reply.lines + "\r\n").getBytes(ISO_8859_1));
      switch (reply.next) {
        case TLS -> {
          return true;
        }
        case END -> throw new Refused("the client left before TLS began");
        case COMMAND -> {
          if (++commands > MOST_COMMANDS) {
            throw new Refused("the client did not begin TLS in " + MOST_COMMANDS + " commands");
          }
        }
      }
    }
    return false;
  }

  /** Null while the line is not whole. */
  private @Nullable String nextLine(ByteBuffer data, String who) {
    while (data.hasRemaining()) {
      byte b = data.get();
      if (b == '\n') {
        String text = line.toString(ISO_8859_1).stripTrailing();
        line.reset();
        return text;
      }
      line.write(b);
      if (line.size() > LONGEST_LINE) {
        throw new Refused("the " + who + " sent a line of more than " + LONGEST_LINE + " bytes");
      }
    }
    return null;
  }

  /** The first word of a line, in capitals. */
  static String word(String line) {
    String text = line.strip();
    int end = text.indexOf(' ');
    return (end < 0 ? text : text.substring(0, end)).toUpperCase(Locale.ROOT);
  }
}
