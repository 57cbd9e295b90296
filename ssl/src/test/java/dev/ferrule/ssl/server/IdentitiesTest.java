package dev.ferrule.ssl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.hello.ClientHello;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentitiesTest {
  @ParameterizedTest
  @CsvSource({
    // key, versions, suites, schemes, whether it fits
    "secp256r1, 0304, 1301, 0403, true",
    "secp256r1, 0304, 1301, 0503, false", // in TLS 1.3 a scheme has its curve
    "secp384r1, 0304, 1301, 0503, true",
    "secp256r1, 0303, c02b, 0503, true", // before it has not
    "secp256r1, 0303, c02f, 0403, false", // no suite for it
    "secp256r1, 03040303, 1301c02b, 0503, false", // TLS 1.3 is what they would speak
    "secp256r1, 0303, c02b, '', true", // as before schemes were sent
    "RSA, 0304, 1301, 0401, false", // TLS 1.3 has PSS only
    "RSA, 0304, 1301, 0804, true",
    "RSA, 0303, c02f, 0401, true",
    "RSA, 0303, c02b, 0401, false",
    "Ed25519, 0304, 1301, 0807, true",
    "Ed25519, 0304, 1301, 0403, false",
    "Ed25519, 0303, c02b, 0807, true",
  })
  void a_key_fits_a_client_that_can_verify_it(
      String key, String versions, String suites, String schemes, boolean fits)
      throws GeneralSecurityException {
    SslHello hello = hello(versions, suites, schemes);
    assertThat(Identities.fits(key(key), hello, List.of("TLSv1.2", "TLSv1.3"))).isEqualTo(fits);
  }

  @Test
  void a_server_that_does_not_speak_a_version_does_not_judge_by_it() throws Exception {
    SslHello hello = hello("03040303", "1301c02f", "04030804");
    PublicKey key = key("secp256r1");
    assertThat(Identities.fits(key, hello, List.of("TLSv1.2"))).isFalse(); // no suite for it
    assertThat(Identities.fits(key, hello, List.of("TLSv1.3"))).isTrue();
  }

  private static PublicKey key(String kind) throws GeneralSecurityException {
    boolean ec = kind.startsWith("secp");
    KeyPairGenerator generator = KeyPairGenerator.getInstance(ec ? "EC" : kind);
    if (ec) {
      generator.initialize(new ECGenParameterSpec(kind));
    }
    return generator.generateKeyPair().getPublic();
  }

  private static SslHello hello(String versions, String suites, String schemes) {
    String extensions = "002b" + length(versions.length() / 2 + 1) + one(versions);
    if (!schemes.isEmpty()) {
      extensions +=
          "000d" + length(schemes.length() / 2 + 2) + length(schemes.length() / 2) + schemes;
    }
    String body =
        "0303"
            + "11".repeat(32)
            + "00"
            + length(suites.length() / 2)
            + suites
            + "0100"
            + length(extensions.length() / 2)
            + extensions;
    String message = "0100" + length(body.length() / 2) + body;
    byte[] record = HexFormat.of().parseHex("160301" + length(message.length() / 2) + message);
    SslHello hello = ClientHello.read(ByteBuffer.wrap(record));
    assertThat(hello).isNotNull();
    return hello;
  }

  private static String one(String codes) {
    return "%02x".formatted(codes.length() / 2) + codes;
  }

  private static String length(int bytes) {
    return "%04x".formatted(bytes);
  }
}
