package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tunnel --status} in a JVM of its own. */
class StatusTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();

  @TempDir private static Path folder;
  private static WrittenFiles files;
  private static String ca;

  @BeforeAll
  static void writeFiles() throws IOException {
    files = CA.issue("localhost", "127.0.0.1").write(folder);
    ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
  }

  private static List<String> arguments(String target, String... more) {
    List<String> all = new ArrayList<>(List.of("tunnel", "--listen", "127.0.0.1:0"));
    all.addAll(List.of("--to", target, "--cert", files.certificate().toString()));
    all.addAll(List.of("--key", files.key().toString()));
    all.addAll(List.of(more));
    return all;
  }

  private static RunningTool tunnel(String target) throws IOException {
    return RunningTool.start(
        folder, arguments(target, "--status", "127.0.0.1:0").toArray(String[]::new));
  }

  private static String echoed(String address, String text) {
    return Tool.runWith(text, "connect", address, "--ca", ca, "-q", "--shutdown-after=0s").out();
  }

  // ---- what is told

  @Test
  void metrics_count_connections_handshakes_and_bytes() throws Exception {
    try (PlainTarget target = PlainTarget.echo();
        RunningTool tool = tunnel(target.address())) {
      String address = tool.address();
      StatusClient status = StatusClient.of(tool);
      assertThat(echoed(address, "hello")).isEqualTo("hello");
      sendNoTls(address);
      String all =
          status.await(
              "/metrics",
              text ->
                  text.contains("ferrule_tunnel_ended_connections_total{how=\"closed\",tunnel")
                      && text.contains("closed\",tunnel=\"tunnel\"} 1.0")
                      && text.contains("failed_handshakes_total"));
      assertThat(all)
          .contains("Content-type: text/plain; version=0.0.4; charset=utf-8")
          .contains("ferrule_tunnel_connections_total{tunnel=\"tunnel\"} 2.0")
          .contains("ferrule_tunnel_handshakes_total{kind=\"full\",tunnel=\"tunnel\"} 1.0")
          .contains("ferrule_tunnel_passed_bytes_total{from=\"clients\",tunnel=\"tunnel\"} 5.0")
          .contains("target=\"" + target.address() + "\",tunnel=\"tunnel\"} 1.0")
          .contains("ferrule_tunnel_ready 1.0");
    }
  }

  @Test
  void limits_that_bit_are_told_by_their_names() throws Exception {
    String[] bounds = {"--max-connections=1", "--lifetime=3s", "--status=127.0.0.1:0"};
    try (PlainTarget target = PlainTarget.echo();
        RunningTool tool =
            RunningTool.start(folder, arguments(target.address(), bounds).toArray(String[]::new))) {
      String address = tool.address();
      StatusClient status = StatusClient.of(tool);
      Target at = Target.parse(address);
      try (Socket first = new Socket(at.host(), at.port())) {
        sendNoTls(address);
        status.await("/metrics", all -> all.contains(limited("max-connections")));
        String all = status.await("/metrics", text -> text.contains(limited("lifetime")));
        assertThat(all).doesNotContain("limit=\"idle\"");
        assertThat(first.isConnected()).isTrue();
      }
      assertThat(status.await("/status.json", text -> text.contains("lifetime\":1")))
          .contains("\"limited\":{\"lifetime\":1,\"max-connections\":1}");
    }
  }

  private static String limited(String limit) {
    return "ferrule_tunnel_limited_connections_total{limit=\"%s\",tunnel=\"tunnel\"} 1.0"
        .formatted(limit);
  }

  private static void sendNoTls(String address) throws IOException {
    Target at = Target.parse(address);
    try (Socket socket = new Socket(at.host(), at.port())) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8));
      socket.getInputStream().readAllBytes();
    } catch (java.net.SocketException e) {
      // reset, which is as good
    }
  }

  @Test
  void a_target_that_is_down_and_the_last_events_are_told() throws Exception {
    String nobody = PlainTarget.nobody();
    try (RunningTool tool = tunnel(nobody)) {
      String address = tool.address();
      StatusClient status = StatusClient.of(tool);
      for (int i = 0; i < 3; i++) {
        echoed(address, "");
      }
      String down = "ferrule_tunnel_target_up{target=\"" + nobody + "\",tunnel=\"tunnel\"} 0.0";
      status.await("/metrics", all -> all.contains(down));
      String json = status.await("/status.json", all -> all.contains("\"target-down\""));
      assertThat(json).contains("\"up\":false", "\"unreachable\":3");
    }
  }

  @Test
  void it_is_ready_until_it_drains_and_alive_all_the_time() throws Exception {
    try (PlainTarget target = PlainTarget.echo();
        RunningTool tool = tunnel(target.address());
        RunningTool held = RunningTool.start(folder, "connect", tool.address(), "--ca", ca)) {
      StatusClient status = StatusClient.of(tool);
      assertThat(status.get("/readyz")).startsWith("HTTP/1.1 200 ");
      status.await("/status.json", all -> all.contains("\"open\":1,"));
      tool.process().destroy();
      assertThat(status.await("/readyz", all -> all.startsWith("HTTP/1.1 503 ")))
          .endsWith("draining\n");
      assertThat(status.get("/healthz")).startsWith("HTTP/1.1 200 ").endsWith("ok\n");
      held.process().destroyForcibly();
      assertThat(tool.process().waitFor()).isZero();
    }
  }

  // ---- where

  @Test
  void an_address_in_use_is_exit_1_with_one_line() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String at = "127.0.0.1:" + taken.getLocalPort();
      Tool.Result result =
          Tool.run(arguments("127.0.0.1:1", "--status", at).toArray(String[]::new));
      assertThat(result.status()).isEqualTo(Exit.FAILED);
      assertThat(result.err().lines()).hasSize(1);
      assertThat(result.err()).contains("--status cannot listen at " + at, "in use");
    }
  }

  @Test
  void what_is_no_address_to_listen_at_is_wrong_usage() {
    for (String at : new String[] {"9090", "unix:/tmp/status.sock", "127.0.0.1:99999"}) {
      Tool.Result result =
          Tool.run(arguments("127.0.0.1:1", "--status", at).toArray(String[]::new));
      assertThat(result.status()).as(at).isEqualTo(Exit.USAGE);
    }
  }

  @Test
  void an_address_that_others_can_reach_is_warned_of() throws Exception {
    assertThat(StatusOption.warning(at(127, 0, 0, 1))).isNull();
    assertThat(StatusOption.warning(at(192, 0, 2, 1)))
        .contains("192.0.2.1:9090", "not for this machine alone");
  }

  private static InetSocketAddress at(int... address) throws IOException {
    byte[] bytes = new byte[address.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) address[i];
    }
    return new InetSocketAddress(InetAddress.getByAddress(bytes), 9090);
  }

  @Test
  void a_file_of_tunnels_may_say_it() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("tunnels.toml"),
            """
            status = "127.0.0.1:0"
            [tunnel.web]
            listen = "127.0.0.1:0"
            to = "127.0.0.1:1"
            cert = '%s'
            key = '%s'
            """
                .formatted(files.certificate(), files.key()));
    try (RunningTool tool = RunningTool.start(folder, "tunnel", "--config", file.toString())) {
      assertThat(StatusClient.of(tool).body("/status.json")).contains("\"name\":\"web\"");
    }
  }

  @Test
  void without_it_neither_the_HTTP_server_nor_Prometheus_is_loaded() throws Exception {
    Path loaded = folder.resolve("loaded.txt");
    List<String> logging =
        List.of("env", "JAVA_TOOL_OPTIONS=-Xlog:class+load:file=" + loaded.toAbsolutePath());
    try (RunningTool tool =
        RunningTool.start(folder, logging, arguments("127.0.0.1:1").toArray(String[]::new))) {
      assertThat(tool.address()).isNotEmpty();
      assertThat(tool.stop()).isZero();
    }
    List<String> all = Files.readAllLines(loaded);
    assertThat(all).anyMatch(line -> line.contains("dev.ferrule.cli.TunnelCommand "));
    assertThat(all)
        .filteredOn(
            line -> line.matches(".*\\b(sun\\.net\\.httpserver|io\\.prometheus|StatusServer)\\b.*"))
        .isEmpty();
  }

  // ---- bad clients

  /** One that waits for a second only. */
  private static RunningTool impatient() throws IOException {
    String limits = "-Dsun.net.httpserver.maxReqTime=1 -Dsun.net.httpserver.maxRspTime=1";
    return RunningTool.start(
        folder,
        List.of("env", "JAVA_TOOL_OPTIONS=" + limits),
        arguments("127.0.0.1:1", "--status", "127.0.0.1:0").toArray(String[]::new));
  }

  @Test
  void requests_that_are_wrong_are_refused_and_hurt_nobody() throws Exception {
    String host = " HTTP/1.1\r\nHost: localhost\r\n";
    try (RunningTool tool = impatient()) {
      StatusClient status = StatusClient.of(tool);
      for (String path :
          List.of(
              "/../../etc/passwd",
              "/%2e%2e/%2e%2e/etc/passwd",
              "/%00",
              "/..%2f..%2fetc/passwd",
              "/metrics/",
              "/metrics/../healthz",
              "/status.html",
              "/x?y")) {
        assertThat(StatusClient.status(status.get(path))).as(path).isEqualTo(404);
      }
      for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", "BREW")) {
        String answer = status.raw(method + " /metrics" + host + "\r\n");
        assertThat(answer).as(method).startsWith("HTTP/1.1 405 ").contains("Allow: GET, HEAD");
      }
      for (String wrong :
          List.of(
              "GET mailto:a" + host + "\r\n",
              "GET *" + host + "\r\n",
              "GET //" + host + "\r\n",
              "GARBAGE\r\n\r\n",
              "\r\n\r\n",
              "GET /%zz" + host + "\r\n",
              "\0\1\2\r\n\r\n",
              "GET /" + host + "X: " + "a".repeat(100_000) + "\r\n\r\n",
              "GET /" + "a".repeat(1_000_000) + host + "\r\n",
              "GET /" + host + "X: a\r\n".repeat(1000) + "\r\n",
              "POST /" + host + "Content-Length: 99999999999\r\n\r\nabc")) {
        String shown = wrong.substring(0, Math.min(40, wrong.length()));
        assertThat(StatusClient.status(status.raw(wrong))).as(shown).isNotEqualTo(200);
      }
      assertThat(status.get("/healthz")).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void a_page_of_a_stranger_s_name_reads_nothing_here() throws Exception {
    try (RunningTool tool = tunnel("127.0.0.1:1")) {
      StatusClient status = StatusClient.of(tool);
      String answer = status.raw("GET /status.json HTTP/1.1\r\nHost: evil.example\r\n\r\n");
      assertThat(answer).startsWith("HTTP/1.1 421 ").doesNotContain("tunnels");
      assertThat(status.get("/status.json")).doesNotContain("Access-Control");
    }
  }

  @Test
  void a_thousand_that_say_nothing_hold_up_neither_the_tunnel_nor_those_after_them()
      throws Exception {
    List<Socket> silent = new ArrayList<>();
    try (PlainTarget target = PlainTarget.echo();
        RunningTool tool = tunnel(target.address())) {
      String address = tool.address();
      StatusClient status = StatusClient.of(tool);
      for (int i = 0; i < 1000; i++) {
        silent.add(status.open());
      }
      assertThat(echoed(address, "through")).isEqualTo("through");
      for (Socket each : silent) {
        each.close();
      }
      assertThat(status.await("/healthz", all -> !all.isEmpty())).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void a_thousand_that_ask_are_all_answered() throws Exception {
    try (RunningTool tool = tunnel("127.0.0.1:1");
        ExecutorService askers = Executors.newFixedThreadPool(8)) {
      StatusClient status = StatusClient.of(tool);
      List<Future<String>> answers = new ArrayList<>();
      String[] paths = {"/", "/metrics", "/status.json", "/readyz"};
      for (int i = 0; i < 1000; i++) {
        String path = paths[i % paths.length];
        answers.add(askers.submit(() -> status.get(path)));
      }
      for (Future<String> each : answers) {
        assertThat(each.get()).startsWith("HTTP/1.1 200 ");
      }
    }
  }

  @Test
  void slow_ones_hold_up_nobody_and_are_cut_in_the_end() throws Exception {
    List<Socket> slow = new ArrayList<>();
    List<Socket> unread = new ArrayList<>();
    try (RunningTool tool = impatient()) {
      StatusClient status = StatusClient.of(tool);
      for (int i = 0; i < 20; i++) { // both together fewer than the 64 that are served at once
        Socket socket = status.open();
        socket.getOutputStream().write("GET /metrics HTTP/1.1\r\nHo".getBytes(UTF_8));
        slow.add(socket);
        Socket lazy = status.open(); // which asks, and does not read
        lazy.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
        unread.add(lazy);
      }
      assertThat(status.await("/healthz", all -> !all.isEmpty())).startsWith("HTTP/1.1 200 ");
      assertThat(status.get("/healthz")).startsWith("HTTP/1.1 200 ");
      for (Socket each : slow) {
        assertThat(each.getInputStream().read()).isEqualTo(-1);
        each.close();
      }
      for (Socket each : unread) {
        each.close();
      }
    }
  }
}
