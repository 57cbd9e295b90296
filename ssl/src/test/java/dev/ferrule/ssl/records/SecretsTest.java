package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.spi.Buffers;
import java.lang.reflect.Field;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets have the length of their suite, are in no text, and are overwritten. */
class SecretsTest {
  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 0x5A);
    return bytes;
  }

  private static TrafficSecrets secrets(RecordSuite suite, int read, int write, int exporter) {
    return new TrafficSecrets(suite, filled(read), filled(write), 0, 0, filled(exporter));
  }

  @ParameterizedTest
  @EnumSource(RecordSuite.class)
  void a_secret_of_another_length_is_refused(RecordSuite suite) {
    int right = suite.secret;
    for (int wrong : new int[] {0, right - 1, right + 1, right == 32 ? 48 : 32}) {
      for (int place = 0; place < 3; place++) {
        int[] lengths = {right, right, right};
        lengths[place] = wrong;
        assertThatThrownBy(() -> secrets(suite, lengths[0], lengths[1], lengths[2]))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("a secret of " + suite + " has " + right + " bytes");
      }
    }
  }

  @Test
  void the_text_of_secrets_and_keys_does_not_tell_them() {
    TrafficSecrets secrets = secrets(RecordSuite.TLS_AES_128_GCM_SHA256, 32, 32, 32);
    assertThat(secrets).hasToString("traffic secrets of TLS_AES_128_GCM_SHA256");
    LentKey key = new LentKey("AES").at(filled(40), 3, 16);
    assertThat(key).hasToString("a key of 16 bytes");
    assertThat(key.getEncoded()).isEqualTo(filled(16));
  }

  @Test
  void secrets_are_overwritten_when_the_keys_are_derived_and_keys_when_they_are_done_with() {
    byte[] read = filled(32);
    byte[] write = filled(32);
    byte[] exporter = filled(32);
    RecordSuite suite = RecordSuite.TLS_AES_128_GCM_SHA256;
    RecordProtection protection =
        new RecordProtection(
            CipherPool.of(new Buffers(), suite),
            new TrafficSecrets(suite, read, write, 0, 0, exporter));
    assertThat(read).containsOnly(0);
    assertThat(write).containsOnly(0);
    assertThat(exporter).containsOnly(0);
    assertThat(protection.keys).startsWith(filled(32));
    protection.erase();
    assertThat(protection.keys).containsOnly(0);
  }

  @ParameterizedTest
  @EnumSource(RecordSuite.class)
  void the_hmac_forgets_the_secret_of_which_it_derived_keys(RecordSuite suite) throws Exception {
    CipherPool pool = CipherPool.of(new Buffers(), suite);
    int length = suite.secret;
    RecordProtection protection =
        new RecordProtection(pool, secrets(suite, length, length, length));
    assertForgets(pool.schedule, suite);
    protection.updateRead();
    assertForgets(pool.schedule, suite);
    protection.updateWrite();
    assertForgets(pool.schedule, suite);
  }

  private static void assertForgets(KeySchedule schedule, RecordSuite suite) throws Exception {
    Mac other = Mac.getInstance(suite.mac);
    other.init(new SecretKeySpec(new byte[suite.secret], "HMAC"));
    byte[] text = {1, 2, 3};
    assertThat(((Mac) get(schedule, "mac")).doFinal(text)).isEqualTo(other.doFinal(text));
    assertThat((byte[]) get(schedule, "block")).hasSize(suite.secret).containsOnly(0);
  }

  private static Object get(Object from, String name) throws Exception {
    Field field = from.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(from);
  }

  @ParameterizedTest
  @EnumSource(RecordSuite.class)
  void suites_have_the_lengths_of_their_hash_and_key(RecordSuite suite) {
    assertThat(RecordSuite.of(suite.name(), true)).isSameAs(suite);
    assertThat(suite.secret).isEqualTo(suite.name().endsWith("256") ? 32 : 48);
    assertThat(suite.key).isEqualTo(suite.name().contains("_128_") ? 16 : 32);
    assertThat(suite.direction()).isEqualTo(suite.secret + suite.key + 12);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TLS_AES_128_CCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "tls_aes_128_gcm_sha256",
        ""
      })
  void records_of_other_suites_are_not_protected_here(String name) {
    assertThat(RecordSuite.of(name, false)).isNull();
    assertThat(RecordSuite.of(name, true)).isNull();
  }

  @Test
  void chacha20_is_protected_here_only_where_the_kernel_is_asked_to() {
    assertThat(RecordSuite.of("TLS_CHACHA20_POLY1305_SHA256", false)).isNull();
    assertThat(RecordSuite.of("TLS_AES_128_GCM_SHA256", false)).isNotNull();
  }
}
