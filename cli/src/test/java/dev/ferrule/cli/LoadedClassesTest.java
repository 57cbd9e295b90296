package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the tool leaves unloaded, to begin quickly. */
@Timeout(60)
class LoadedClassesTest {
  @TempDir private Path folder;

  /** The names of the JVM's log, one a line, of {@code connect} to a server that says a line. */
  private List<String> loaded() throws IOException, InterruptedException {
    Path log = folder.resolve("classes.log");
    List<String> command =
        List.of("env", "JDK_JAVA_OPTIONS=-Xlog:class+load:file=" + log + "::filecount=0");
    try (ScriptedServer server =
            ScriptedServer.plain(socket -> socket.getOutputStream().write("hi\n".getBytes(UTF_8)));
        RunningTool tool =
            RunningTool.start(folder, command, "connect", server.address(), "--plain")) {
      assertThat(tool.exchange("")).isEqualTo("hi\n");
    }
    return Files.readAllLines(log);
  }

  @Test
  void a_connection_without_a_terminal_loads_nothing_of_JLine() throws Exception {
    List<String> loaded = loaded();
    assertThat(loaded).anyMatch(line -> line.contains("dev.ferrule.cli.Conversation "));
    assertThat(loaded).filteredOn(line -> line.contains(" org.jline.")).isEmpty();
  }
}
