package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --verbose} says of a handshake that failed. */
class HandshakeLinesTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();
  private static final Issued SERVER = CA.issue("localhost", "127.0.0.1");
  private static final Issued HOSTILE = CA.issue("evil\u001b[31m\u202e\n.example");

  @TempDir private static Path folder;

  @Test
  void a_client_says_what_both_had_which_certificate_it_was_and_where_the_time_went()
      throws IOException {
    try (var server = ScriptedServer.ssl(SERVER, socket -> socket.getInputStream().read())) {
      List<String> lines = failing(server.address(), "-v");
      assertThat(lines)
          .anySatisfy(line -> assertThat(line).contains("failure ", "UNKNOWN_ISSUER", "this side"))
          .anySatisfy(line -> assertThat(line).contains("client ", "TLSv1.3 with TLS_", "x25519"))
          .anySatisfy(line -> assertThat(line).contains("answer ", "TLSv1.3 TLS_", "group "))
          .anySatisfy(
              line -> assertThat(line).contains("1. CN=localhost", "issued by", "about this one"))
          .anySatisfy(line -> assertThat(line).contains("time ", "ms connecting", "ms computing"))
          .anySatisfy(line -> assertThat(line).containsPattern("bytes +\\d+ sent, \\d+ received"));
      assertThat(lines.getLast()).contains("unknown issuer");
    }
  }

  @Test
  void without_verbose_it_is_one_line() throws IOException {
    try (var server = ScriptedServer.ssl(SERVER, socket -> socket.getInputStream().read())) {
      assertThat(failing(server.address())).hasSize(1);
    }
  }

  @Test
  void hostile_names_do_not_reach_the_terminal() throws IOException {
    String ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
    try (var server = ScriptedServer.ssl(HOSTILE, socket -> socket.getInputStream().read())) {
      List<String> lines = failing(server.address(), "-v", "--ca", ca);
      assertThat(lines).anySatisfy(line -> assertThat(line).contains("HOST_MISMATCH"));
      assertThat(String.join("", lines))
          .contains("evil\\x1B[31m")
          .doesNotContain("\u001b", "\u202e");
      lines.forEach(line -> assertThat(line).startsWith("ferrule: "));
    }
  }

  @Test
  void a_server_says_what_its_client_had() throws Exception {
    var files = SERVER.write(folder);
    try (RunningTool server =
        RunningTool.serve(
            folder,
            "-v",
            "--cert",
            files.certificate().toString(),
            "--key",
            files.key().toString())) {
      failing(server.address());
      server.stop();
      assertThat(server.err())
          .contains("failure   PEER_REFUSED_CERTIFICATE, found by the peer")
          .containsPattern("client +TLSv1.3, TLSv1.2 with TLS_")
          .containsPattern("server +this side: ")
          .containsPattern("time +.*ms waiting for the peer");
    }
  }

  @Test
  void a_refusal_behind_the_handshake_has_its_story_too() throws Exception {
    var files = SERVER.write(folder);
    String ca = Files.writeString(folder.resolve("issuer.pem"), CA.pem()).toString();
    try (RunningTool server =
        RunningTool.serve(
            folder,
            "--cert",
            files.certificate().toString(),
            "--key",
            files.key().toString(),
            "--client-ca",
            ca)) {
      List<String> lines = failing(server.address(), "-v", "--ca", ca, "--min-protocol", "TLSv1.3");
      assertThat(lines)
          .anySatisfy(line -> assertThat(line).contains("PEER_REQUIRES_CERTIFICATE", "the peer"))
          .anySatisfy(line -> assertThat(line).contains("answer ", "TLSv1.3 TLS_", "group "))
          .anySatisfy(line -> assertThat(line).contains("1. CN=localhost", "issued by"))
          .noneSatisfy(line -> assertThat(line).contains("bytes "));
      server.stop();
    }
  }

  private static List<String> failing(String address, String... more) {
    String[] all = new String[more.length + 2];
    all[0] = "connect";
    all[1] = address;
    System.arraycopy(more, 0, all, 2, more.length);
    Tool.Result result = Tool.run(all);
    assertThat(result.status()).isEqualTo(2);
    return result.err().lines().toList();
  }
}
