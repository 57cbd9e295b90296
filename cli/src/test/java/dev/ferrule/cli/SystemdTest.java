package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What systemd is told; Python plays its part. */
@EnabledOnOs(OS.LINUX)
class SystemdTest {
  /** Prints each datagram in a line. */
  private static final String LISTENER =
      """
      import socket, sys
      s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      s.bind(sys.argv[1].replace('@', chr(0)))
      print('bound', flush=True)
      while True: print(s.recv(4096).decode().replace(chr(10), '|'), flush=True)
      """;

  @TempDir private Path folder;

  private static Process listener(String name) throws IOException {
    try {
      return new ProcessBuilder("python3", "-c", LISTENER, name).start();
    } catch (IOException e) {
      assumeTrue(false, "python3 is not there");
      throw e;
    }
  }

  /** Whatever it does not understand it says, and leaves out. */
  @Test
  void the_unit_of_the_docs_is_understood_by_systemd() throws Exception {
    String page = Files.readString(Path.of("../docs/operations.md"));
    Matcher unit = Pattern.compile("```ini\n(.*?)```", Pattern.DOTALL).matcher(page);
    assertThat(unit.find()).isTrue();
    Path file = folder.resolve("ferrule-docs.service");
    Files.writeString(file, unit.group(1).replace("/usr/bin/ferrule", "/bin/true"));
    Process process;
    try {
      process =
          new ProcessBuilder("systemd-analyze", "verify", file.toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      assumeTrue(false, "systemd-analyze is not there");
      throw e;
    }
    assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
        .doesNotContain("ferrule-docs.service:"); // it may have much to say of other units
    process.waitFor();
  }

  private static Systemd systemd(Map<String, String> environment) {
    return Systemd.of(environment, 7);
  }

  @Test
  void states_come_as_datagrams_to_a_path_or_an_abstract_name() throws Exception {
    String abstractName = "@ferrule-test-" + ProcessHandle.current().pid();
    for (String name : new String[] {folder.resolve("notify").toString(), abstractName}) {
      Process python = listener(name);
      try (BufferedReader out = python.inputReader()) {
        assertThat(out.readLine()).isEqualTo("bound");
        Systemd systemd = systemd(Map.of("NOTIFY_SOCKET", name));
        assertThat(systemd.ready("2 tunnels")).isTrue();
        assertThat(out.readLine()).isEqualTo("READY=1|STATUS=2 tunnels");
        assertThat(systemd.reloading()).isTrue();
        assertThat(out.readLine()).matches("RELOADING=1\\|MONOTONIC_USEC=[0-9]+");
        assertThat(systemd.alive()).isTrue();
        assertThat(out.readLine()).isEqualTo("WATCHDOG=1");
        assertThat(systemd.stopping()).isTrue();
        assertThat(out.readLine()).isEqualTo("STOPPING=1");
      } finally {
        python.destroy();
      }
    }
  }

  @Test
  void a_socket_that_is_gone_is_no_failure() {
    String nobody = folder.resolve("nobody").toString();
    assertThat(systemd(Map.of("NOTIFY_SOCKET", nobody)).ready("x")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    ", , ",
    "relative, , ",
    "/run/notify, 3000000, 7",
    "/run/notify, 3000000, ",
    "/run/notify, 3000000, 8",
    "/run/notify, soon, ",
    "/run/notify, 0, ",
  })
  void the_environment_says_whether_and_how_often(String socket, String micros, String pid) {
    Map<String, String> environment = new HashMap<>();
    put(environment, "NOTIFY_SOCKET", socket);
    put(environment, "WATCHDOG_USEC", micros);
    put(environment, "WATCHDOG_PID", pid);
    Systemd systemd = Systemd.of(environment, 7);
    boolean asked = "/run/notify".equals(socket) && "3000000".equals(micros) && !"8".equals(pid);
    assertThat(systemd.watchdog()).isEqualTo(asked ? Duration.ofSeconds(3) : null);
    assertThat(systemd.alive()).as("nobody is there").isFalse();
  }

  @Test
  void a_tunnel_says_when_it_is_ready_lives_loads_again_and_stops() throws Exception {
    String name = folder.resolve("tunnel").toString();
    Process python = listener(name);
    try (BufferedReader out = python.inputReader()) {
      assertThat(out.readLine()).isEqualTo("bound");
      List<String> supervised = List.of("env", "NOTIFY_SOCKET=" + name, "WATCHDOG_USEC=400000");
      try (RunningTool tunnel =
          RunningTool.start(
              folder,
              supervised,
              "tunnel",
              "--loops=2",
              "--passthrough",
              "--listen=127.0.0.1:0",
              "--to=127.0.0.1:1")) {
        assertThat(out.readLine()).isEqualTo("READY=1|STATUS=1 tunnel listens");
        assertThat(out.readLine()).isEqualTo("WATCHDOG=1");
        assertThat(out.readLine()).isEqualTo("WATCHDOG=1");
        String pid = Long.toString(tunnel.process().pid());
        assertThat(new ProcessBuilder("kill", "-HUP", pid).start().waitFor()).isZero();
        assertThat(next(out)).startsWith("RELOADING=1|MONOTONIC_USEC=");
        assertThat(next(out)).isEqualTo("READY=1|STATUS=1 tunnel listens");
        assertThat(tunnel.stop()).isZero();
        assertThat(next(out)).isEqualTo("STOPPING=1");
      }
    } finally {
      python.destroy();
    }
  }

  /** Signs of life apart. */
  private static String next(BufferedReader out) throws IOException {
    String line;
    do {
      line = out.readLine();
    } while (line.equals("WATCHDOG=1"));
    return line;
  }

  private static void put(Map<String, String> to, String name, String value) {
    if (value != null) {
      to.put(name, value);
    }
  }
}
