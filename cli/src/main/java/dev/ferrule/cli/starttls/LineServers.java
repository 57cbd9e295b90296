package dev.ferrule.cli.starttls;

import dev.ferrule.cli.starttls.LineServer.Next;
import dev.ferrule.cli.starttls.LineServer.Protocol;
import dev.ferrule.cli.starttls.LineServer.Reply;
import java.util.Locale;

/** What servers of the line-based protocols say before TLS. */
final class LineServers {
  private LineServers() {}

  /** RFC 3501 6.2.1. */
  static ServerDialogue imap() {
    return new LineServer(
        new Protocol() {
          @Override
          public String ownGreeting() {
            return "* OK localhost ready";
          }

          @Override
          public boolean endsGreeting(String line) {
            if (!line.toUpperCase(Locale.ROOT).startsWith("* OK")) {
              throw new Refused("the target did not greet as an IMAP server");
            }
            return true;
          }

          @Override
          public String greeting(String line) {
            return LineDialogues.withoutCapabilities(line);
          }

          @Override
          public Reply reply(String line) {
            String tag = line.strip().split(" ", 2)[0];
            String command = LineServer.word(line.strip().substring(tag.length()));
            if (!tag.matches("[A-Za-z0-9.:_-]{1,64}")) {
              return new Reply("* BAD a command has a tag", Next.COMMAND);
            }
            return switch (command) {
              case "STARTTLS" -> new Reply(tag + " OK Begin TLS now", Next.TLS);
              case "CAPABILITY" ->
                  new Reply(
                      "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n" + tag + " OK Done",
                      Next.COMMAND);
              case "NOOP" -> new Reply(tag + " OK Done", Next.COMMAND);
              case "LOGOUT" -> new Reply("* BYE Bye\r\n" + tag + " OK Done", Next.END);
              default -> new Reply(tag + " NO [PRIVACYREQUIRED] STARTTLS first", Next.COMMAND);
            };
          }
        });
  }

  /** RFC 2595 4. */
  static ServerDialogue pop3() {
    return new LineServer(
        new Protocol() {
          @Override
          public String ownGreeting() {
            return "+OK localhost ready";
          }

          @Override
          public boolean endsGreeting(String line) {
            if (!line.startsWith("+OK")) {
              throw new Refused("the target did not greet as a POP3 server");
            }
            return true;
          }

          @Override
          public Reply reply(String line) {
            return switch (LineServer.word(line)) {
              case "STLS" -> new Reply("+OK Begin TLS now", Next.TLS);
              case "CAPA" -> new Reply("+OK\r\nSTLS\r\n.", Next.COMMAND);
              case "NOOP" -> new Reply("+OK", Next.COMMAND);
              case "QUIT" -> new Reply("+OK Bye", Next.END);
              default -> new Reply("-ERR STLS first", Next.COMMAND);
            };
          }
        });
  }

  /** The control connection of RFC 4217. */
  static ServerDialogue ftp() {
    return new LineServer(
        new Protocol() {
          @Override
          public String ownGreeting() {
            return "220 localhost ready";
          }

          @Override
          public boolean endsGreeting(String line) {
            return requireCode(line, "an FTP server");
          }

          @Override
          public Reply reply(String line) {
            String[] words = line.strip().toUpperCase(Locale.ROOT).split(" +", 2);
            return switch (words[0]) {
              case "AUTH" ->
                  words.length > 1 && words[1].matches("TLS|TLS-C|SSL")
                      ? new Reply("234 Begin TLS now", Next.TLS)
                      : new Reply("504 AUTH TLS is what there is", Next.COMMAND);
              case "FEAT" -> new Reply("211-Features\r\n AUTH TLS\r\n211 End", Next.COMMAND);
              case "NOOP" -> new Reply("200 Ok", Next.COMMAND);
              case "QUIT" -> new Reply("221 Bye", Next.END);
              default -> new Reply("530 AUTH TLS first", Next.COMMAND);
            };
          }
        });
  }

  /** RFC 4642. */
  static ServerDialogue nntp() {
    return new LineServer(
        new Protocol() {
          @Override
          public String ownGreeting() {
            return "200 localhost ready";
          }

          @Override
          public boolean endsGreeting(String line) {
            if (!line.matches("20[01]( .*)?")) {
              throw notGreeted("an NNTP server", line);
            }
            return true;
          }

          @Override
          public Reply reply(String line) {
            return switch (LineServer.word(line)) {
              case "STARTTLS" -> new Reply("382 Begin TLS now", Next.TLS);
              case "CAPABILITIES" ->
                  new Reply("101 Capabilities\r\nVERSION 2\r\nSTARTTLS\r\n.", Next.COMMAND);
              case "QUIT" -> new Reply("205 Bye", Next.END);
              default -> new Reply("483 STARTTLS first", Next.COMMAND);
            };
          }
        });
  }

  /** IRCv3's extension {@code tls}. */
  static ServerDialogue irc() {
    return LineServer.silent(
        new Protocol() {
          @Override
          public String ownGreeting() {
            return "";
          }

          @Override
          public boolean endsGreeting(String line) {
            return true;
          }

          @Override
          public Reply reply(String line) {
            String[] words = line.strip().toUpperCase(Locale.ROOT).split(" +", 3);
            return switch (words[0]) {
              case "STARTTLS" -> new Reply(":ferrule 670 * :Begin TLS now", Next.TLS);
              case "CAP" -> new Reply(capabilities(words.length > 1 ? words[1] : ""), Next.COMMAND);
              case "PING" -> new Reply(":ferrule PONG ferrule", Next.COMMAND);
              case "QUIT" -> new Reply("ERROR :Bye", Next.END);
              default -> new Reply(":ferrule 451 * :STARTTLS first", Next.COMMAND);
            };
          }

          private static String capabilities(String what) {
            return switch (what) {
              case "LS" -> ":ferrule CAP * LS :tls";
              case "LIST" -> ":ferrule CAP * LIST :";
              default -> ":ferrule 451 * :STARTTLS first";
            };
          }
        });
  }

  /** A greeting of the code 220, which ends with a line without a hyphen. */
  static boolean requireCode(String line, String whom) {
    if (line.matches("220( .*)?")) {
      return true;
    }
    if (!line.startsWith("220-") && line.matches("[0-9]{3}([ -].*)?")) {
      throw notGreeted(whom, line);
    }
    if (!line.startsWith("220-") && !line.startsWith(" ")) {
      throw new Refused("the target did not greet as " + whom);
    }
    return false;
  }

  private static Refused notGreeted(String whom, String line) {
    return new Refused(
        "the target did not greet as " + whom + ": it said '" + LineDialogue.shown(line) + "'");
  }
}
