package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Clients and targets of a tunnel that behave badly. */
class TunnelUnderAttackTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();

  @TempDir private static Path folder;
  private static WrittenFiles files;
  private static String ca;

  @BeforeAll
  static void writeFiles() throws IOException {
    files = CA.issue("localhost", "127.0.0.1").write(folder);
    ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
  }

  private static RunningTool server(String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("tunnel", "--listen=127.0.0.1:0"));
    all.add("--cert=" + files.certificate());
    all.add("--key=" + files.key());
    all.addAll(List.of(more));
    return RunningTool.start(folder, all.toArray(String[]::new));
  }

  /** Plain TCP to the target of {@code address}, through both kinds of tunnels. */
  private static RunningTool client(String address) throws IOException {
    return RunningTool.start(
        folder, "tunnel", "--client", "--listen=127.0.0.1:0", "--to=" + address, "--ca=" + ca);
  }

  private static Socket open(String address) throws IOException {
    Target target = Target.parse(address);
    Socket socket = new Socket(target.host(), target.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // which refuses where Linux lets wait
  void a_target_that_swallows_connections_is_given_up_in_time() throws Exception {
    try (FullServer full = FullServer.open();
        PlainTarget target = PlainTarget.named("the other");
        RunningTool server =
            server(
                "--to=" + full.address(), "--to=" + target.address(), "--connect-timeout=300ms")) {
      String address = server.address();
      for (int i = 0; i < 2; i++) {
        Tool.Result result = Tool.run("connect", address, "--ca", ca, "-q");
        assertThat(result.out()).isEqualTo("the other");
      }
      TunnelTest.awaitError(server, "code=ETIMEDOUT");
    }
  }

  @Test
  void clients_that_leave_before_their_target_is_there_count_at_no_target() throws Exception {
    try (PlainTarget silent = PlainTarget.of(socket -> socket.getInputStream().readAllBytes());
        RunningTool tunnel =
            RunningTool.start(
                folder,
                "tunnel",
                "--client",
                "--listen=127.0.0.1:0",
                "--to=" + silent.address(),
                "--ca=" + ca,
                "--status=127.0.0.1:0")) {
      String address = tunnel.address();
      StatusClient status = StatusClient.of(tunnel);
      for (int i = 0; i < 2; i++) {
        try (Socket client = open(address)) {
          assertThat(silent.next().isClosed()).isFalse(); // it waits for a handshake
          client.setSoLinger(true, 0);
        }
      }
      String json = status.await("/status.json", all -> all.contains("\"cut\":2"));
      assertThat(json).contains("\"up\":true,\"open\":0}");
    }
  }

  @Test
  void a_client_that_never_reads_stops_its_target_and_nobody_else() throws Exception {
    PlainTarget source =
        PlainTarget.of(socket -> {
          byte[] much = new byte[64 * 1024];
          while (true) { // until its client is gone
            socket.getOutputStream().write(much);
          }
        });
    try (source;
        RunningTool server = server("--to=" + source.address());
        RunningTool client = client(server.address())) {
      String address = client.address();
      Socket lazy = open(address);
      assertThat(lazy.getInputStream().read()).isNotNegative();
      for (int i = 0; i < 3; i++) {
        try (Socket other = open(address)) {
          assertThat(other.getInputStream().readNBytes(10_000_000)).hasSize(10_000_000);
        }
      }
      assertThat(lazy.getInputStream().readNBytes(100_000)).hasSize(100_000);
      lazy.close();
    }
  }

  @Test
  void a_client_that_says_nothing_is_gone_after_the_time_of_a_handshake() throws Exception {
    for (String kind : new String[] {"--starttls=postgres", "--passthrough", "--tickets=0"}) {
      List<String> all = new ArrayList<>(List.of("tunnel", "--listen=127.0.0.1:0", kind));
      all.add("--to=" + PlainTarget.nobody());
      all.add("--handshake-timeout=200ms");
      if (!kind.equals("--passthrough")) {
        all.addAll(List.of("--cert=" + files.certificate(), "--key=" + files.key()));
      }
      try (RunningTool server = RunningTool.start(folder, all.toArray(String[]::new));
          Socket silent = open(server.address())) {
        try {
          assertThat(silent.getInputStream().read()).isEqualTo(-1);
        } catch (IOException e) {
          assertThat(e).hasMessageContaining("reset");
        }
        TunnelTest.awaitError(server, "handshake-failed");
        TunnelTest.awaitError(server, " end ");
      }
    }
  }

  @Test
  void a_target_that_dies_in_the_middle_cuts_the_client_and_the_next_is_served() throws Exception {
    int[] count = {0};
    try (PlainTarget target =
            PlainTarget.of(socket -> {
              socket.getOutputStream().write("part".getBytes(UTF_8));
              if (count[0]++ == 0) {
                socket.setSoLinger(true, 0);
                return;
              }
              socket.getOutputStream().write("s and the rest".getBytes(UTF_8));
            });
        RunningTool server = server("--to=" + target.address())) {
      String address = server.address();
      assertThat(Tool.run("connect", address, "--ca", ca, "-q").status()).isEqualTo(3);
      assertThat(Tool.run("connect", address, "--ca", ca, "-q").out())
          .isEqualTo("parts and the rest");
    }
  }

  @Test
  void a_client_that_resets_while_its_target_is_connected_leaves_nothing_behind() throws Exception {
    try (PlainTarget target = PlainTarget.echo();
        RunningTool server = server("--to=" + target.address(), "--max-connections=100");
        RunningTool client = client(server.address())) {
      String address = client.address();
      for (int i = 0; i < 300; i++) {
        Socket socket = open(address);
        socket.setSoLinger(true, 0);
        socket.getOutputStream().write(new byte[1 + i % 50]);
        socket.close();
      }
      awaitRoom(address); // those that were reset may still be shaking hands
      List<Socket> all = new ArrayList<>();
      for (int i = 0; i < 90; i++) { // there is room for so many again
        all.add(open(address));
        all.getLast().getOutputStream().write('a');
        assertThat(all.getLast().getInputStream().read()).isEqualTo('a');
      }
      for (Socket each : all) {
        each.close();
      }
    }
  }

  private static void awaitRoom(String address) throws IOException {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (System.nanoTime() < deadline) {
      try (Socket socket = open(address)) {
        socket.getOutputStream().write('a');
        if (socket.getInputStream().read() == 'a') {
          return;
        }
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("reset"); // not yet
      }
    }
    throw new AssertionError("there is no room");
  }

  @Test
  @EnabledOnOs(OS.LINUX) // which has a file that is always full
  void a_log_on_a_full_disk_holds_up_no_connection_and_is_told_once() throws Exception {
    try (PlainTarget target = PlainTarget.named("served");
        RunningTool server = server("--to=" + target.address(), "--log=/dev/full")) {
      String address = server.address();
      for (int i = 0; i < 5; i++) {
        assertThat(Tool.run("connect", address, "--ca", ca, "-q").out()).isEqualTo("served");
      }
      assertThat(server.stop()).isZero();
      assertThat(server.err().lines().filter(line -> line.contains("log"))).hasSize(1);
    }
  }

  @Test
  void a_client_that_sends_a_byte_now_and_then_is_cut_when_its_time_is_over() throws Exception {
    try (PlainTarget target = PlainTarget.echo();
        RunningTool server =
            server("--to=" + target.address(), "--lifetime=1s", "--handshake-timeout=500ms");
        RunningTool client = client(server.address())) {
      try (Socket slow = open(client.address())) {
        int answered = 0;
        int last;
        do {
          slow.getOutputStream().write('x');
          last = slow.getInputStream().read();
          answered++;
        } while (last == 'x');
        assertThat(answered).isGreaterThan(1);
      } catch (SocketException e) {
        assertThat(e).hasMessageContaining("reset"); // a cut, as it was
      }
      TunnelTest.awaitError(server, "reason=lifetime");
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // which has no such limit
  void out_of_descriptors_clients_wait_and_are_served_when_there_is_room() throws Exception {
    List<String> limited = List.of("sh", "-c", "ulimit -n 250 && exec \"$@\"", "sh");
    try (PlainTarget target = PlainTarget.named("served");
        RunningTool server =
            RunningTool.startFromJars(
                folder,
                limited,
                "tunnel",
                "--listen=127.0.0.1:0",
                "--handshake-timeout=1m",
                "--to=" + target.address(),
                "--cert=" + files.certificate(),
                "--key=" + files.key())) {
      String address = server.address();
      List<Socket> silent = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        silent.add(open(address)); // the system accepts those that the tunnel cannot
      }
      TunnelTest.awaitError(server, "could not be accepted");
      for (Socket each : silent) {
        each.close();
      }
      assertThat(Tool.run("connect", address, "--ca", ca, "-q").out()).isEqualTo("served");
      assertThat(server.stop()).isZero();
    }
  }
}
