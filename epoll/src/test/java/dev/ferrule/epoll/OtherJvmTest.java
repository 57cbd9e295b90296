package dev.ferrule.epoll;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What depends on the limits of the process or the options of the JVM. */
@EnabledOnOs(OS.LINUX)
class OtherJvmTest {
  private static final List<String> ALLOWED = List.of("--enable-native-access=ALL-UNNAMED");

  @Test
  void without_descriptors_a_client_waits_until_there_are_some() throws Exception {
    String said = run("ulimit -n 128; exec \"$@\"", Starved.class, ALLOWED);
    assertThat(said).isEqualTo("OTHER Too many open files (EMFILE)\nthen accepted: true\n");
  }

  @Test
  void where_native_access_is_denied_it_says_how_to_allow_it() throws Exception {
    String said = run("exec \"$@\"", Asked.class, List.of("--illegal-native-access=deny"));
    assertThat(said)
        .startsWith("the JVM denies native access; allow it with --enable-native-access=");
  }

  @Test
  void where_native_access_is_only_warned_of_it_is_available() throws Exception {
    assertThat(run("exec \"$@\"", Asked.class, List.of())).endsWith("null\n");
    assertThat(run("exec \"$@\"", Asked.class, ALLOWED)).isEqualTo("null\n");
  }

  /** Asks whether epoll is available. */
  static final class Asked {
    private Asked() {}

    public static void main(String[] arguments) {
      System.out.println(new EpollPollerProvider().unavailable());
    }
  }

  private static String run(String script, Class<?> main, List<String> options) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        Stream.of(
                List.of("sh", "-c", script, "sh", java, "-XX:+UseSerialGC"),
                options,
                List.of("-cp", System.getProperty("java.class.path"), main.getName()))
            .flatMap(List::stream)
            .toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = output(process);
    process.waitFor();
    return said;
  }

  private static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }
}
