package dev.ferrule.ssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SslKeyLogTest {
  @TempDir Path folder;

  @Test
  void the_variable_names_a_file_or_nothing() throws Exception {
    assertThat(SslKeyLog.named(null)).isEmpty();
    assertThat(SslKeyLog.named("")).isEmpty();
    Path file = folder.resolve("keys");
    SslKeyLog log = SslKeyLog.named(file.toString()).orElseThrow();
    log.write("CLIENT_RANDOM 01 02".getBytes(US_ASCII));
    assertThat(Files.readString(file)).isEqualTo("CLIENT_RANDOM 01 02\n");
    assertThat(log.told()).isEmpty();
  }

  @Test
  void a_file_that_was_taken_away_is_made_again() throws Exception {
    Path file = folder.resolve("keys");
    SslKeyLog log = SslKeyLog.file(file);
    log.write(new byte[] {'a'});
    Files.delete(file);
    log.write(new byte[] {'b'});
    assertThat(Files.readString(file)).isEqualTo("b\n");
  }

  @Test
  void a_variable_that_names_what_cannot_be_written_is_an_error() {
    String nowhere = folder.resolve("none/keys").toString();
    assertThatThrownBy(() -> SslKeyLog.named(nowhere)).isInstanceOf(SslConfigException.class);
  }
}
