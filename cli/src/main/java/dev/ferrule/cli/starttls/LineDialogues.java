package dev.ferrule.cli.starttls;

import dev.ferrule.cli.starttls.LineDialogue.Answer;
import dev.ferrule.cli.starttls.LineDialogue.Step;
import java.util.List;
import java.util.Locale;

/** The tables of the line-based protocols. */
final class LineDialogues {
  private LineDialogues() {}

  static Dialogue smtp() {
    return new LineDialogue(
        List.of(
            new Step("", code("220", ""), "the server did not greet as an SMTP server"),
            new Step("EHLO localhost", code("250", "STARTTLS"), "the server offers no STARTTLS"),
            new Step("STARTTLS", code("220", ""), "the server refused STARTTLS")));
  }

  static Dialogue imap() {
    return new LineDialogue(
        List.of(
            new Step("", prefix("* OK"), "the server did not greet as an IMAP server"),
            new Step("a1 STARTTLS", tagged("a1", "OK"), "the server refused STARTTLS")));
  }

  static Dialogue pop3() {
    return new LineDialogue(
        List.of(
            new Step("", prefix("+OK"), "the server did not greet as a POP3 server"),
            new Step("STLS", prefix("+OK"), "the server refused STLS")));
  }

  static Dialogue ftp() {
    return new LineDialogue(
        List.of(
            new Step("", code("220", ""), "the server did not greet as an FTP server"),
            new Step("AUTH TLS", code("234", ""), "the server refused AUTH TLS")));
  }

  /**
   * A reply of SMTP or FTP: lines {@code 250-...} up to a line {@code 250 ...}; between them FTP
   * allows anything (RFC 959 4.2). Where a word is wanted, one line must offer it.
   */
  private static Answer code(String code, String word) {
    return new Answer() {
      private boolean continues;

      @Override
      public boolean ends(String line) {
        if (!continues) {
          continues = line.matches("[0-9]{3}-.*");
          return !continues;
        }
        return line.matches("[0-9]{3}( .*)?");
      }

      @Override
      public boolean agrees(List<String> lines) {
        return isCode(lines.getFirst())
            && isCode(lines.getLast())
            && (word.isEmpty() || lines.stream().skip(1).anyMatch(this::offers));
      }

      private boolean isCode(String line) {
        return line.startsWith(code) && line.matches("[0-9]{3}([ -].*)?");
      }

      private boolean offers(String line) {
        return isCode(line) && line.length() > 4 && line.substring(4).equalsIgnoreCase(word);
      }
    };
  }

  /** An answer of one line that starts with {@code text}. */
  private static Answer prefix(String text) {
    return new Answer() {
      @Override
      public boolean ends(String line) {
        return true;
      }

      @Override
      public boolean agrees(List<String> lines) {
        return begins(lines.getFirst(), text);
      }
    };
  }

  /** An answer of IMAP: lines that begin with a star may come before the one with the tag. */
  private static Answer tagged(String tag, String word) {
    return new Answer() {
      @Override
      public boolean ends(String line) {
        return !line.startsWith("* ");
      }

      @Override
      public boolean agrees(List<String> lines) {
        return begins(lines.getLast(), tag + " " + word);
      }
    };
  }

  private static boolean begins(String line, String text) {
    String upper = line.toUpperCase(Locale.ROOT);
    String wanted = text.toUpperCase(Locale.ROOT);
    return upper.equals(wanted) || upper.startsWith(wanted + " ");
  }
}
