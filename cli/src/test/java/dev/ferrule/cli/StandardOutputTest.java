package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A standard output that is closed or full. */
@Timeout(30)
class StandardOutputTest {
  private static final OutputStream FULL =
      new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          throw new IOException("No space left on device");
        }
      };

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "--version",
        "providers",
        "demo",
        "demo -q",
        "serve --plain --port 0",
        "serve --port 0 --loops 2",
        "connect --help",
        "cert --help",
        "cert show -",
      })
  void a_command_whose_output_is_lost_says_so_and_fails(String line) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Stdio stdio = new Stdio(InputStream.nullInputStream(), FULL, new PrintStream(err, true, UTF_8));
    assertThat(Main.run(stdio, line.split(" ", -1))).isEqualTo(1);
    assertThat(err.toString(UTF_8).lines().toList().getLast())
        .isEqualTo("ferrule: standard output took no more: No space left on device");
  }
}
