package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code serve --starttls} in a JVM of its own. */
@Timeout(60)
class ServeStartTlsTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();

  @TempDir private static Path folder;
  private static WrittenFiles files;
  private static String ca;

  @BeforeAll
  static void writeFiles() throws IOException {
    files = CA.issue("localhost", "127.0.0.1").write(folder);
    ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
  }

  private static RunningTool serve(String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("--cert", files.certificate().toString()));
    all.addAll(List.of("--key", files.key().toString(), "--verbose"));
    all.addAll(List.of(more));
    return RunningTool.serve(folder, all.toArray(String[]::new));
  }

  private static Socket open(RunningTool server) throws IOException {
    Target at = Target.parse(server.address());
    Socket socket = new Socket(at.host(), at.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static String line(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b; (b = socket.getInputStream().read()) >= 0 && b != '\n'; ) {
      line.append((char) b);
    }
    return line.toString().strip();
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"smtp", "sieve", "ldap", "xmpp", "irc"})
  void a_client_begins_in_plain_text_and_the_mode_goes_on_inside(String protocol) throws Exception {
    try (RunningTool server = serve("--starttls", protocol)) {
      String[] connect = {"connect", server.address(), "--ca", ca, "-q", "--starttls", protocol};
      List<String> all = new ArrayList<>(List.of(connect));
      all.add("--shutdown-after=0s");
      Tool.Result result = Tool.runWith("inside", all.toArray(String[]::new));
      assertThat(result.err()).isEmpty();
      assertThat(result.out()).endsWith("inside");
      assertThat(result.status()).isZero();
      assertThat(server.stop()).isZero();
      assertThat(server.err()).contains("sent a ", "is secure: ");
    }
  }

  @Test
  void before_TLS_the_mode_says_and_hears_nothing() throws Exception {
    try (RunningTool server = serve("--starttls", "pop3", "--mode", "source");
        Socket client = open(server)) {
      assertThat(line(client)).isEqualTo("+OK localhost ready");
      say(client, "USER joe\r\n");
      assertThat(line(client)).isEqualTo("-ERR STLS first");
      say(client, "QUIT\r\n");
      assertThat(line(client)).isEqualTo("+OK Bye");
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      assertThat(server.stop()).isZero();
      assertThat(server.err()).contains("the client left before TLS began").doesNotContain("joe");
    }
  }

  @Test
  void what_comes_behind_the_request_and_before_TLS_is_an_injection() throws Exception {
    try (RunningTool server = serve("--starttls", "nntp");
        Socket client = open(server)) {
      assertThat(line(client)).startsWith("200 ");
      say(client, "STARTTLS\r\nGROUP injected\r\n");
      try {
        client.getInputStream().readAllBytes();
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("reset");
      }
      TunnelTest.awaitError(server, "were received behind the point of upgrade");
      assertThat(server.err()).doesNotContain("GROUP");
    }
  }

  @Test
  void many_clients_that_never_begin_hold_up_nobody() throws Exception {
    try (RunningTool server = serve("--starttls", "smtp")) {
      Target at = Target.parse(server.address());
      List<Socket> silent = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        silent.add(new Socket(at.host(), at.port()));
      }
      try (Socket client = new Socket(at.host(), at.port())) {
        client.setSoTimeout(20_000);
        assertThat(line(client)).isEqualTo("220 localhost ESMTP");
        say(client, "EHLO me\r\nSTARTTLS\r\n");
        assertThat(line(client)).isEqualTo("250-Ready");
      }
      for (Socket each : silent) {
        each.close();
      }
      assertThat(server.stop()).isZero();
    }
  }
}
