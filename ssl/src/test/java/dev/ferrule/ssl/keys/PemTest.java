package dev.ferrule.ssl.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.SslConfigException;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PemTest {
  private static final int AS_LARGE_AS_CAN_BE = Source.MAX_BYTES - 100;

  /** The time is that of one pass: with one for each line it would be minutes. */
  @ParameterizedTest
  @CsvSource({
    "'-----BEGIN CERTIFICATE-----\n', without its END",
    "'-----BEGIN A-----\n-----BEGIN B-----\n', without its END",
    "'-----BEGIN -----BEGIN ', damaged BEGIN line",
    "'-----END CERTIFICATE-----\n', END line without its BEGIN",
    "'-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----\n', is cut short",
    "'-----BEGIN CERTIFICATE-----\nA\\n\n-----END CERTIFICATE-----\n', backslashes",
  })
  @Timeout(20)
  void a_file_full_of_damage_is_read_once_and_its_first_faults_are_told(String line, String fault) {
    String text = line.repeat(AS_LARGE_AS_CAN_BE / line.length());
    List<PemBlock> blocks = Pem.parse(Source.ofText("many.pem", text));
    assertThat(blocks).hasSizeBetween(1, Pem.MOST_FAULTS + 1);
    SslConfigException first = blocks.getFirst().fault();
    assertThat(first).hasMessageContaining("many.pem").hasMessageContaining(fault);
    if (blocks.size() > 1) {
      assertThat(blocks.getLast().fault()).hasMessageContaining("the rest is not read");
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "20000"})
  @Timeout(20)
  void what_others_put_into_files_costs_one_pass_too(int lines) {
    String text = "-----BEGIN A-----\nAAAA\n-----END A-----\n".repeat(lines) + "nothing\n";
    List<PemBlock> blocks = Pem.parse(Source.ofText("other.pem", text));
    assertThat(blocks).hasSize(lines).allSatisfy(block -> assertThat(block.fault()).isNull());
  }
}
