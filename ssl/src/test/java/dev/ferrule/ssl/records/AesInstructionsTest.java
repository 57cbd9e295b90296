package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processors as Linux describes them. */
class AesInstructionsTest {
  @ParameterizedTest
  @CsvSource({
    "amd64,   'flags\t\t: fpu sse2 pclmulqdq ssse3 aes avx', true",
    "x86_64,  'flags\t\t: aes pclmulqdq', true",
    "amd64,   'flags\t\t: fpu sse2 pclmulqdq ssse3 avx', false",
    "amd64,   'flags\t\t: fpu sse2 ssse3 aes avx', false",
    "amd64,   'flags\t\t: fpu vaes vpclmulqdq', false",
    "amd64,   'flags\t\t:', false",
    "aarch64, 'Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32', true",
    "aarch64, 'Features\t: fp asimd evtstrm crc32', false",
    "aarch64, 'Features\t: fp asimd aes sha1', false",
    "riscv64, 'isa\t\t: rv64imafdc', false",
    "s390x,   'features\t: esan3 zarch msa', false",
    "'',      '', false",
    "amd64,   '', true",
    "aarch64, '', true",
    "amd64,   'model name\t: aes pclmulqdq', true"
  })
  void what_the_processor_has_is_read(String architecture, String line, boolean present) {
    String text = "processor\t: 0\nvendor_id\t: some\n" + line + "\nbugs\t\t: spectre_v1\n\n";
    assertThat(AesInstructions.areIn(architecture, text)).isEqualTo(present);
    assertThat(AesInstructions.areIn(architecture, line)).isEqualTo(present);
  }

  @ParameterizedTest
  @CsvSource({"aes pclmulqdq, sse2, true", "sse2, aes pclmulqdq, false"})
  void the_first_processor_counts(String first, String second, boolean present) {
    String text = "flags\t\t: " + first + "\n\nflags\t\t: " + second + "\n";
    assertThat(AesInstructions.areIn("amd64", text)).isEqualTo(present);
  }
}
