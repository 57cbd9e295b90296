package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code connect} in a terminal of Python's module pty, where somebody types. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class LineModeTest {
  private static final String UP = "\\x1bOA"; // as xterm sends it, once it was asked to

  @TempDir private static Path folder;

  private final List<String> heard = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void copy() throws IOException {
    try (InputStream script = LineModeTest.class.getResourceAsStream("typist.py")) {
      Files.copy(script, folder.resolve("typist.py"));
    }
  }

  /** Answers each line with its number. */
  private void answer(Socket socket) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    for (String line; (line = in.readLine()) != null && !line.equals("quit"); ) {
      heard.add(line);
      socket.getOutputStream().write(("got " + heard.size() + "\n").getBytes(UTF_8));
    }
  }

  /** {@code script}: what to wait for and what to type, in turn. */
  private int type(ScriptedServer server, List<String> script, String... more) throws Exception {
    List<String> before =
        new ArrayList<>(List.of("python3", folder.resolve("typist.py").toString()));
    before.addAll(script);
    before.add("--");
    List<String> all = new ArrayList<>(List.of("connect", server.address(), "--plain"));
    all.add("--shutdown-after=0s");
    all.addAll(List.of(more));
    try (RunningTool tool = RunningTool.start(folder, before, all.toArray(String[]::new))) {
      StringBuilder screen = new StringBuilder();
      for (String line; (line = tool.line()) != null; ) {
        screen.append(line).append('\n');
      }
      int status = tool.process().waitFor();
      assertThat(status).as(screen + tool.err()).isNotIn(98, 99);
      return status;
    }
  }

  @Test
  void a_line_can_be_called_back_and_edited() throws Exception {
    try (ScriptedServer server = ScriptedServer.plain(this::answer)) {
      List<String> script =
          List.of(
              "in plain text",
              "hallo!\\r",
              "got 1",
              UP + "\\r",
              "got 2",
              UP + "\\x7f?\\r",
              "got 3");
      List<String> all = new ArrayList<>(script);
      all.addAll(List.of("quit\\r"));
      assertThat(type(server, all)).isZero();
      assertThat(heard).containsExactly("hallo!", "hallo!", "hallo?");
    }
  }

  @Test
  void the_end_of_input_is_the_end_and_no_line_is_written_down() throws Exception {
    try (ScriptedServer server = ScriptedServer.plain(this::answer)) {
      Path history = folder.resolve("history");
      List<String> script =
          List.of("in plain text", "a 'b\\\\ !!\\r", "got 1", " secret\\r", "got 2", "\\x04");
      assertThat(type(server, script, "--history", history.toString(), "--crlf")).isZero();
      server.await();
      assertThat(heard).containsExactly("a 'b\\ !!", " secret");
      assertThat(Files.readString(history)).contains("a 'b").doesNotContain("secret");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void an_interrupt_ends_it_with_130() throws Exception {
    try (ScriptedServer server = ScriptedServer.plain(this::answer)) {
      assertThat(type(server, List.of("in plain text", "x\\r", "got 1", "half a line\\x03")))
          .isEqualTo(Exit.INTERRUPTED);
      assertThat(heard).containsExactly("x");
    }
  }

  @Test
  void a_character_that_comes_in_two_parts_is_one() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.plain(socket -> {
          var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
          byte[] said = "one \u00e9 two\n".getBytes(UTF_8);
          in.readLine();
          socket.getOutputStream().write(said, 0, 5);
          in.readLine();
          socket.getOutputStream().write(said, 5, said.length - 5);
          in.readLine();
        })) {
      List<String> script = List.of("in plain text", "a\\r", "one", "b\\r", "\u00e9 two", "c\\r");
      assertThat(type(server, script)).isZero();
    }
  }

  @Test
  void a_history_that_cannot_be_used_is_refused_at_once() throws Exception {
    try (ScriptedServer server = ScriptedServer.plain(this::answer)) {
      Path damaged = Files.write(folder.resolve("damaged"), new byte[] {(byte) 0xff, '\n'});
      for (Path each : List.of(folder, folder.resolve("none").resolve("x"), damaged)) {
        assertThat(type(server, List.of("cannot be used: ", ""), "--history", each.toString()))
            .isEqualTo(Exit.USAGE);
      }
    }
  }
}
