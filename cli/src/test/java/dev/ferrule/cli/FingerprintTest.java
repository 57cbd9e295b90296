package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintTest {
  private static final String HEX = "00112233445566778899aabbccddeeff".repeat(2);

  @ParameterizedTest
  @ValueSource(strings = {"%s", " %s\n", "sha256:%s", "SHA256=%s", "sha256 %s"})
  void it_is_read_as_people_paste_it(String form) {
    assertThat(Fingerprint.parse(form.formatted(HEX))).hasToString(HEX);
  }

  @Test
  void colons_and_case_do_not_matter() {
    String colons = HEX.replaceAll("..(?!$)", "$0:").toUpperCase(java.util.Locale.ROOT);
    assertThat(Fingerprint.parse(colons)).isEqualTo(Fingerprint.parse(HEX));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00", "zz", "sha256:"})
  void anything_else_is_refused(String text) {
    assertThatThrownBy(() -> Fingerprint.parse(text)).hasMessageContaining("64 hex digits");
  }
}
