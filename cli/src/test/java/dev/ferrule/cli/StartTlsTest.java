package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.cli.starttls.StartTls;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code connect --starttls} against servers that speak each protocol up to TLS. */
class StartTlsTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();
  private static final Issued SERVER = CA.issue("mail.example");

  @TempDir private static Path folder;
  private static String ca;

  @BeforeAll
  static void writeCa() throws IOException {
    ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
  }

  /** The server's side of each talk. */
  private static void talk(String protocol, Socket socket, String behind) throws IOException {
    switch (protocol) {
      case "smtp" -> {
        say(socket, "220-mail.example\r\n220 ESMTP\r\n");
        expect(socket, "EHLO localhost\r\n");
        say(socket, "250-mail.example\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 HELP\r\n");
        expect(socket, "STARTTLS\r\n");
        say(socket, "220 go ahead\r\n" + behind);
      }
      case "imap" -> {
        say(socket, "* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n");
        expect(socket, "a1 STARTTLS\r\n");
        say(socket, "a1 OK begin\r\n" + behind);
      }
      case "pop3" -> {
        say(socket, "+OK ready\r\n");
        expect(socket, "STLS\r\n");
        say(socket, "+OK begin\r\n" + behind);
      }
      case "ftp" -> {
        say(socket, "220 ready\r\n");
        expect(socket, "AUTH TLS\r\n");
        say(socket, "234 begin\r\n" + behind);
      }
      case "postgres" -> {
        expect(socket, latin("0000000804d2162f"));
        say(socket, "S" + behind);
      }
      case "lmtp" -> {
        say(socket, "220 mail.example LMTP\r\n");
        expect(socket, "LHLO localhost\r\n");
        say(socket, "250-mail.example\r\n250-PIPELINING\r\n250 STARTTLS\r\n");
        expect(socket, "STARTTLS\r\n");
        say(socket, "220 go ahead\r\n" + behind);
      }
      case "nntp" -> {
        say(socket, "200 ready\r\n");
        expect(socket, "CAPABILITIES\r\n");
        say(socket, "101 list\r\nVERSION 2\r\nREADER\r\nSTARTTLS\r\n.\r\n");
        expect(socket, "STARTTLS\r\n");
        say(socket, "382 begin\r\n" + behind);
      }
      case "sieve" -> {
        say(socket, "\"IMPLEMENTATION\" \"x\"\r\n\"SASL\" \"\"\r\n\"STARTTLS\"\r\nOK\r\n");
        expect(socket, "STARTTLS\r\n");
        say(socket, "OK \"begin\"\r\n" + behind);
      }
      case "irc" -> {
        say(socket, ":irc.example NOTICE * :*** Looking up your hostname\r\n");
        expect(socket, "STARTTLS\r\n");
        say(socket, ":irc.example 670 * :begin\r\n" + behind);
      }
      case "mysql" -> {
        String greeting = "\n8.0.36\0" + "idid" + "challeng\0" + latin("00aa2d0200ff") + "rest";
        say(socket, latin("1f000000") + greeting + behind);
        expect(socket, latin("20000001008a0800000000012d" + "00".repeat(23)));
      }
      case "xmpp", "xmpp-server" -> {
        String content = protocol.equals("xmpp") ? "jabber:client" : "jabber:server";
        String header = "<stream:stream xmlns='" + content + "'";
        header += " xmlns:stream='http://etherx.jabber.org/streams'";
        expect(socket, "<?xml version='1.0'?>" + header + " to='mail.example' version='1.0'>");
        say(socket, header + " from='mail.example' id='1' version='1.0'><stream:features>");
        String starttls = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
        say(socket, starttls + "</stream:features>");
        expect(socket, starttls);
        say(socket, starttls.replace("starttls", "proceed") + behind);
      }
      default -> {
        socket.getInputStream().readNBytes(31);
        say(socket, latin("300c02010178070a010004000400") + behind);
      }
    }
  }

  private static String latin(String hex) {
    return new String(HexFormat.of().parseHex(hex), ISO_8859_1);
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  private static void expect(Socket socket, String text) throws IOException {
    byte[] heard = socket.getInputStream().readNBytes(text.length());
    if (!new String(heard, ISO_8859_1).equals(text)) {
      throw new IOException("heard " + new String(heard, US_ASCII));
    }
  }

  private static Tool.Result connect(ScriptedServer server, String protocol, String input) {
    return Tool.runWith(
        input,
        "connect",
        server.address(),
        "--starttls",
        protocol,
        "--ca",
        ca,
        "--server-name",
        "mail.example",
        "--quiet",
        "--shutdown-after=0s"); // these servers read to the end
  }

  @ParameterizedTest
  @EnumSource(StartTls.class)
  void it_upgrades_and_talks_over_TLS(StartTls startTls) throws IOException {
    String protocol = startTls.toString();
    try (var server =
        ScriptedServer.plain(plain -> {
          talk(protocol, plain, "");
          Socket secure = ScriptedServer.secure(plain, SERVER);
          InputStream in = secure.getInputStream();
          secure.getOutputStream().write(in.readAllBytes());
          secure.close();
        })) {
      Tool.Result result = connect(server, protocol, "QUIT\r\n");
      assertThat(result.err()).isEmpty();
      assertThat(result.out()).isEqualTo("QUIT\r\n");
      assertThat(result.status()).isZero();
      server.await();
    }
  }

  @ParameterizedTest
  @EnumSource(StartTls.class)
  void bytes_injected_behind_the_upgrade_are_2(StartTls startTls) throws IOException {
    String protocol = startTls.toString();
    try (var server =
        ScriptedServer.plain(plain -> {
          talk(protocol, plain, "injected\r\n");
          plain.getInputStream().readAllBytes();
        })) {
      Tool.Result result = connect(server, protocol, "secret");
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).contains("10 bytes", "injected");
      assertThat(result.err().lines()).hasSize(1);
      assertThat(result.out()).isEmpty();
    }
  }

  @Test
  void a_refusal_is_2_with_the_words_of_the_server() throws IOException {
    try (var server = ScriptedServer.plain(s -> say(s, "554 not you\r\n"))) {
      Tool.Result result = connect(server, "smtp", "");
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).startsWith("ferrule: STARTTLS: ").contains("'554 not you'");
      assertThat(result.err().lines()).hasSize(1);
    }
  }

  @Test
  void a_server_that_hangs_up_before_TLS_is_2() throws IOException {
    try (var server = ScriptedServer.plain(s -> say(s, "* OK hello\r\n"))) {
      Tool.Result result = connect(server, "imap", "");
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err().lines()).hasSize(1);
    }
  }

  @Test
  void a_server_that_says_nothing_is_2_after_the_timeout() throws IOException {
    try (var server = ScriptedServer.plain(s -> s.getInputStream().readAllBytes())) {
      Tool.Result result =
          Tool.run("connect", server.address(), "--starttls", "pop3", "--timeout", "0.2");
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).contains("0.2 s", "pop3");
    }
  }

  @Test
  void the_name_is_verified_after_the_upgrade() throws IOException {
    try (var server =
        ScriptedServer.plain(plain -> {
          talk("pop3", plain, "");
          ScriptedServer.secure(plain, SERVER);
        })) {
      Tool.Result result =
          Tool.runWith(
              "secret",
              "connect",
              server.address(),
              "--starttls",
              "pop3",
              "--ca",
              ca,
              "--server-name",
              "other.example");
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).contains("other.example");
    }
  }

  @Test
  void a_peer_that_answers_something_else_in_the_handshake_is_2() throws IOException {
    try (var server =
        ScriptedServer.plain(plain -> {
          talk("pop3", plain, "");
          plain.getInputStream().read();
          plain.getOutputStream().write("+OK what?\r\n".getBytes(UTF_8));
          plain.getInputStream().readAllBytes();
        })) {
      assertThat(connect(server, "pop3", "").status()).isEqualTo(2);
    }
  }
}
