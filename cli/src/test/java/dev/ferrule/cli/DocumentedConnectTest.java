package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.cli.starttls.StartTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The command lines of docs/connecting.md. */
class DocumentedConnectTest {
  private static final String NOBODY = "127.0.0.1:9";

  static List<String> lines() throws IOException {
    return Files.readAllLines(Path.of("..", "docs", "connecting.md")).stream()
        .filter(line -> line.startsWith("ferrule connect "))
        .map(line -> line.replaceFirst(" +#.*", "").replace(" < /dev/null", ""))
        .toList();
  }

  /** Behind options that are known and fit together comes the first thing that is not there. */
  @ParameterizedTest
  @MethodSource("lines")
  void each_is_understood(String line) {
    String[] words = line.substring("ferrule ".length()).split(" +", -1);
    words[1] = NOBODY;
    Arrays.asList(words).replaceAll(word -> word.equals("192.0.2.7") ? "127.0.0.1" : word);
    Tool.Result result = Tool.run(words);
    boolean lacksFile = line.contains("--ca ca.pem");
    assertThat(result.err()).contains(lacksFile ? "ca.pem" : NOBODY).hasLineCount(1);
    assertThat(result.status()).isEqualTo(lacksFile ? Exit.USAGE : Exit.UNREACHABLE);
  }

  @Test
  void each_protocol_has_one() throws IOException {
    Stream<String> documented =
        lines().stream()
            .filter(line -> line.contains("--starttls "))
            .map(line -> line.replaceFirst(".*--starttls ", "").split(" ", -1)[0])
            .distinct();
    assertThat(documented)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(StartTls.values()).map(Object::toString).toList());
  }
}
