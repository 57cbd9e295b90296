package dev.ferrule.cli.starttls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a dialogue in lines of text. The target's greeting is the client's, too;
 * commands other than the one that begins TLS are answered here, and change nothing at the target.
 */
final class LineServer implements ServerDialogue {
  private static final int MOST_COMMANDS = 50;

  /** What a protocol says. */
  interface Protocol {
    /** The greeting of a server that has no target. */
    String ownGreeting();

    /** Whether {@code line} is the last one of a greeting. */
    boolean endsGreeting(String line);

    /** The greeting's line as the client gets it; null where it is not for the client. */
    default @Nullable String greeting(String line) {
      return line;
    }

    /** What is said first once TLS has begun; empty for nothing. */
    default String insideTls() {
      return "";
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
  private final LineReader target;
  private final LineReader client;
  private final boolean greets;
  private int commands;

  private LineServer(Protocol protocol, LineReader target, LineReader client, boolean greets) {
    this.protocol = protocol;
    this.target = target;
    this.client = client;
    this.greets = greets;
  }

  LineServer(Protocol protocol) {
    this(protocol, LineReader.of("target"), LineReader.of("client"), true);
  }

  /** Of ManageSieve, whose lines have literals. */
  static LineServer withLiterals(Protocol protocol) {
    LineReader target = LineReader.withLiterals("target");
    return new LineServer(protocol, target, LineReader.withLiterals("client"), true);
  }

  /** Where the client speaks first. */
  static LineServer silent(Protocol protocol) {
    return new LineServer(protocol, LineReader.of("target"), LineReader.of("client"), false);
  }

  @Override
  public boolean needsGreeting() {
    return greets;
  }

  @Override
  public byte[] greeting() {
    String text = protocol.ownGreeting();
    return (text.isEmpty() ? text : text + "\r\n").getBytes(ISO_8859_1);
  }

  @Override
  public byte[] insideTls() {
    return protocol.insideTls().getBytes(ISO_8859_1);
  }

  @Override
  public boolean greeted(ByteBuffer data, Consumer<byte[]> say) {
    if (!greets) {
      return true;
    }
    String text;
    while ((text = target.next(data)) != null) {
      if (++commands > MOST_COMMANDS) {
        throw new Refused("the target's greeting has more than " + MOST_COMMANDS + " lines");
      }
      boolean last = protocol.endsGreeting(text);
      String shown = protocol.greeting(text);
      if (shown != null) {
        say.accept((shown + "\r\n").getBytes(ISO_8859_1));
      }
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
    while ((text = client.next(data)) != null) {
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

  /** The first word of a line, in capitals. */
  static String word(String line) {
    String text = line.strip();
    int end = text.indexOf(' ');
    return (end < 0 ? text : text.substring(0, end)).toUpperCase(Locale.ROOT);
  }
}
