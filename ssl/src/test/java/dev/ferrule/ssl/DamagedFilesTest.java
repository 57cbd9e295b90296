package dev.ferrule.ssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.ferrule.ssl.Fixtures.Pair;
import java.io.ByteArrayOutputStream;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.junit.jupiter.api.Test;

/** However input is damaged: it loads, or one clear exception is thrown, and nothing leaks. */
class DamagedFilesTest {
  private static final int ROUNDS = 2_000;
  private static final String PASSWORD = "hunter2-hunter2";

  private final long seed = Long.getLong("ferrule.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void damaged_pem_loads_or_is_refused() throws Exception {
    Pair pair = Fixtures.ec("a");
    hammer((pair.certificatePem() + pair.keyPem()).getBytes(US_ASCII));
    pair = Fixtures.rsa("a");
    hammer((pair.keyPem() + pair.certificatePem()).getBytes(US_ASCII));
  }

  @Test
  void damaged_encrypted_pem_loads_or_is_refused() throws Exception {
    Pair pair = Fixtures.ed25519("a");
    var builder = new JceOpenSSLPKCS8EncryptorBuilder(JcaPKCS8Generator.AES_256_CBC);
    var lock =
        builder
            .setProvider(new BouncyCastleProvider())
            .setPassword(PASSWORD.toCharArray())
            .setIterationCount(10)
            .build();
    byte[] locked = new JcaPKCS8Generator(pair.keys().getPrivate(), lock).generate().getContent();
    String key = Fixtures.pem("ENCRYPTED PRIVATE KEY", locked);
    hammer((pair.certificatePem() + key).getBytes(US_ASCII));
  }

  @Test
  void damaged_der_loads_or_is_refused() throws Exception {
    Pair pair = Fixtures.ec("a");
    byte[] certificate = pair.certificate().getEncoded();
    byte[] key = pair.keys().getPrivate().getEncoded();
    for (int i = 0; i < ROUNDS; i++) {
      attempt(damaged(certificate), key);
      attempt(certificate, damaged(key));
    }
  }

  @Test
  void a_damaged_pkcs12_store_loads_or_is_refused() throws Exception {
    Pair pair = Fixtures.ec("a");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    Certificate[] chain = {pair.certificate()};
    store.setKeyEntry("a", pair.keys().getPrivate(), PASSWORD.toCharArray(), chain);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    store.store(out, PASSWORD.toCharArray());
    for (int i = 0; i < ROUNDS / 20; i++) {
      byte[] bytes = damaged(out.toByteArray());
      attempt(bytes, bytes);
    }
  }

  private void hammer(byte[] pem) {
    assertThat(Credentials.ofBytes(pem, pem, PASSWORD.toCharArray()).chain()).hasSize(1);
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = damaged(pem);
      attempt(bytes, bytes);
    }
  }

  private byte[] damaged(byte[] good) {
    byte[] bytes = good.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        // Letters keep base64 valid, so that the damage reaches the parsers behind it.
        case 3 -> bytes[at] = (byte) ('A' + random.nextInt(26));
        default -> bytes = Arrays.copyOfRange(bytes, Math.min(at, bytes.length - 1), bytes.length);
      }
    }
    return bytes;
  }

  private void attempt(byte[] certificate, byte[] key) {
    try {
      Credentials.ofBytes(certificate, key, PASSWORD.toCharArray());
    } catch (SslConfigException e) {
      for (Throwable t = e; t != null; t = t.getCause()) {
        assertThat(String.valueOf(t.getMessage())).doesNotContain(PASSWORD);
      }
    } catch (RuntimeException | Error e) {
      fail("run again with -Dferrule.seed=" + seed, e);
    }
  }
}
