package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The key schedule against the JDK's HKDF, over many updates of keys. */
class KeyScheduleTest {
  private static final long SEED = 8446;
  private static final int BEFORE = 5; // bytes that are not to be touched

  @ParameterizedTest
  @EnumSource(RecordSuite.class)
  void keys_and_their_updates_are_those_of_hkdf(RecordSuite suite) throws Exception {
    KeySchedule schedule = new KeySchedule(suite);
    byte[] secret = new byte[suite.secret];
    new Random(SEED).nextBytes(secret);
    byte[] keys = new byte[BEFORE + suite.direction() + BEFORE];
    System.arraycopy(secret, 0, keys, BEFORE, secret.length);
    schedule.expand(keys, BEFORE);
    for (int update = 0; update < 20; update++) {
      assertThat(keys).as("seed %s, update %s", SEED, update).isEqualTo(expected(suite, secret));
      secret = expandLabel(suite, secret, "traffic upd", suite.secret);
      schedule.update(keys, BEFORE);
    }
  }

  private static byte[] expected(RecordSuite suite, byte[] secret) throws GeneralSecurityException {
    return ByteBuffer.allocate(BEFORE + suite.direction() + BEFORE)
        .position(BEFORE)
        .put(secret)
        .put(expandLabel(suite, secret, "key", suite.key))
        .put(expandLabel(suite, secret, "iv", 12))
        .array();
  }

  private static byte[] expandLabel(RecordSuite suite, byte[] secret, String label, int length)
      throws GeneralSecurityException {
    byte[] full = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
    ByteBuffer info = ByteBuffer.allocate(100).putShort((short) length);
    info.put((byte) full.length).put(full).put((byte) 0);
    return KDF.getInstance(suite.secret == 32 ? "HKDF-SHA256" : "HKDF-SHA384")
        .deriveData(
            HKDFParameterSpec.expandOnly(
                new SecretKeySpec(secret, "Generic"),
                Arrays.copyOf(info.array(), info.position()),
                length));
  }
}
