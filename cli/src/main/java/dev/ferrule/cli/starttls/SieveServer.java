package dev.ferrule.cli.starttls;

import dev.ferrule.cli.starttls.LineServer.Next;
import dev.ferrule.cli.starttls.LineServer.Reply;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * ManageSieve (RFC 5804). Its greeting is a list of capabilities: before TLS without those to log
 * in by, and inside TLS once more, as the target has said it (2.2).
 */
final class SieveServer implements LineServer.Protocol {
  private final StringBuilder said = new StringBuilder();
  private final StringBuilder shown = new StringBuilder();

  static ServerDialogue dialogue() {
    return LineServer.withLiterals(new SieveServer());
  }

  @Override
  public String ownGreeting() {
    return "\"IMPLEMENTATION\" \"ferrule\"\r\n\"VERSION\" \"1.0\"\r\nOK \"ready\"";
  }

  @Override
  public boolean endsGreeting(String line) {
    if (isOk(line)) {
      return true;
    }
    if (!line.startsWith("\"")) {
      throw new Refused(
          "the target did not greet as a ManageSieve server: it said '"
              + LineDialogue.shown(line)
              + "'");
    }
    return false;
  }

  private static boolean isOk(String line) {
    return line.matches("(?i)OK([ (].*)?");
  }

  @Override
  public @Nullable String greeting(String line) {
    String name = LineServer.word(line).toUpperCase(Locale.ROOT);
    if (name.equals("\"STARTTLS\"")) {
      return null;
    }
    said.append(line).append("\r\n");
    if (isOk(line)) {
      shown.append("\"SASL\" \"\"\r\n\"STARTTLS\"\r\n");
      return "\"SASL\" \"\"\r\n\"STARTTLS\"\r\n" + line;
    }
    if (name.equals("\"SASL\"")) {
      return null;
    }
    shown.append(line).append("\r\n");
    return line;
  }

  @Override
  public Reply reply(String line) {
    return switch (LineServer.word(line)) {
      case "STARTTLS" -> new Reply("OK \"Begin TLS now\"", Next.TLS);
      case "CAPABILITY" -> new Reply(shown + "OK", Next.COMMAND);
      case "NOOP" -> new Reply("OK", Next.COMMAND);
      case "LOGOUT" -> new Reply("OK \"Bye\"", Next.END);
      default -> new Reply("NO (ENCRYPT-NEEDED) \"STARTTLS first\"", Next.COMMAND);
    };
  }

  @Override
  public String insideTls() {
    return said.toString();
  }
}
