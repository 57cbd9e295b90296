package dev.ferrule.cli.starttls;

import dev.ferrule.cli.starttls.LineServer.Next;
import dev.ferrule.cli.starttls.LineServer.Reply;

/** SMTP (RFC 3207) and LMTP, which has another word for hello (RFC 2033). */
final class MailServer implements LineServer.Protocol {
  private final String name;
  private final String hello;

  private MailServer(String name, String hello) {
    this.name = name;
    this.hello = hello;
  }

  static ServerDialogue smtp() {
    return new LineServer(new MailServer("SMTP", "EHLO"));
  }

  static ServerDialogue lmtp() {
    return new LineServer(new MailServer("LMTP", "LHLO"));
  }

  @Override
  public String ownGreeting() {
    return "220 localhost " + (name.equals("SMTP") ? "ESMTP" : name);
  }

  @Override
  public boolean endsGreeting(String line) {
    return LineServers.requireCode(line, "an " + name + " server");
  }

  @Override
  public Reply reply(String line) {
    String word = LineServer.word(line);
    if (word.equals(hello)) {
      return new Reply("250-Ready\r\n250 STARTTLS", Next.COMMAND);
    }
    return switch (word) {
      case "STARTTLS" -> new Reply("220 2.0.0 Ready to start TLS", Next.TLS);
      case "NOOP", "RSET" -> new Reply("250 2.0.0 Ok", Next.COMMAND);
      case "QUIT" -> new Reply("221 2.0.0 Bye", Next.END);
      case "EHLO", "HELO", "LHLO" -> otherHello(word);
      default -> new Reply("530 5.7.0 Must issue a STARTTLS command first", Next.COMMAND);
    };
  }

  /** HELO is one of SMTP's; the hello of the other protocol is none. */
  private Reply otherHello(String word) {
    boolean old = hello.equals("EHLO") && word.equals("HELO");
    return new Reply(old ? "250 Ready" : "500 5.5.1 Say " + hello, Next.COMMAND);
  }
}
