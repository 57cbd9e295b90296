package dev.ferrule.openssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.SslOption;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Options reach the library as its own bits, and are read back from there. */
@Tag("once")
class OptionBitsTest {
  /** Without a bit since OpenSSL 1.1, or Ferrule's own. */
  private static final Set<SslOption> WITHOUT_EFFECT =
      EnumSet.of(
          SslOption.SINGLE_ECDH_USE,
          SslOption.SINGLE_DH_USE,
          SslOption.EPHEMERAL_RSA,
          SslOption.NO_SSLV2,
          SslOption.ALLOW_SHA1_CERTIFICATES,
          SslOption.ALLOW_MD5_CERTIFICATES,
          SslOption.ALLOW_SHORT_KEYS,
          SslOption.ALLOW_SHA1_HANDSHAKE);

  @BeforeEach
  void library() {
    assumeTrue(Library.problem() == null, () -> String.valueOf(Library.problem()));
  }

  @ParameterizedTest
  @EnumSource
  void an_option_is_a_bit_of_the_context_or_has_no_effect(SslOption option) {
    long context = LibContext.make(true);
    try {
      LibContext.clearOptions(context, -1L);
      LibContext.options(context, Options.bits(EnumSet.of(option)));
      long read = LibContext.options(context);
      assertThat(Long.bitCount(read)).isEqualTo(WITHOUT_EFFECT.contains(option) ? 0 : 1);
    } finally {
      LibContext.free(context);
    }
  }

  /** Of ssl.h, as each name has it. */
  @Test
  void the_bits_are_those_of_the_header() {
    Map<SslOption, Integer> bits =
        Map.of(
            SslOption.NO_TICKET, 14,
            SslOption.NO_COMPRESSION, 17,
            SslOption.ALLOW_UNSAFE_LEGACY_RENEGOTIATION, 18,
            SslOption.CIPHER_SERVER_PREFERENCE, 22,
            SslOption.NO_SSLV3, 25,
            SslOption.NO_TLSV1, 26,
            SslOption.NO_TLSV1_2, 27,
            SslOption.NO_TLSV1_1, 28,
            SslOption.NO_TLSV1_3, 29);
    bits.forEach((option, bit) -> assertThat(Options.bit(option)).isEqualTo(1L << bit));
    Set<Long> all = new HashSet<>();
    for (SslOption option : SslOption.values()) {
      assertThat(Options.bit(option) == 0 || all.add(Options.bit(option)))
          .as("%s", option)
          .isTrue();
    }
    assertThat(all).hasSizeGreaterThan(20);
  }
}
