package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tunnel --starttls}, as a server and as a client. */
@Timeout(60)
class TunnelStartTlsTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();
  private static final Issued SERVER = CA.issue("localhost", "127.0.0.1");

  @TempDir private static Path folder;
  private static WrittenFiles files;
  private static String ca;

  @BeforeAll
  static void writeFiles() throws IOException {
    files = SERVER.write(folder);
    ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
  }

  private static RunningTool server(String target, String protocol, String... more)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("tunnel"));
    all.addAll(
        List.of(
            "--listen",
            "127.0.0.1:0",
            "--to",
            target,
            "--drain=100ms",
            "--starttls",
            protocol,
            "--cert",
            files.certificate().toString(),
            "--key",
            files.key().toString()));
    all.addAll(List.of(more));
    return RunningTool.start(folder, all.toArray(String[]::new));
  }

  /** Greets as the protocol does, and then sends back what comes. */
  private static PlainTarget target(String greeting) throws IOException {
    return PlainTarget.of(socket -> {
      socket.getOutputStream().write(greeting.getBytes(ISO_8859_1));
      PlainTarget.echo(socket);
    });
  }

  private static String exchange(Socket socket, String said) throws IOException {
    socket.getOutputStream().write(said.getBytes(ISO_8859_1));
    byte[] answer = new byte[8192];
    int n = socket.getInputStream().read(answer);
    return n < 0 ? "" : new String(answer, 0, n, ISO_8859_1);
  }

  private static Socket open(String address) throws IOException {
    Target target = Target.parse(address);
    Socket socket = new Socket(target.host(), target.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "smtp | '220-mail one\r\n220 mail two\r\n'",
        "imap | '* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n'",
        "pop3 | '+OK ready\r\n'",
        "ftp | '220 ready\r\n'",
        "lmtp | '220 mail LMTP\r\n'",
        "nntp | '201 news ready\r\n'",
        "postgres | ''",
        "ldap | ''",
        "xmpp | ''",
        "xmpp-server | ''",
        "irc | ''",
      })
  void clients_of_each_protocol_come_in_and_the_target_hears_only_what_is_inside(
      String protocol, String greeting) throws Exception {
    try (PlainTarget target = target(greeting);
        RunningTool server = server(target.address(), protocol)) {
      Tool.Result result =
          Tool.runWith(
              "inside",
              "connect",
              server.address(),
              "--ca",
              ca,
              "-q",
              "--starttls",
              protocol,
              "--shutdown-after=0s");
      assertThat(result.err()).isEmpty();
      assertThat(result.out()).isEqualTo("inside");
      assertThat(result.status()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "smtp | '220 mail\r\n' | 'MAIL FROM:<a@b>\r\n' | 530",
        "imap | '* OK [CAPABILITY AUTH=PLAIN] hi\r\n' | 'a LOGIN user secret\r\n' | PRIVACYREQUIRED",
        "pop3 | '+OK hi\r\n' | 'USER joe\r\n' | -ERR",
        "ftp | '220 hi\r\n' | 'USER joe\r\n' | 530",
        "lmtp | '220 mail\r\n' | 'MAIL FROM:<joe@b>\r\n' | 530",
        "lmtp | '220 mail\r\n' | 'EHLO me\r\n' | 'Say LHLO'",
        "nntp | '200 hi\r\n' | 'AUTHINFO USER joe\r\n' | 483",
        "sieve | '\"SASL\" \"AUTH=PLAIN\"\r\nOK\r\n' | 'AUTHENTICATE \"PLAIN\" {6+}\r\nsecret\r\n' |"
            + " ENCRYPT-NEEDED",
      })
  void before_TLS_nothing_reaches_the_target(
      String protocol, String greeting, String command, String refusal) throws Exception {
    try (PlainTarget target = target(greeting);
        RunningTool server = server(target.address(), protocol);
        Socket client = open(server.address())) {
      String greeted = exchange(client, "");
      assertThat(greeted).doesNotContain("AUTH=PLAIN").endsWith("\r\n");
      assertThat(exchange(client, command)).contains(refusal);
      assertThat(target.next().getInputStream().available()).isZero();
      server.stop();
      assertThat(server.err()).doesNotContain("secret", "joe");
    }
  }

  @Test
  void a_sieve_client_gets_the_target_s_capabilities_inside_TLS_again() throws Exception {
    String capabilities = "\"SIEVE\" \"fileinto\"\r\n\"SASL\" \"PLAIN\"\r\n";
    try (PlainTarget target = target(capabilities + "OK {5}\r\nready\r\n");
        RunningTool server = server(target.address(), "sieve")) {
      String address = server.address();
      Socket before = open(address);
      assertThat(exchange(before, ""))
          .isEqualTo("\"SIEVE\" \"fileinto\"\r\n\"SASL\" \"\"\r\n\"STARTTLS\"\r\nOK \"ready\"\r\n");
      assertThat(exchange(before, "CAPABILITY\r\n"))
          .isEqualTo("\"SIEVE\" \"fileinto\"\r\n\"SASL\" \"\"\r\n\"STARTTLS\"\r\nOK\r\n");
      String[] connect = {"connect", address, "--ca", ca, "-q", "--starttls", "sieve"};
      String[] all = Arrays.copyOf(connect, connect.length + 1);
      all[connect.length] = "--shutdown-after=0s";
      Tool.Result result = Tool.runWith("inside", all);
      assertThat(result.err()).isEmpty();
      assertThat(result.out()).isEqualTo(capabilities + "OK \"ready\"\r\ninside");
    }
  }

  @Test
  void a_plain_xmpp_client_reaches_a_target_that_wants_TLS() throws Exception {
    ScriptedServer.Script script =
        socket -> {
          String tls = "xmlns='urn:ietf:params:xml:ns:xmpp-tls'";
          assertThat(tag(socket)).startsWith("<?xml");
          String header = tag(socket);
          assertThat(header).contains("to='127.0.0.1'");
          say(socket, header.replace("to=", "from="));
          say(socket, "<stream:features><starttls " + tls + "/></stream:features>");
          assertThat(tag(socket)).isEqualTo("<starttls " + tls + "/>");
          say(socket, "<proceed " + tls + "/>");
          PlainTarget.echo(ScriptedServer.secure(socket, SERVER));
        };
    try (ScriptedServer target = ScriptedServer.plain(script);
        RunningTool tunnel =
            RunningTool.start(
                folder,
                "tunnel",
                "--client",
                "--listen=127.0.0.1:0",
                "--to=" + target.address(),
                "--starttls=xmpp",
                "--ca=" + ca);
        Socket client = open(tunnel.address())) {
      assertThat(exchange(client, "<stream:stream>")).isEqualTo("<stream:stream>");
    }
  }

  private static String tag(Socket socket) throws IOException {
    StringBuilder tag = new StringBuilder();
    for (int b; (b = socket.getInputStream().read()) >= 0; ) {
      tag.append((char) b);
      if (b == '>') {
        break;
      }
    }
    return tag.toString();
  }

  @Test
  void a_postgres_client_without_SSL_gets_an_error_of_its_protocol() throws Exception {
    try (PlainTarget target = target("");
        RunningTool server = server(target.address(), "postgres");
        Socket client = open(server.address())) {
      String startup = "\0\0\0\u0008\0\u0003\0\0";
      assertThat(exchange(client, startup)).startsWith("E").contains("SSL is required");
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void what_comes_behind_the_request_and_before_TLS_is_an_injection() throws Exception {
    try (PlainTarget target = target("220 mail\r\n");
        RunningTool server = server(target.address(), "smtp");
        Socket client = open(server.address())) {
      exchange(client, "");
      client.getOutputStream().write("STARTTLS\r\nMAIL FROM:<a@b>\r\n".getBytes(ISO_8859_1));
      try {
        client.getInputStream().readAllBytes();
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("reset");
      }
      TunnelTest.awaitError(server, "handshake-failed");
    }
  }

  @Test
  void a_client_that_is_cut_in_the_middle_of_its_handshake_ends_nobody_else() throws Exception {
    try (PlainTarget target = target("220 mail\r\n");
        RunningTool server = server(target.address(), "smtp", "--lifetime=300ms")) {
      String address = server.address();
      for (int i = 0; i < 2; i++) { // the second one finds it alive
        try (Socket client = open(address)) {
          assertThat(exchange(client, "")).startsWith("220 ");
          assertThat(exchange(client, "STARTTLS\r\n")).startsWith("220 ");
          assertThatThrownBy(() -> client.getInputStream().read()).hasMessageContaining("reset");
        }
      }
      try (Socket client = open(address)) {
        exchange(client, "");
        assertThat(exchange(client, "STARTTLS\r\n")).startsWith("220 ");
        assertThat(server.stop()).isZero(); // by the deadline of its drain
      }
      assertThat(server.err()).contains("reason=lifetime").doesNotContain("unexpected");
    }
  }

  @ParameterizedTest
  @CsvSource({"smtp", "postgres"})
  void a_client_that_leaves_before_TLS_is_gone_at_once(String protocol) throws Exception {
    try (PlainTarget target = target("220 mail\r\n");
        RunningTool server = server(target.address(), protocol, "--handshake-timeout=1h");
        Socket client = open(server.address())) {
      client.shutdownOutput();
      TunnelTest.awaitError(server, "handshake-failed");
      TunnelTest.awaitError(server, "reason=TRUNCATED");
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // which refuses where Linux lets wait
  void the_time_to_connect_to_a_target_is_not_of_the_client_s_handshake() throws Exception {
    try (FullServer full = FullServer.open();
        PlainTarget target = target("220 the other\r\n");
        RunningTool server =
            server(
                full.address(),
                "smtp",
                "--to=" + target.address(),
                "--connect-timeout=600ms",
                "--handshake-timeout=300ms")) {
      String address = server.address();
      for (int i = 0; i < 2; i++) { // one of them meets the one that does not answer first
        try (Socket client = open(address)) {
          assertThat(exchange(client, "")).isEqualTo("220 the other\r\n");
        }
      }
      TunnelTest.awaitError(server, "target-failed");
    }
  }

  @Test
  void a_target_that_says_nothing_is_given_up_after_the_time_of_a_handshake() throws Exception {
    try (PlainTarget target = target("");
        RunningTool server = server(target.address(), "smtp", "--handshake-timeout=200ms");
        Socket client = open(server.address())) {
      assertThatThrownBy(() -> client.getInputStream().read()).hasMessageContaining("reset");
      TunnelTest.awaitError(server, "no greeting of the target within 200 ms");
    }
  }

  @Test
  void a_target_that_ends_before_its_greeting_is_noticed_at_once() throws Exception {
    try (PlainTarget target = PlainTarget.of(socket -> say(socket, "220-mail\r\n"));
        RunningTool server = server(target.address(), "smtp", "--handshake-timeout=1h");
        Socket client = open(server.address())) {
      assertThatThrownBy(() -> client.getInputStream().readAllBytes())
          .hasMessageContaining("reset");
      TunnelTest.awaitError(server, "the target ended before TLS began");
      TunnelTest.awaitError(server, "reason=target-left");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "STARTTLS\r\n"})
  void a_target_that_is_cut_during_the_client_s_handshake_is_noticed_at_once(String said)
      throws Exception {
    try (PlainTarget target = target("220 mail\r\n");
        RunningTool server = server(target.address(), "smtp", "--handshake-timeout=1h");
        Socket client = open(server.address())) {
      assertThat(exchange(client, said)).startsWith("220 ");
      Socket behind = target.next();
      behind.setSoLinger(true, 0);
      behind.close();
      assertThatThrownBy(() -> client.getInputStream().readAllBytes())
          .hasMessageContaining("reset");
      TunnelTest.awaitError(server, "reason=ECONNRESET");
    }
  }

  @Test
  void what_a_target_says_during_the_client_s_handshake_comes_behind_it() throws Exception {
    try (PlainTarget target = target("220 mail\r\n421 too slow\r\n");
        RunningTool server = server(target.address(), "smtp")) {
      Tool.Result result =
          Tool.run("connect", server.address(), "--ca", ca, "-q", "--starttls=smtp");
      assertThat(result.out()).isEqualTo("421 too slow\r\n");
    }
  }

  @Test
  void a_target_that_leaves_before_TLS_is_given_up_at_once() throws Exception {
    ScriptedServer.Script leaving =
        socket -> {
          say(socket, "220 mail\r\n");
          assertThat(line(socket)).startsWith("EHLO ");
        };
    try (ScriptedServer target = ScriptedServer.plain(leaving);
        RunningTool tunnel =
            RunningTool.start(
                folder,
                "tunnel",
                "--client",
                "--listen=127.0.0.1:0",
                "--to=" + target.address(),
                "--starttls=smtp",
                "--handshake-timeout=1h",
                "--ca=" + ca);
        Socket client = open(tunnel.address())) {
      assertThat(client.isConnected()).isTrue();
      TunnelTest.awaitError(tunnel, "the target ended before TLS began");
      TunnelTest.awaitError(tunnel, "reason=unreachable");
    }
  }

  @Test
  void a_client_that_is_refused_and_stays_has_failed_once() throws Exception {
    try (PlainTarget target = target("220 mail\r\n");
        RunningTool server = server(target.address(), "smtp", "--handshake-timeout=300ms");
        Socket client = open(server.address())) {
      exchange(client, "");
      assertThat(exchange(client, "QUIT\r\n")).startsWith("221 ");
      TunnelTest.awaitError(server, " end tunnel=tunnel ");
      server.stop();
      assertThat(server.err().lines().filter(line -> line.contains("handshake-failed"))).hasSize(1);
    }
  }

  @Test
  void a_plain_client_gets_the_greeting_that_the_target_said_before_TLS() throws Exception {
    ScriptedServer.Script script =
        socket -> {
          say(socket, "220-mail one\r\n220 mail two\r\n");
          assertThat(line(socket)).isEqualTo("EHLO localhost");
          say(socket, "250-mail\r\n250 STARTTLS\r\n");
          assertThat(line(socket)).isEqualTo("STARTTLS");
          say(socket, "220 go\r\n");
          Socket secure = ScriptedServer.secure(socket, SERVER);
          PlainTarget.echo(secure);
        };
    try (ScriptedServer target = ScriptedServer.plain(script);
        RunningTool tunnel = client(target, "smtp");
        Socket client = open(tunnel.address())) {
      assertThat(new String(client.getInputStream().readNBytes(28), ISO_8859_1))
          .isEqualTo("220-mail one\r\n220 mail two\r\n");
      assertThat(exchange(client, "EHLO me\r\n")).isEqualTo("EHLO me\r\n");
    }
  }

  @Test
  void the_capabilities_of_before_TLS_are_not_passed_on_to_a_plain_client() throws Exception {
    ScriptedServer.Script script =
        socket -> {
          say(socket, "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n");
          assertThat(line(socket)).isEqualTo("a1 STARTTLS");
          say(socket, "a1 OK go\r\n");
          PlainTarget.echo(ScriptedServer.secure(socket, SERVER));
        };
    try (ScriptedServer target = ScriptedServer.plain(script);
        RunningTool tunnel = client(target, "imap");
        Socket client = open(tunnel.address())) {
      assertThat(line(client)).isEqualTo("* OK ready");
      assertThat(exchange(client, "a LOGIN x y\r\n")).isEqualTo("a LOGIN x y\r\n");
    }
  }

  private static RunningTool client(ScriptedServer target, String protocol) throws IOException {
    return RunningTool.start(
        folder,
        "tunnel",
        "--client",
        "--listen",
        "127.0.0.1:0",
        "--to",
        target.address(),
        "--starttls",
        protocol,
        "--ca",
        ca);
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  private static String line(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b; (b = socket.getInputStream().read()) >= 0 && b != '\n'; ) {
      line.append((char) b);
    }
    return line.toString().strip();
  }
}
