package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code tunnel} in a JVM of its own, between {@code connect} or plain sockets and plain targets.
 */
class TunnelTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();
  private static final String AT_ONCE = "--shutdown-after=0s";

  @TempDir private static Path folder;
  private static WrittenFiles files;
  private static String ca;

  @BeforeAll
  static void writeFiles() throws IOException {
    files = CA.issue("localhost", "127.0.0.1", "one.example", "two.example").write(folder);
    ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
  }

  private static RunningTool tunnel(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("tunnel"));
    all.addAll(List.of(arguments));
    return RunningTool.start(folder, all.toArray(String[]::new));
  }

  /** In front of a plain target. */
  private static RunningTool server(String target, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("--listen", "127.0.0.1:0", "--to", target));
    all.addAll(List.of("--cert", files.certificate().toString()));
    all.addAll(List.of("--key", files.key().toString()));
    all.addAll(List.of(more));
    return tunnel(all.toArray(String[]::new));
  }

  /** For a plain client. */
  private static RunningTool client(String target, String... more) throws IOException {
    List<String> all =
        new ArrayList<>(List.of("--client", "--listen", "127.0.0.1:0", "--to", target, "--ca", ca));
    all.addAll(List.of(more));
    return tunnel(all.toArray(String[]::new));
  }

  private static Tool.Result connect(String address, String input, String... more) {
    List<String> all = new ArrayList<>(List.of("connect", address, "--ca", ca, "-q"));
    all.addAll(List.of(more));
    return Tool.runWith(input, all.toArray(String[]::new));
  }

  private static Socket open(String address) throws IOException {
    Target target = Target.parse(address);
    Socket socket = new Socket(target.host(), target.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static String all(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), UTF_8);
  }

  /** With java.nio it is nowhere, also where the kernel has it. */
  @Test
  void kernel_tls_that_is_asked_for_and_not_there_is_logged_once_on_both_sides() throws Exception {
    try (PlainTarget target = PlainTarget.echo();
        RunningTool server = server(target.address(), "--poller", "nio", "--kernel-tls");
        RunningTool client = client(server.address(), "--poller", "nio", "--kernel-tls")) {
      String address = client.address();
      for (int i = 0; i < 3; i++) {
        try (Socket plain = open(address)) {
          plain.getOutputStream().write('x');
          plain.shutdownOutput();
          assertThat(all(plain)).isEqualTo("x");
        }
      }
      for (RunningTool side : List.of(client, server)) {
        assertThat(side.stop()).isZero();
        assertThat(side.err().lines())
            .filteredOn(line -> line.contains(" notice tunnel="))
            .singleElement()
            .asString()
            .contains("kernel TLS is not there: ");
      }
    }
  }

  // ---- bytes and ends

  @Test
  void megabytes_go_through_both_kinds_and_come_back_as_they_were() throws Exception {
    byte[] data = new byte[8 * 1024 * 1024];
    new Random(5).nextBytes(data);
    try (PlainTarget target = PlainTarget.echo();
        RunningTool server = server(target.address());
        RunningTool client = client(server.address());
        Socket plain = open(client.address())) {
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  plain.getOutputStream().write(data);
                  plain.shutdownOutput();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(plain.getInputStream().readAllBytes()).isEqualTo(data);
      writer.join();
    }
  }

  @Test
  void it_says_where_it_listens_and_SIGTERM_ends_it_with_0() throws Exception {
    try (PlainTarget target = PlainTarget.echo();
        RunningTool server = server(target.address())) {
      String ready = server.line();
      assertThat(ready).matches("READY 127\\.0\\.0\\.1:\\d+ provider=\\w+ poller=\\w+");
      Tool.Result result = connect(ready.split(" ", -1)[1], "hello", AT_ONCE);
      assertThat(result.out()).isEqualTo("hello");
      assertThat(result.status()).isZero();
      awaitError(server, " end ");
      assertThat(server.stop()).isZero();
      assertThat(server.err().lines().map(line -> line.split(" ", -1)[1]))
          .containsExactly("open", "end", "stopping");
      assertThat(server.err()).contains("reason=closed", "in=5", "out=5").doesNotContain("hello");
    }
  }

  @Test
  void a_target_that_is_cut_is_no_clean_end_for_the_client() throws Exception {
    try (PlainTarget target =
            PlainTarget.of(socket -> {
              socket.getOutputStream().write("half".getBytes(UTF_8));
              socket.getInputStream().read();
              socket.setSoLinger(true, 0); // closing resets
            });
        RunningTool server = server(target.address());
        RunningTool client = client(server.address());
        Socket plain = open(client.address())) {
      byte[] half = plain.getInputStream().readNBytes(4);
      assertThat(new String(half, UTF_8)).isEqualTo("half");
      plain.getOutputStream().write(1);
      assertThatThrownBy(() -> plain.getInputStream().read()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void a_client_that_is_cut_is_no_clean_end_for_the_target() throws Exception {
    try (PlainTarget target = PlainTarget.of(socket -> socket.getInputStream().readNBytes(4));
        RunningTool server = server(target.address());
        RunningTool client = client(server.address())) {
      Socket plain = open(client.address());
      plain.getOutputStream().write("abc".getBytes(UTF_8));
      Socket there = target.next();
      there.setSoTimeout(20_000);
      plain.setSoLinger(true, 0);
      plain.close();
      InputStream in = there.getInputStream();
      assertThatThrownBy(
              () -> {
                while (in.read() >= 0) {
                  Thread.onSpinWait();
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void unix_sockets_are_taken_at_both_ends() throws Exception {
    Path one = folder.resolve("one.sock");
    try (PlainTarget target = PlainTarget.echo();
        RunningTool server =
            tunnel(
                "--listen=unix:" + one,
                "--to=" + target.address(),
                "--cert=" + files.certificate(),
                "--key=" + files.key())) {
      String ready = server.line();
      assertThat(ready).as(server.err()).startsWith("READY " + one);
      Tool.Result result =
          connect("unix:" + one, "over a path", "--server-name", "localhost", AT_ONCE);
      assertThat(result.out()).isEqualTo("over a path");
    }
  }

  // ---- targets

  @Test
  void the_next_target_is_tried_for_the_same_client() throws Exception {
    String gone = PlainTarget.nobody();
    try (PlainTarget target = PlainTarget.named("the second")) {
      try (RunningTool server = server(gone, "--to", target.address())) {
        String address = server.address();
        for (int i = 0; i < 8; i++) {
          assertThat(connect(address, "").out()).isEqualTo("the second");
        }
        server.stop();
        assertThat(server.err())
            .contains("target-failed", "code=ECONNREFUSED", "target-down")
            .containsOnlyOnce("target-down");
      }
    }
  }

  @Test
  void with_no_target_the_client_is_cut_and_the_log_says_why() throws Exception {
    try (RunningTool server = server(PlainTarget.nobody())) {
      Tool.Result result = connect(server.address(), "");
      assertThat(result.status()).isEqualTo(3);
      server.stop();
      assertThat(server.err()).contains("code=ECONNREFUSED", "reason=unreachable");
    }
  }

  @Test
  void a_target_that_fails_its_health_check_is_left_out_and_comes_back() throws Exception {
    try (PlainTarget well = PlainTarget.named("well")) {
      String sick = PlainTarget.nobody();
      try (RunningTool server = server(sick, "--to", well.address(), "--health", "50ms")) {
        String address = server.address();
        awaitError(server, "target-down");
        for (int i = 0; i < 4; i++) {
          assertThat(connect(address, "").out()).isEqualTo("well");
        }
        assertThat(server.err()).doesNotContain("target-failed");
        try (PlainTarget again = PlainTarget.on(Target.parse(sick).port(), socket -> {})) {
          awaitError(server, "target-up tunnel=tunnel target=" + again.address());
        }
      }
    }
  }

  @Test
  void a_target_that_does_not_end_its_checks_is_checked_all_the_same() throws Exception {
    try (PlainTarget target =
            PlainTarget.of(socket -> {
              while (socket.isConnected()) { // as one that hangs
                LockSupport.park(this);
              }
            });
        RunningTool server = server(target.address(), "--health", "50ms")) {
      assertThat(server.address()).isNotEmpty();
      long begun = System.nanoTime();
      for (int i = 0; i < 8; i++) {
        assertThat(target.next().isBound()).isTrue();
      }
      assertThat(System.nanoTime() - begun).isLessThan(20_000_000_000L);
    }
  }

  @Test
  void a_target_that_refuses_a_certificate_behind_the_handshake_stays_down() throws Exception {
    try (PlainTarget behind = PlainTarget.echo();
        RunningTool target = server(behind.address(), "--client-ca", ca);
        RunningTool checking = client(target.address(), "--health", "50ms")) {
      assertThat(checking.address()).isNotEmpty();
      awaitErrors(target, "handshake-failed", 4);
      assertThat(checking.err()).contains("target-down").doesNotContain("target-up");
    }
  }

  @Test
  void clients_are_led_by_the_name_that_they_ask_for() throws Exception {
    try (PlainTarget one = PlainTarget.named("one");
        PlainTarget rest = PlainTarget.named("rest");
        RunningTool server = server(rest.address(), "--route", "one.example=" + one.address())) {
      String address = server.address();
      assertThat(connect(address, "", "--server-name", "one.example").out()).isEqualTo("one");
      assertThat(connect(address, "", "--server-name", "two.example").out()).isEqualTo("rest");
    }
  }

  @Test
  void a_client_that_leaves_before_its_whole_hello_is_gone_at_once() throws Exception {
    try (RunningTool pass =
        tunnel(
            "--passthrough",
            "--listen=127.0.0.1:0",
            "--to=127.0.0.1:1",
            "--handshake-timeout=1h")) {
      String address = pass.address();
      for (byte[] said : new byte[][] {{}, {0x16, 3, 1, 2, 0}}) {
        try (Socket client = open(address)) {
          client.getOutputStream().write(said);
          client.shutdownOutput();
          assertThatThrownBy(() -> all(client)).hasMessageContaining("reset");
        }
      }
      awaitErrors(pass, "reason=TRUNCATED", 2);
    }
  }

  @Test
  void routes_of_one_name_in_other_letters_stand_for_each_other() throws Exception {
    try (PlainTarget one = PlainTarget.named("one");
        PlainTarget two = PlainTarget.named("two");
        RunningTool server =
            tunnel(
                "--listen=127.0.0.1:0",
                "--cert=" + files.certificate(),
                "--key=" + files.key(),
                "--route=One.example=" + one.address(),
                "--route=one.EXAMPLE=" + two.address())) {
      String address = server.address();
      java.util.Set<String> said = new java.util.TreeSet<>();
      for (int i = 0; i < 2; i++) {
        said.add(connect(address, "", "--server-name", "one.example").out());
      }
      assertThat(said).containsExactly("one", "two");
    }
  }

  @Test
  void passthrough_leads_by_the_name_and_decrypts_nothing() throws Exception {
    try (PlainTarget target = PlainTarget.named("inside");
        RunningTool server = server(target.address());
        RunningTool pass =
            tunnel(
                "--passthrough",
                "--listen",
                "127.0.0.1:0",
                "--route",
                "one.example=" + server.address(),
                "--status=127.0.0.1:0")) {
      String address = pass.address();
      StatusClient status = StatusClient.of(pass);
      assertThat(connect(address, "", "--server-name", "one.example").out()).isEqualTo("inside");
      assertThat(connect(address, "", "--server-name", "two.example").status()).isNotZero();
      try (Socket plain = open(address)) {
        plain.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(UTF_8));
        assertThatThrownBy(() -> all(plain)).isInstanceOf(IOException.class);
      }
      status.await( // each of them once: no hello, another name, and in order
          "/status.json",
          all -> all.contains("\"refused\":1,\"unreachable\":0,\"closed\":1,\"cut\":1}"));
      pass.stop();
      assertThat(pass.err()).contains("limit=route sni=two.example", "code=NOT_SSL");
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void the_socket_file_of_a_tunnel_that_was_killed_is_in_nobody_s_way() throws Exception {
    Path path = folder.resolve("killed.sock");
    String listen = "--listen=unix:" + path;
    String[] arguments = {"--client", "--insecure", listen, "--to=127.0.0.1:1"};
    try (RunningTool killed = tunnel(arguments)) {
      assertThat(killed.address()).isEqualTo(path.toString());
      killed.process().destroyForcibly().waitFor();
      assertThat(path).exists();
    }
    try (RunningTool next = tunnel(arguments)) {
      assertThat(next.address()).isEqualTo(path.toString());
      Tool.Result late = Tool.run("tunnel", "--client", "--insecure", listen, "--to=127.0.0.1:1");
      assertThat(late.status()).isEqualTo(1);
      assertThat(late.err()).contains("in use");
      assertThat(path).exists();
    }
    Path file = Files.writeString(folder.resolve("file"), "no socket");
    Tool.Result result =
        Tool.run("tunnel", "--client", "--listen=unix:" + file, "--to=127.0.0.1:1", "--insecure");
    assertThat(result.status()).isEqualTo(1);
    assertThat(file).hasContent("no socket");
  }

  // ---- who may come in, and how many

  @Test
  void only_clients_that_a_rule_allows_reach_the_target() throws Exception {
    WrittenFiles allowed = CA.request("one.example").forClient().issue().write(created("mine"));
    WrittenFiles other = CA.request("two.example").forClient().issue().write(created("other"));
    try (PlainTarget target = PlainTarget.named("in");
        RunningTool server =
            server(target.address(), "--client-ca", ca, "--allow", "dns=one.example")) {
      String address = server.address();
      Tool.Result in = connect(address, "", shown(allowed));
      assertThat(in.out()).as(in.err()).isEqualTo("in");
      assertThat(connect(address, "").status()).isEqualTo(2);
      assertThat(connect(address, "", shown(other)).status()).isEqualTo(2);
      server.stop();
      assertThat(server.err()).contains("handshake-failed").containsOnlyOnce(" open ");
    }
  }

  private static Path created(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  private static String[] shown(WrittenFiles identity) {
    return new String[] {
      "--cert", identity.certificate().toString(), "--key", identity.key().toString()
    };
  }

  @Test
  void a_client_above_a_bound_is_reset_and_the_log_says_which() throws Exception {
    try (PlainTarget target = PlainTarget.echo();
        RunningTool server = server(target.address(), "--connections-per-address", "2")) {
      String address = server.address();
      try (Socket one = open(address);
          Socket two = open(address)) {
        try (Socket three = open(address)) {
          assertThatThrownBy(() -> all(three)).isInstanceOf(IOException.class);
        }
        assertThat(one.isConnected() && two.isConnected()).isTrue();
        awaitError(server, "refused tunnel=tunnel");
      }
      assertThat(server.err()).contains("limit=connections-per-address");
    }
  }

  @Test
  void a_connection_that_is_idle_or_old_is_cut_on_both_sides() throws Exception {
    for (String limit : new String[] {"idle", "lifetime"}) {
      try (PlainTarget target = PlainTarget.echo();
          RunningTool server = server(target.address(), "--" + limit, "200ms");
          RunningTool client = client(server.address());
          Socket plain = open(client.address())) {
        assertThatThrownBy(() -> all(plain)).isInstanceOf(IOException.class);
        awaitError(server, "reason=" + limit);
      }
    }
  }

  // ---- the client's address

  @Test
  void a_target_gets_the_client_s_address_and_a_tunnel_behind_a_proxy_takes_it() throws Exception {
    try (PlainTarget target =
            PlainTarget.of(socket -> {
              byte[] first = socket.getInputStream().readNBytes(12);
              socket.getOutputStream().write(first);
              PlainTarget.echo(socket);
            });
        RunningTool inner =
            server(target.address(), "--send-proxy", "1", "--proxied-by", "127.0.0.1");
        RunningTool outer =
            tunnel(
                "--passthrough",
                "--listen",
                "127.0.0.1:0",
                "--to",
                inner.address(),
                "--send-proxy",
                "2")) {
      Tool.Result result = connect(outer.address(), "x", AT_ONCE);
      assertThat(result.out()).startsWith("PROXY TCP4 127.0.0.1 127.0.0.1").endsWith("x");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--send-proxy=1", "--send-proxy=2"})
  void an_IPv4_client_of_an_IPv6_proxy_keeps_its_address(String version) throws Exception {
    BlockingQueue<String> headers = new LinkedBlockingQueue<>();
    try (PlainTarget target =
            PlainTarget.of(
                socket -> headers.add(new BufferedReader(socketReader(socket)).readLine()));
        RunningTool last = behindProxy("--passthrough", target.address(), "--send-proxy=1");
        RunningTool first = behindProxy("--client", last.address(), version, "--insecure");
        Socket client = open(first.address())) {
      String header = "PROXY TCP6 ::ffff:10.1.2.3 ::1 5000 443\r\n";
      client.getOutputStream().write(header.getBytes(UTF_8));
      assertThat(headers.poll(20, TimeUnit.SECONDS))
          .isEqualTo("PROXY TCP6 0:0:0:0:0:ffff:a01:203 0:0:0:0:0:0:0:1 5000 443");
    }
  }

  private static Reader socketReader(Socket socket) throws IOException {
    return new InputStreamReader(socket.getInputStream(), ISO_8859_1);
  }

  private static RunningTool behindProxy(String kind, String target, String... more)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(kind, "--listen=127.0.0.1:0", "--to=" + target));
    all.add("--proxied-by=127.0.0.1");
    all.addAll(List.of(more));
    return tunnel(all.toArray(String[]::new));
  }

  @Test
  void a_client_whose_proxy_does_not_know_it_counts_as_the_proxy() throws Exception {
    try (PlainTarget target = PlainTarget.echo();
        RunningTool pass =
            tunnel(
                "--passthrough",
                "--listen=127.0.0.1:0",
                "--to=" + target.address(),
                "--proxied-by=127.0.0.1",
                "--connections-per-address=1")) {
      String address = pass.address();
      try (Socket first = open(address);
          Socket second = open(address)) {
        for (Socket each : new Socket[] {first, second}) {
          each.getOutputStream().write("PROXY UNKNOWN\r\n".getBytes(UTF_8));
        }
        awaitError(pass, "refused tunnel=tunnel peer=127.0.0.1:");
        assertThat(pass.err()).contains("limit=connections-per-address");
      }
    }
  }

  // ---- its end

  @Test
  void SIGTERM_stops_listening_and_lets_connections_end_by_themselves() throws Exception {
    try (PlainTarget target = PlainTarget.echo();
        RunningTool server = server(target.address(), "--drain", "20s")) {
      String address = server.address();
      try (RunningTool front = client(address);
          Socket plain = open(front.address())) {
        plain.getOutputStream().write('a');
        assertThat(plain.getInputStream().read()).isEqualTo('a');
        server.process().destroy();
        awaitError(server, "stopping");
        awaitRefusal(address);
        plain.getOutputStream().write('b');
        assertThat(plain.getInputStream().read()).isEqualTo('b');
        plain.shutdownOutput();
        assertThat(plain.getInputStream().read()).isEqualTo(-1);
        assertThat(server.process().waitFor()).isZero();
      }
    }
  }

  @Test
  void what_is_left_after_the_drain_is_cut() throws Exception {
    try (PlainTarget target = PlainTarget.echo();
        RunningTool server = server(target.address(), "--drain", "100ms");
        RunningTool client = client(server.address());
        Socket plain = open(client.address())) {
      plain.getOutputStream().write('a');
      assertThat(plain.getInputStream().read()).isEqualTo('a');
      assertThat(server.stop()).isZero();
      assertThatThrownBy(() -> all(plain)).isInstanceOf(IOException.class);
      assertThat(server.err()).contains("reason=drain");
    }
  }

  /** SIGTERM reaches the loops a moment after it is logged. */
  private static void awaitRefusal(String address) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (System.nanoTime() < deadline) {
      try (Socket early = open(address)) {
        assertThat(early.isConnected()).isTrue();
      } catch (IOException e) {
        return;
      }
    }
    throw new AssertionError("it listens still");
  }

  private static void awaitErrors(RunningTool tool, String part, int times) throws IOException {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (tool.err().lines().filter(line -> line.contains(part)).count() < times) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  static void awaitError(RunningTool tool, String part) throws IOException {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!tool.err().contains(part)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("no '" + part + "' in: " + tool.err());
      }
      Thread.onSpinWait();
    }
  }
}
