package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
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

/** {@code serve --status} in a JVM of its own. */
@Timeout(60)
class ServeStatusTest {
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
    List<String> all = new ArrayList<>(List.of("--status", "127.0.0.1:0"));
    all.addAll(List.of("--cert", files.certificate().toString(), "--key", files.key().toString()));
    all.addAll(List.of(more));
    return RunningTool.serve(folder, all.toArray(String[]::new));
  }

  private static Tool.Result connect(String address, String... more) {
    List<String> all = new ArrayList<>(List.of("connect", address, "--ca", ca, "-q"));
    all.add("--shutdown-after=0s");
    all.addAll(List.of(more));
    return Tool.runWith("hello", all.toArray(String[]::new));
  }

  @Test
  void handshakes_bytes_and_certificates_are_counted_on_all_loops() throws Exception {
    try (RunningTool server = serve("--loops", "2")) {
      String address = server.address();
      StatusClient status = StatusClient.of(server);
      assertThat(connect(address, "--again", "1").out()).isEqualTo("hello");
      Target at = Target.parse(address);
      try (Socket socket = new Socket(at.host(), at.port())) {
        socket.getOutputStream().write("no TLS\r\n\r\n".getBytes(UTF_8));
        status.await("/metrics", all -> all.contains("_failed_handshakes_total{"));
      }
      String json = status.await("/status.json", all -> all.contains("\"open\":0,\"accepted\":3,"));
      JsonNode all =
          new JsonMapper().readTree(json.substring(json.indexOf("\r\n\r\n"))).at("/tunnels/0");
      assertThat(all.at("/side").asText()).isEqualTo("server");
      assertThat(all.at("/address").asText()).isEqualTo(address);
      assertThat(all.at("/handshakes").toString())
          .isEqualTo("{\"full\":1,\"resumed\":1,\"failed\":{\"NOT_SSL\":1}}");
      assertThat(all.at("/connections/closed").asInt()).isEqualTo(2);
      assertThat(all.at("/connections/cut").asInt()).isEqualTo(1);
      assertThat(all.at("/bytes").toString()).isEqualTo("{\"from_clients\":5,\"from_targets\":5}");
      assertThat(all.at("/certificates/0/subject").asText()).isEqualTo("CN=localhost");
      assertThat(json).contains("\"event\":\"handshake-failed\"");
    }
  }

  @Test
  void it_has_the_metrics_of_a_tunnel_under_its_own_name() throws Exception {
    try (RunningTool server = serve("--starttls", "smtp")) {
      String address = server.address();
      StatusClient status = StatusClient.of(server);
      assertThat(connect(address, "--starttls", "smtp").out()).isEqualTo("hello");
      String all =
          status.await("/metrics", text -> text.contains("how=\"closed\",server=\"serve\"} 1"));
      assertThat(all)
          .contains(
              "ferrule_server_ready 1.0", "ferrule_server_connections_total{server=\"serve\"} 1")
          .contains("ferrule_server_handshakes_total{kind=\"full\",server=\"serve\"} 1.0")
          .contains("ferrule_server_certificate_expiry_timestamp_seconds{server=\"serve\",")
          .doesNotContain("ferrule_tunnel", "target");
      String docs = Files.readString(Path.of("..", "docs", "tunnel.md"));
      assertThat(all.lines().filter(line -> line.startsWith("# TYPE ferrule_")))
          .allMatch(line -> docs.contains(line.split(" ", -1)[2].replace("server", "tunnel")));
    }
  }

  @Test
  void it_is_ready_until_it_stops_and_its_page_has_its_name() throws Exception {
    try (RunningTool server = serve("--mode", "source")) {
      server.address();
      StatusClient status = StatusClient.of(server);
      assertThat(status.get("/readyz")).startsWith("HTTP/1.1 200 ");
      assertThat(status.get("/"))
          .contains("<title>ferrule serve</title>")
          .doesNotContain("ferrule tunnel");
      assertThat(server.stop()).isZero();
      assertThat(server.err()).isEmpty();
    }
  }

  @Test
  void plain_connections_are_counted_while_they_are_open() throws Exception {
    try (RunningTool server =
        RunningTool.serve(folder, "--plain", "--status=127.0.0.1:0", "--mode=sink")) {
      Target at = Target.parse(server.address());
      StatusClient status = StatusClient.of(server);
      try (Socket socket = new Socket(at.host(), at.port())) {
        socket.getOutputStream().write(new byte[70_000]);
        String json = status.await("/status.json", all -> all.contains("\"from_clients\":70000"));
        assertThat(json).contains("\"open\":1,\"accepted\":1,", "\"side\":\"plain\"");
      }
    }
  }

  @Test
  void what_cannot_be_listened_at_is_one_line() {
    Tool.Result result = Tool.run("serve", "--port=0", "--plain", "--status=unix:/tmp/x");
    assertThat(result.status()).isEqualTo(Exit.USAGE);
    assertThat(result.err()).startsWith("ferrule: --status is an address and a port");
    assertThat(result.err().lines()).hasSize(1);
  }
}
