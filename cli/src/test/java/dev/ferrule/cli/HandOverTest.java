package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.cli.handover.TakeOver;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** One process of tunnels takes over from another. */
@EnabledOnOs(OS.LINUX)
class HandOverTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();
  private static final int HAND_OVERS = 10;

  /** Binds what its arguments say, and becomes the command behind --, as systemd starts one. */
  private static final String ACTIVATE =
      """
      import os, socket, sys
      at = sys.argv.index('--')
      given = []
      for i, where in enumerate(sys.argv[1:at]):
          if where.startswith('unix:'):
              s = socket.socket(socket.AF_UNIX)
              s.bind(where[5:])
          else:
              s = socket.socket()
              s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
              s.bind((where.split(':')[0], int(where.split(':')[1])))
          s.listen(16)
          given.append(os.dup2(s.fileno(), 100 + i))
      for i, fd in enumerate(given):
          os.dup2(fd, 3 + i)
          os.set_inheritable(3 + i, True)
      os.environ['LISTEN_PID'] = str(os.getpid())
      os.environ['LISTEN_FDS'] = str(len(given))
      os.environ['LISTEN_FDNAMES'] = ':'.join('x' for _ in given)
      os.execv(sys.argv[at + 1], sys.argv[at + 1:])
      """;

  @TempDir private Path folder;
  private String socket;
  private String ca;
  private WrittenFiles files;

  @BeforeEach
  void writeFiles() throws IOException {
    files = CA.issue("localhost", "127.0.0.1").write(folder);
    ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
    socket = folder.resolve("hand-over").toString();
  }

  private RunningTool server(List<String> before, String listen, String to, String... more)
      throws IOException {
    List<String> all = new ArrayList<>();
    all.addAll(List.of("tunnel", "--listen=" + listen, "--to=" + to, "--poller=epoll"));
    all.addAll(List.of("--cert=" + files.certificate(), "--key=" + files.key()));
    all.addAll(List.of(more));
    return RunningTool.start(folder, before, all.toArray(String[]::new));
  }

  private RunningTool plain(String listen, String to, String... more) throws IOException {
    List<String> all = new ArrayList<>();
    all.addAll(List.of("tunnel", "--passthrough", "--listen=" + listen, "--to=" + to));
    all.addAll(List.of("--poller=epoll", "--hand-over=" + socket));
    all.addAll(List.of(more));
    return RunningTool.start(folder, all.toArray(String[]::new));
  }

  /** It ends with 0, by itself. */
  private static void awaitEnd(RunningTool tool) throws Exception {
    assertThat(tool.process().waitFor(30, TimeUnit.SECONDS)).as("ended: %s", tool.err()).isTrue();
    assertThat(tool.process().exitValue()).isZero();
  }

  @Test
  void no_client_is_refused_or_cut_across_ten_hand_overs() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    AtomicReference<Exception> failure = new AtomicReference<>();
    try (PlainTarget target = PlainTarget.echo()) {
      RunningTool inner =
          server(List.of(), "127.0.0.1:0", target.address(), "--hand-over=" + socket);
      List<RunningTool> started = new ArrayList<>(List.of(inner));
      String secure = inner.address();
      try (RunningTool client =
          RunningTool.start(
              folder,
              "tunnel",
              "--client",
              "--listen=127.0.0.1:0",
              "--to=" + secure,
              "--ca=" + ca)) {
        Target at = Target.parse(client.address());
        List<Thread> clients =
            IntStream.range(0, 3)
                .mapToObj(i ->
                    Thread.startVirtualThread(
                        () -> askOnAndOn(at, i == 0, over, answered, failure)))
                .toList();
        for (int i = 0; i < HAND_OVERS; i++) {
          int before = answered.get();
          while (answered.get() < before + 20 && failure.get() == null) {
            Thread.onSpinWait();
          }
          RunningTool next =
              server(
                  List.of(),
                  secure,
                  target.address(),
                  "--hand-over=" + socket,
                  "--loops=" + (1 + i % 3));
          started.add(next);
          assertThat(next.line()).startsWith("READY " + secure);
        }
        over.set(true);
        for (Thread each : clients) {
          each.join();
        }
        assertThat(failure.get()).isNull();
        assertThat(answered.get()).isGreaterThanOrEqualTo(20 * HAND_OVERS);
        for (RunningTool each : started.subList(0, HAND_OVERS)) {
          awaitEnd(each);
          assertThat(each.err()).contains(" handed-over pid=");
        }
        assertThat(started.getLast().stop()).isZero();
        assertThat(started.getLast().err()).contains(" took-over pid=");
      } finally {
        started.forEach(RunningTool::close);
      }
    }
    assertThat(Path.of(socket)).doesNotExist();
  }

  /** A new connection each time, or one that stays for twenty answers. */
  private static void askOnAndOn(
      Target at,
      boolean stays,
      AtomicBoolean over,
      AtomicInteger answered,
      AtomicReference<Exception> failure) {
    while (!over.get() && failure.get() == null) {
      try (Socket socket = new Socket(at.host(), at.port())) {
        socket.setSoTimeout(20_000);
        for (int i = 0; i < (stays ? 20 : 1); i++) {
          socket.getOutputStream().write(7);
          if (socket.getInputStream().read() != 7) {
            throw new IOException("no answer after " + answered);
          }
          answered.incrementAndGet();
        }
        socket.shutdownOutput();
        if (socket.getInputStream().read() != -1) {
          throw new IOException("no end");
        }
      } catch (IOException e) {
        failure.set(e);
      }
    }
  }

  @Test
  void a_connection_that_is_open_goes_on_in_the_process_that_accepted_it() throws Exception {
    try (PlainTarget target = PlainTarget.echo();
        RunningTool first =
            server(List.of(), "127.0.0.1:0", target.address(), "--hand-over=" + socket)) {
      String address = first.address();
      try (RunningTool client =
              RunningTool.start(
                  folder,
                  "tunnel",
                  "--client",
                  "--listen=127.0.0.1:0",
                  "--to=" + address,
                  "--ca=" + ca);
          Socket open = connect(client.address())) {
        open.getOutputStream().write('a');
        assertThat(open.getInputStream().read()).isEqualTo('a');
        try (RunningTool second =
            server(List.of(), address, target.address(), "--hand-over=" + socket)) {
          assertThat(second.line()).startsWith("READY " + address);
          open.getOutputStream().write('b');
          assertThat(open.getInputStream().read()).isEqualTo('b');
          assertThat(first.process().isAlive()).isTrue();
          open.shutdownOutput();
          assertThat(open.getInputStream().read()).isEqualTo(-1);
          awaitEnd(first);
        }
      }
    }
  }

  private static Socket connect(String address) throws IOException {
    Target at = Target.parse(address);
    Socket socket = new Socket(at.host(), at.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  @Test
  void the_status_and_a_free_port_by_name_go_over_too() throws Exception {
    Path config = folder.resolve("tunnels.toml");
    String status = PlainTarget.nobody();
    Files.writeString(
        config,
        """
        hand-over = '%s'
        poller = 'epoll'
        status = '%s'
        [tunnel.a]
        passthrough = true
        listen = '127.0.0.1:0'
        to = '127.0.0.1:1'
        [tunnel.b]
        passthrough = true
        listen = 'unix:%s'
        to = '127.0.0.1:1'
        """
            .formatted(socket, status, folder.resolve("b")));
    try (RunningTool first = RunningTool.start(folder, "tunnel", "--config", config.toString())) {
      String a = first.address();
      try (RunningTool second =
          RunningTool.start(folder, "tunnel", "--config", config.toString())) {
        assertThat(second.address()).isEqualTo(a);
        assertThat(second.line()).contains("tunnel=b");
        assertThat(second.line()).isEqualTo("STATUS " + status);
        awaitEnd(first);
        assertThat(folder.resolve("b")).exists();
        assertThat(second.stop()).isZero();
        assertThat(folder.resolve("b")).doesNotExist();
      }
    }
  }

  @Test
  void SIGTERM_in_the_middle_of_a_hand_over_leaves_the_socket_file_to_the_next() throws Exception {
    Path file = folder.resolve("served");
    try (RunningTool first = plain("unix:" + file, "127.0.0.1:1")) {
      assertThat(first.address()).isNotEmpty();
      try (TakeOver next = TakeOver.begin(Path.of(socket))) {
        assertThat(next).isNotNull();
        assertThat(first.stop()).isZero();
        assertThat(file).exists();
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
          assertThat(client.isConnected()).isTrue(); // it waits in the queue that goes on
        }
        next.sockets().closeUnclaimed();
      }
    }
  }

  @Test
  void a_process_that_was_followed_checks_its_targets_no_more() throws Exception {
    try (PlainTarget checked = PlainTarget.echo();
        RunningTool first = plain("127.0.0.1:0", checked.address(), "--health=50ms")) {
      String address = first.address();
      checked.next(); // a check
      try (Socket open = connect(address)) { // keeps it, for its hello is still to come
        try (RunningTool second = plain(address, "127.0.0.1:1")) {
          assertThat(second.line()).startsWith("READY ");
          checked.awaitQuiet();
          assertThat(first.process().isAlive()).isTrue();
          assertThat(open.isConnected()).isTrue();
        }
      }
    }
  }

  @Test
  void one_that_cannot_serve_leaves_the_other_serving() throws Exception {
    try (PlainTarget target = PlainTarget.named("still here");
        RunningTool first =
            server(List.of(), "127.0.0.1:0", target.address(), "--hand-over=" + socket)) {
      String address = first.address();
      try (RunningTool wrong = plain(target.address(), "127.0.0.1:1")) {
        assertThat(wrong.process().waitFor()).isEqualTo(Exit.FAILED);
        assertThat(wrong.err()).contains("in use");
      }
      TunnelTest.awaitError(first, "not-handed-over");
      assertThat(Tool.run("connect", address, "--ca", ca, "-q").out()).isEqualTo("still here");
    }
  }

  @Test
  void a_path_of_a_process_that_was_killed_is_no_hindrance() throws Exception {
    try (RunningTool killed = plain("127.0.0.1:0", "127.0.0.1:1")) {
      assertThat(killed.address()).isNotEmpty();
    }
    assertThat(Path.of(socket)).exists();
    try (RunningTool next = plain("127.0.0.1:0", "127.0.0.1:1")) {
      assertThat(next.address()).isNotEmpty();
      assertThat(next.stop()).isZero();
    }
  }

  @Test
  void mistakes_are_told_in_one_line() {
    assertThat(
            Tool.run(
                    "tunnel",
                    "--passthrough",
                    "--listen=127.0.0.1:0",
                    "--to=127.0.0.1:1",
                    "--poller=nio",
                    "--hand-over=" + socket)
                .err())
        .contains("--hand-over needs the poller epoll");
    assertThat(
            Tool.run(
                    "tunnel",
                    "--passthrough",
                    "--listen=127.0.0.1:0",
                    "--to=127.0.0.1:1",
                    "--poller=epoll",
                    "--hand-over=/" + "x".repeat(200))
                .err())
        .contains("longer than");
  }

  @Test
  void sockets_of_systemd_are_used_and_one_that_no_tunnel_wants_is_an_error() throws Exception {
    Path python = Path.of("/usr/bin/python3");
    assumeTrue(Files.exists(python), "python3 is not there");
    String address = PlainTarget.nobody();
    List<String> activated = List.of(python.toString(), "-c", ACTIVATE, address, "--");
    try (PlainTarget target = PlainTarget.named("activated");
        RunningTool tunnel = server(activated, address, target.address())) {
      assertThat(tunnel.address()).isEqualTo(address);
      assertThat(Tool.run("connect", address, "--ca", ca, "-q").out()).isEqualTo("activated");
      assertThat(tunnel.stop()).isZero();
    }
    try (RunningTool wrong = server(activated, "127.0.0.1:0", "127.0.0.1:1")) {
      assertThat(wrong.process().waitFor()).isEqualTo(Exit.USAGE);
      assertThat(wrong.err()).contains("systemd gave a socket at " + address);
    }
  }

  @Test
  void a_tunnel_that_moves_leaves_the_socket_of_systemd_and_may_come_back_to_it() throws Exception {
    Path python = Path.of("/usr/bin/python3");
    assumeTrue(Files.exists(python), "python3 is not there");
    String given = PlainTarget.nobody();
    String other = PlainTarget.nobody();
    Path config = folder.resolve("tunnels.toml");
    try (PlainTarget target = PlainTarget.named("here")) {
      String text =
          "poller = 'epoll'\nwatch = true\n[tunnel.a]\nlisten = '%s'\nto = '%s'\ncert = '%s'\nkey = '%s'\n";
      Files.writeString(
          config, text.formatted(given, target.address(), files.certificate(), files.key()));
      List<String> activated = List.of(python.toString(), "-c", ACTIVATE, given, "--");
      try (RunningTool tool =
          RunningTool.start(folder, activated, "tunnel", "--config", config.toString())) {
        assertThat(tool.address()).isEqualTo(given);
        for (String listen : List.of(other, given)) {
          Path fresh = folder.resolve("fresh");
          Files.writeString(
              fresh, text.formatted(listen, target.address(), files.certificate(), files.key()));
          Files.move(fresh, config, StandardCopyOption.ATOMIC_MOVE);
          TunnelTest.awaitError(tool, "listening tunnel=a address=" + listen);
          assertThat(Tool.run("connect", listen, "--ca", ca, "-q").out()).isEqualTo("here");
        }
      }
    }
  }
}
