package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.Ports;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ferrule check} against what is no TLS server, or a bad one. */
@Timeout(120)
class CheckBadServersTest {
  @TempDir private Path folder;

  /** Plays a script on every connection, each on a thread of its own. */
  private static final class Bad implements AutoCloseable {
    private final ServerSocket listener;

    Bad(ScriptedServer.Script script) throws IOException {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread.ofPlatform().daemon().start(() -> accept(script));
    }

    private void accept(ScriptedServer.Script script) {
      while (true) {
        try {
          Socket socket = listener.accept();
          Thread.ofPlatform().daemon().start(() -> play(socket, script));
        } catch (IOException e) {
          return;
        }
      }
    }

    private static void play(Socket socket, ScriptedServer.Script script) {
      try (socket) {
        script.play(socket);
      } catch (IOException e) {
        // The tool has left.
      }
    }

    String address() {
      return "127.0.0.1:" + listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }

  private static Tool.Result check(Bad server, String... more) {
    String[] all = new String[2 + more.length];
    all[0] = "check";
    all[1] = server.address();
    System.arraycopy(more, 0, all, 2, more.length);
    return Tool.run(all);
  }

  /** Until the client ends the connection. */
  private static void awaitEnd(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    while (in.read() >= 0) {
      // It has more to say.
    }
  }

  @Test
  void a_closed_port_is_unreachable() throws IOException {
    Tool.Result result = Tool.run("check", "127.0.0.1:" + Ports.refusing());
    assertThat(result.err()).contains("refused the connection");
    assertThat(result.status()).isEqualTo(Exit.UNREACHABLE);
  }

  @Test
  void a_name_without_address_is_unreachable() {
    Tool.Result result = Tool.run("check", "no-such-host.invalid:443");
    assertThat(result.err()).contains("no-such-host.invalid has no address");
    assertThat(result.status()).isEqualTo(Exit.UNREACHABLE);
  }

  @ParameterizedTest
  @CsvSource({
    "'HTTP/1.1 400 Bad Request\r\n\r\n', speaks plain HTTP",
    "'SSH-2.0-OpenSSH_9.2\r\n', speaks SSH",
    "'220 mail.example ESMTP\r\n', is it the right port?"
  })
  void another_protocol_is_named(String said, String told) throws IOException {
    try (Bad server =
        new Bad(socket -> {
          socket.getOutputStream().write(said.getBytes(US_ASCII));
          awaitEnd(socket);
        })) {
      Tool.Result result = check(server);
      assertThat(result.err()).contains(told).hasLineCount(1);
      assertThat(result.status()).isEqualTo(Exit.TLS);
    }
  }

  @Test
  void a_silent_server_is_told_after_the_time_limit() throws IOException {
    try (Bad server = new Bad(CheckBadServersTest::awaitEnd)) {
      Tool.Result result = check(server, "--timeout", "300ms");
      assertThat(result.err()).contains("does not answer a ClientHello within 0.3 s");
      assertThat(result.status()).isEqualTo(Exit.TLS);
    }
  }

  @Test
  void the_time_for_all_of_it_is_for_the_first_step_too() throws IOException {
    try (Bad server = new Bad(CheckBadServersTest::awaitEnd)) {
      Tool.Result result = check(server, "--max-time", "300ms");
      assertThat(result.err()).contains("does not answer a ClientHello within 0.3 s");
    }
  }

  @Test
  void a_server_that_ends_every_connection_is_told() throws IOException {
    try (Bad server = new Bad(socket -> {})) {
      Tool.Result result = check(server);
      assertThat(result.err()).contains("refused the hellos of all versions");
      assertThat(result.status()).isEqualTo(Exit.TLS);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void garbage_is_no_tls(long seed) throws IOException {
    try (Bad server =
        new Bad(socket -> {
          byte[] bytes = new byte[3000];
          new Random(seed).nextBytes(bytes);
          bytes[0] = seed % 2 == 0 ? 22 : bytes[0];
          socket.getOutputStream().write(bytes);
          awaitEnd(socket);
        })) {
      Tool.Result result = check(server, "--timeout", "500ms");
      assertThat(result.err()).doesNotContain("unexpected").hasLineCount(1);
      assertThat(result.status()).isEqualTo(Exit.TLS);
    }
  }

  /** A ServerHello of TLS 1.3, whatever was offered. */
  private static final byte[] HELLO =
      HexFormat.of()
          .parseHex(
              "160303005a020000560303"
                  + "11".repeat(32)
                  + "00130100002e002b00020304"
                  + "00330024001d0020"
                  + "22".repeat(32));

  @Test
  void a_server_that_stalls_after_its_first_flight_is_reported() throws IOException {
    try (Bad server =
        new Bad(socket -> {
          socket.getInputStream().read();
          socket.getOutputStream().write(HELLO);
          awaitEnd(socket);
        })) {
      Tool.Result result = check(server, "--timeout", "400ms", "--max-time", "20s");
      assertThat(result.err()).doesNotContain("unexpected");
      assertThat(result.out() + result.err())
          .containsAnyOf("a whole handshake was not possible", "answered the first hello");
    }
  }

  @Test
  void a_server_that_cuts_in_the_middle_of_its_answer_is_reported() throws IOException {
    try (Bad server =
        new Bad(socket -> {
          socket.getInputStream().read();
          socket.getOutputStream().write(HELLO, 0, 30);
          socket.setSoLinger(true, 0);
        })) {
      Tool.Result result = check(server, "--timeout", "400ms");
      assertThat(result.err()).doesNotContain("unexpected").contains("a cut connection");
      assertThat(result.status()).isEqualTo(Exit.TLS);
    }
  }

  @Test
  void a_server_that_drips_its_answer_is_given_up() throws IOException {
    try (Bad server =
        new Bad(socket -> {
          socket.getInputStream().read();
          for (byte one : HELLO) {
            socket.getOutputStream().write(one);
            socket.getInputStream().read(new byte[16]); // the hello's bytes pace it
          }
          awaitEnd(socket);
        })) {
      Tool.Result result = check(server, "--timeout", "300ms", "--max-time", "3s");
      assertThat(result.err()).doesNotContain("unexpected");
    }
  }

  /** Behind the handshake a record of 16 KiB comes, a byte now and then. */
  @Test
  @Timeout(60)
  void a_server_that_drips_behind_the_handshake_is_given_up() throws Exception {
    Issued identity = ThrowawayCa.create(KeyType.EC_P256).issue("127.0.0.1");
    try (Bad server =
        new Bad(socket -> {
          ScriptedServer.secure(socket, identity);
          OutputStream out = socket.getOutputStream();
          out.write(new byte[] {23, 3, 3, 0x40});
          socket.setSoTimeout(1000);
          while (true) {
            out.write(0);
            try {
              if (socket.getInputStream().read(new byte[512]) < 0) {
                return;
              }
            } catch (SocketTimeoutException e) {
              // The next byte, then.
            }
          }
        })) {
      Tool.Result result = check(server);
      assertThat(result.err()).doesNotContain("unexpected");
      assertThat(result.out()).containsPattern("renegotiation by the client +(ignored|refused)");
    }
  }

  @Test
  void a_time_that_is_over_too_soon_is_told() throws IOException {
    AtomicBoolean answered = new AtomicBoolean();
    try (Bad server =
        new Bad(socket -> {
          if (socket.getInputStream().read() >= 0 && !answered.getAndSet(true)) {
            socket.getOutputStream().write(HELLO);
          }
          awaitEnd(socket);
        })) {
      Tool.Result result = check(server, "--max-time", "500ms");
      assertThat(result.err()).contains("--max-time was over").hasLineCount(1);
      assertThat(result.status()).isEqualTo(Exit.TLS);
    }
  }

  @Test
  void what_is_missing_for_the_best_grade_is_told() throws Exception {
    ThrowawayCa ca = ThrowawayCa.create(KeyType.EC_P256);
    Issued identity = ca.issue("127.0.0.1");
    String trusted = Files.writeString(folder.resolve("ca.pem"), ca.pem()).toString();
    try (Bad server = new Bad(socket -> awaitEnd(ScriptedServer.secure(socket, identity)))) {
      Tool.Result result = check(server, "--ca", trusted, "--min-grade", "A+");
      assertThat(result.err()).contains("asks for A+: there is no Strict-Transport-Security");
      assertThat(result.status()).isEqualTo(Exit.FAILED);
    }
  }

  /** Names of containers often have one, though host names may not. */
  @Test
  void a_name_with_an_underscore_is_asked_for() throws Exception {
    ThrowawayCa ca = ThrowawayCa.create(KeyType.EC_P256);
    WrittenFiles files = ca.issue("localhost").write(folder);
    try (OpensslServer server =
        OpensslServer.start(
            folder, "-cert", files.certificate().toString(), "-key", files.key().toString())) {
      Tool.Result result = Tool.run("check", server.address(), "--server-name", "my_service.test");
      assertThat(result.err()).isEmpty();
      assertThat(result.out())
          .contains("the certificate is for 'localhost', not for 'my_service.test'")
          .contains("ecdsa_secp256r1_sha256")
          .containsPattern("renegotiation by the client +refused");
    }
  }

  @Test
  void it_begins_with_STARTTLS() throws IOException {
    ThrowawayCa ca = ThrowawayCa.create(KeyType.EC_P256);
    WrittenFiles files = ca.issue("localhost", "127.0.0.1").write(folder);
    Path trusted = Files.writeString(folder.resolve("ca.pem"), ca.pem());
    try (Bad target =
            new Bad(socket -> {
              socket.getOutputStream().write("220 target ESMTP\r\n".getBytes(US_ASCII));
              awaitEnd(socket);
            });
        RunningTool tunnel =
            RunningTool.start(
                folder,
                "tunnel",
                "--listen",
                "127.0.0.1:0",
                "--starttls",
                "smtp",
                "--to",
                target.address(),
                "--cert",
                files.certificate().toString(),
                "--key",
                files.key().toString())) {
      Tool.Result result =
          Tool.run(
              "check",
              tunnel.address(),
              "--starttls",
              "smtp",
              "--ca",
              trusted.toString(),
              "--server-name",
              "localhost",
              "--min-grade",
              "A");
      assertThat(result.err()).isEmpty();
      assertThat(result.out()).contains("TLS_AES_256_GCM_SHA384").contains("Grade\n  A ");
    }
  }

  @Test
  void a_server_that_does_not_agree_to_STARTTLS_is_told() throws IOException {
    try (Bad silent = new Bad(CheckBadServersTest::awaitEnd)) {
      Tool.Result result = check(silent, "--starttls", "imap", "--timeout", "300ms");
      assertThat(result.err()).contains("no agreement within 0.3 s (does the server speak imap?)");
      assertThat(result.status()).isEqualTo(Exit.TLS);
    }
  }

  /** In TLS 1.2 it chooses the first suite, and shows another certificate each time. */
  private static void answerWithAnotherCertificate(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] header = in.readNBytes(5);
    byte[] hello =
        in.readNBytes(header.length < 5 ? 0 : (header[3] & 0xFF) << 8 | (header[4] & 0xFF));
    if (hello.length < 80 || header[0] != 22) {
      return;
    }
    int suites = 39 + hello[38] + 2;
    HexFormat hex = HexFormat.of();
    String suite = hex.formatHex(hello, suites, suites + 2);
    String certificate = "%08x".formatted(System.nanoTime() & 0xFFFF_FFFFL);
    String flight =
        "020000260303"
            + "11".repeat(32)
            + "00"
            + suite
            + "00"
            + "0b00000a000007000004"
            + certificate;
    byte[] messages = hex.parseHex(flight + "0e000000");
    OutputStream out = socket.getOutputStream();
    out.write(new byte[] {22, 3, 3, 0, (byte) messages.length});
    out.write(messages);
    awaitEnd(socket);
  }

  @Test
  void certificates_that_differ_on_each_connection_are_bounded() throws IOException {
    try (Bad server = new Bad(CheckBadServersTest::answerWithAnotherCertificate)) {
      Tool.Result result = check(server, "--min-grade", "F", "--timeout", "2s");
      assertThat(result.out()).contains("shows more than 50 chains of certificates");
      assertThat(result.status()).isEqualTo(Exit.FAILED);
    }
  }

  @Test
  void a_server_that_cuts_the_talk_before_TLS_is_there_without_TLS() throws IOException {
    try (Bad server =
        new Bad(socket -> {
          socket.getOutputStream().write("220 cut.example ESMTP\r\n".getBytes(US_ASCII));
          socket.getInputStream().read();
          socket.setSoLinger(true, 0);
        })) {
      Tool.Result result = check(server, "--starttls", "smtp");
      assertThat(result.err()).contains("STARTTLS: the server cut the connection").hasLineCount(1);
      assertThat(result.status()).isEqualTo(Exit.TLS);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--min-grade Z,'--min-grade is A+, A, A-, B, C, D, E or F'",
    "--min-grade T,'--min-grade is A+, A, A-, B, C, D, E or F'",
    "--parallel 0,--parallel is from 1 to 64",
    "--timeout 0s,above 0",
    "--server-name .,--server-name: ",
    "--server-name a_b..c,--server-name: ",
    "--min-days -1,--min-days is 0 or more",
    "--page /no/such/folder/x.html,cannot be written",
    "--ca /no/such/ca.pem,/no/such/ca.pem",
    "--starttls gopher,gopher"
  })
  void mistakes_are_one_line(String options, String told) {
    String[] words = options.split(" ", 2);
    Tool.Result result = Tool.run("check", "127.0.0.1:9", words[0], words[1]);
    assertThat(result.err()).contains(told).hasLineCount(1);
    assertThat(result.status()).isEqualTo(Exit.USAGE);
  }

  @Test
  void unix_sockets_are_refused() {
    assertThat(Tool.run("check", "unix:/tmp/x").err()).contains("check is for TCP");
  }
}
