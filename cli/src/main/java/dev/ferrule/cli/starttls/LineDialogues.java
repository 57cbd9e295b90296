package dev.ferrule.cli.starttls;

import static dev.ferrule.cli.starttls.LineAnswers.code;
import static dev.ferrule.cli.starttls.LineAnswers.prefix;

import dev.ferrule.cli.starttls.LineDialogue.Step;
import java.util.List;

/** The tables of the line-based protocols. */
final class LineDialogues {
  private static final String NOT_OFFERED = "the server offers no STARTTLS";
  private static final String REFUSED = "the server refused STARTTLS";

  private LineDialogues() {}

  static Dialogue smtp() {
    return mail("an SMTP server", "EHLO localhost");
  }

  static Dialogue lmtp() {
    return mail("an LMTP server", "LHLO localhost");
  }

  private static Dialogue mail(String whom, String hello) {
    return new LineDialogue(
        List.of(
            new Step("", code("220", ""), "the server did not greet as " + whom),
            new Step(hello, code("250", "STARTTLS"), NOT_OFFERED),
            new Step("STARTTLS", code("220", ""), REFUSED)));
  }

  static Dialogue imap() {
    return LineDialogue.imap(
        List.of(
            new Step("", prefix("* OK"), "the server did not greet as an IMAP server"),
            new Step("a1 STARTTLS", LineAnswers.tagged("a1", "OK"), REFUSED)));
  }

  /**
   * A greeting of IMAP without its capabilities: those of before TLS are not those inside, where
   * nobody need begin TLS and may log in (RFC 3501 6.2.1).
   */
  static String withoutCapabilities(String line) {
    return line.replaceFirst("(?i)\\[CAPABILITY [^]]*] ?", "");
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

  static Dialogue nntp() {
    return new LineDialogue(
        List.of(
            new Step(
                "",
                LineAnswers.line(line -> line.matches("20[01]( .*)?")),
                "the server did not greet as an NNTP server"),
            new Step("CAPABILITIES", LineAnswers.listed("101", "STARTTLS"), NOT_OFFERED),
            new Step("STARTTLS", prefix("382"), REFUSED)));
  }

  static Dialogue sieve() {
    return LineDialogue.sieve(
        List.of(
            new Step("", LineAnswers.sieve("STARTTLS"), NOT_OFFERED),
            new Step("STARTTLS", LineAnswers.sieve(""), REFUSED)));
  }

  /** Nothing else is said: what registers a client is for the inside of TLS. */
  static Dialogue irc() {
    return new LineDialogue(
        List.of(
            new Step(
                "STARTTLS", LineAnswers.numeric("670", "691", "421", "451", "ERROR"), REFUSED)));
  }
}
