package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A file of tunnels that changes while they run. */
@DisabledOnOs(OS.WINDOWS) // which has no SIGHUP
class TunnelReloadTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();

  @TempDir private Path folder;
  private WrittenFiles files;
  private String ca;
  private Path config;

  @BeforeEach
  void writeFiles() throws IOException {
    files = CA.issue("localhost", "127.0.0.1").write(folder);
    ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
    config = folder.resolve("tunnels.toml");
  }

  private String tunnel(String name, String listen, String to, String... more) {
    return "[tunnel.%s]\nlisten = '%s'\nto = '%s'\ncert = '%s'\nkey = '%s'\n%s\n"
        .formatted(name, listen, to, files.certificate(), files.key(), String.join("\n", more));
  }

  private void write(String text) throws IOException {
    Path fresh = Files.writeString(folder.resolve("fresh"), text);
    Files.move(fresh, config, StandardCopyOption.ATOMIC_MOVE);
  }

  private RunningTool start(String... more) throws IOException {
    String[] all = new String[more.length + 3];
    all[0] = "tunnel";
    all[1] = "--config";
    all[2] = config.toString();
    System.arraycopy(more, 0, all, 3, more.length);
    return RunningTool.start(folder, all);
  }

  private static void hangUp(RunningTool tool) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-HUP", Long.toString(tool.process().pid())).start().waitFor();
  }

  private String said(String address) {
    return Tool.run("connect", address, "--ca", ca, "-q").out();
  }

  private static void awaitErrors(RunningTool tool, String part, int times) throws IOException {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (tool.err().lines().filter(line -> line.contains(part)).count() < times) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not " + times + " times '" + part + "' in: " + tool.err());
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void SIGHUP_leads_new_connections_elsewhere_and_lets_open_ones_go_on() throws Exception {
    try (PlainTarget one = PlainTarget.echo();
        PlainTarget two = PlainTarget.named("two")) {
      String listen = PlainTarget.nobody();
      String plain = "[tunnel.a]\nclient = true\ninsecure = true\nlisten = '%s'\nto = '%s'\n";
      String front = PlainTarget.nobody();
      write(tunnel("b", listen, one.address()) + plain.formatted(front, listen));
      try (RunningTool server = start()) {
        assertThat(server.line()).endsWith("tunnel=b");
        assertThat(server.line()).endsWith("tunnel=a");
        Target at = Target.parse(front);
        try (Socket open = new Socket(at.host(), at.port())) {
          open.setSoTimeout(20_000);
          open.getOutputStream().write('x');
          assertThat(open.getInputStream().read()).isEqualTo('x');
          write(tunnel("b", listen, two.address()) + plain.formatted(front, listen));
          hangUp(server);
          TunnelTest.awaitError(server, "configured tunnels=2 changed=1 gone=0");
          assertThat(said(listen)).isEqualTo("two");
          open.getOutputStream().write('y');
          assertThat(open.getInputStream().read()).isEqualTo('y');
        }
      }
    }
  }

  @Test
  void tunnels_that_are_new_begin_and_those_that_are_gone_end() throws Exception {
    try (PlainTarget target = PlainTarget.named("here")) {
      String first = PlainTarget.nobody();
      String second = PlainTarget.nobody();
      write(tunnel("first", first, target.address()));
      try (RunningTool server = start("--watch")) {
        assertThat(server.address()).isEqualTo(first);
        assertThat(said(first)).isEqualTo("here");
        write(tunnel("second", second, target.address()));
        TunnelTest.awaitError(server, "listening tunnel=second address=" + second);
        assertThat(said(second)).isEqualTo("here");
        assertThat(Tool.run("connect", first, "--ca", ca, "-q").status()).isEqualTo(4);
      }
    }
  }

  @Test
  void a_mistake_in_the_file_changes_nothing_and_the_log_says_which() throws Exception {
    try (PlainTarget target = PlainTarget.named("here")) {
      String listen = PlainTarget.nobody();
      write(tunnel("a", listen, target.address()));
      try (RunningTool server = start()) {
        assertThat(server.address()).isEqualTo(listen);
        String[] mistakes = {
          "[tunnel.a]\nlisen = 'x:1'",
          "not TOML",
          "loops = 2\n" + tunnel("a", listen, target.address()),
          tunnel("a", listen, target.address()).replace("chain", "missing"),
          "",
          tunnel("a", listen, target.address(), "proxied-by = '10.0.0.0/33'"),
          tunnel("a", listen, target.address(), "socket-option = 'none-such'"),
        };
        for (int i = 0; i < mistakes.length; i++) {
          write(mistakes[i]);
          hangUp(server);
          awaitErrors(server, "not-configured", i + 1);
          assertThat(said(listen)).isEqualTo("here");
        }
        assertThat(server.err()).contains("did you mean listen?", "needs a restart");
      }
    }
  }

  @Test
  void an_address_that_is_taken_is_told_and_the_others_go_on() throws Exception {
    try (PlainTarget target = PlainTarget.named("here")) {
      String listen = PlainTarget.nobody();
      String here = tunnel("a", listen, target.address());
      write(here);
      try (RunningTool server = start()) {
        assertThat(server.address()).isEqualTo(listen);
        write(here + tunnel("b", target.address(), "127.0.0.1:1"));
        hangUp(server);
        TunnelTest.awaitError(server, "not-listening tunnel=b code=EADDRINUSE");
        assertThat(said(listen)).isEqualTo("here");
      }
    }
  }

  @Test
  void tunnels_may_swap_their_addresses() throws Exception {
    try (PlainTarget one = PlainTarget.named("one");
        PlainTarget two = PlainTarget.named("two")) {
      String first = PlainTarget.nobody();
      String second = PlainTarget.nobody();
      write(tunnel("a", first, one.address()) + tunnel("b", second, two.address()));
      try (RunningTool server = start("--loops=2")) {
        assertThat(server.line()).endsWith("tunnel=a");
        write(tunnel("a", second, one.address()) + tunnel("b", first, two.address()));
        hangUp(server);
        awaitErrors(server, " listening ", 2);
        assertThat(said(first)).isEqualTo("two");
        assertThat(said(second)).isEqualTo("one");
        assertThat(server.err()).doesNotContain("not-listening");
      }
    }
  }

  @Test
  void a_tunnel_that_would_move_to_an_address_that_is_taken_stays() throws Exception {
    try (PlainTarget target = PlainTarget.named("here")) {
      String listen = PlainTarget.nobody();
      write(tunnel("a", listen, target.address()));
      try (RunningTool server = start()) {
        assertThat(server.address()).isEqualTo(listen);
        write(tunnel("a", target.address(), "127.0.0.1:1"));
        hangUp(server);
        TunnelTest.awaitError(server, "not-configured");
        assertThat(said(listen)).isEqualTo("here");
      }
    }
  }

  @Test
  void no_connection_fails_while_the_file_changes_again_and_again() throws Exception {
    try (PlainTarget one = PlainTarget.named("answer");
        PlainTarget two = PlainTarget.named("answer")) {
      String listen = PlainTarget.nobody();
      write(tunnel("a", listen, one.address()));
      try (RunningTool server = start()) {
        assertThat(server.address()).isEqualTo(listen);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Integer> clients =
            CompletableFuture.supplyAsync(() -> {
              int good = 0;
              while (!done.get()) {
                Tool.Result result = Tool.run("connect", listen, "--ca", ca, "-q");
                assertThat(result.err()).isEmpty();
                assertThat(result.out()).isEqualTo("answer");
                good++;
              }
              return good;
            });
        for (int i = 1; i <= 10; i++) {
          PlainTarget next = i % 2 == 0 ? one : two;
          write(tunnel("a", listen, next.address(), "max-connections = " + (100 + i)));
          hangUp(server);
          awaitErrors(server, " configured ", i);
        }
        done.set(true);
        assertThat(clients.get()).isPositive();
      }
    }
  }

  @Test
  void SIGHUP_in_the_middle_of_a_reload_is_heard_and_the_last_file_holds() throws Exception {
    try (PlainTarget old = PlainTarget.echo();
        PlainTarget last = PlainTarget.named("the last")) {
      String listen = PlainTarget.nobody();
      String front = PlainTarget.nobody();
      String plain = "[tunnel.front]\nclient = true\ninsecure = true\nlisten = '%s'\nto = '%s'\n";
      write(tunnel("a", listen, old.address()) + plain.formatted(front, listen));
      try (RunningTool server = start()) {
        assertThat(server.line()).endsWith("tunnel=a");
        assertThat(server.line()).endsWith("tunnel=front");
        Target at = Target.parse(front);
        try (Socket open = new Socket(at.host(), at.port())) {
          open.setSoTimeout(20_000);
          for (int i = 0; i < 40; i++) {
            boolean whole = i % 4 != 3; // the others are in the middle of being written
            String text = tunnel("a", listen, old.address(), "max-connections = " + (100 + i));
            write(whole ? text + plain.formatted(front, listen) : text.substring(0, 40));
            hangUp(server);
          }
          write(tunnel("a", listen, last.address()) + plain.formatted(front, listen));
          hangUp(server);
          while (!said(listen).equals("the last")) {
            assertThat(server.process().isAlive()).isTrue();
          }
          open.getOutputStream().write('x');
          assertThat(open.getInputStream().read()).isEqualTo('x');
        }
        assertThat(server.stop()).isZero();
      }
    }
  }

  @Test
  void a_connection_of_a_tunnel_that_is_gone_is_drained_with_the_others() throws Exception {
    try (PlainTarget target = PlainTarget.echo()) {
      String front = PlainTarget.nobody();
      String listen = PlainTarget.nobody();
      String server = tunnel("server", listen, target.address());
      write(
          server
              + "[tunnel.front]\nclient = true\ninsecure = true\nlisten = '%s'\nto = '%s'\n"
                  .formatted(front, listen));
      try (RunningTool tool = start()) {
        assertThat(tool.line()).endsWith("tunnel=server");
        assertThat(tool.line()).endsWith("tunnel=front");
        Target at = Target.parse(front);
        try (Socket open = new Socket(at.host(), at.port())) {
          open.setSoTimeout(20_000);
          open.getOutputStream().write('x');
          assertThat(open.getInputStream().read()).isEqualTo('x');
          write(tunnel("other", PlainTarget.nobody(), target.address()));
          hangUp(tool);
          TunnelTest.awaitError(tool, "configured tunnels=1 changed=1 gone=2");
          tool.process().destroy(); // SIGTERM
          TunnelTest.awaitError(tool, "stopping");
          write(server);
          hangUp(tool); // which begins nothing any more
          open.getOutputStream().write('y');
          assertThat(open.getInputStream().read()).isEqualTo('y');
          assertThat(Tool.run("connect", listen, "--ca", ca, "-q").status()).isEqualTo(4);
        }
        assertThat(tool.process().waitFor()).isZero();
      }
    }
  }
}
