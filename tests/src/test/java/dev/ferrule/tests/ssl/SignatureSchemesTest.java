package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Signature schemes by name, or a refusal that says why not. */
class SignatureSchemesTest {
  @Test
  void a_provider_that_cannot_choose_them_says_so() {
    assumeTrue(!Provided.CHOOSES_SIGNATURES, "they can be chosen");
    assertThatThrownBy(() -> SslContext.client().signatureSchemes("ed25519").build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining(
            "the %s provider cannot choose signature schemes by name", Provided.NAME)
        .hasMessageContaining("no call");
  }

  @Test
  void a_client_takes_those_that_were_named() {
    assumeChoice();
    var hello =
        Offered.by(c -> c.signatureSchemes("ecdsa_secp256r1_sha256", "rsa_pss_rsae_sha384"));
    assertThat(hello.signatureSchemes())
        .containsExactly("ecdsa_secp256r1_sha256", "rsa_pss_rsae_sha384");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_server_that_has_none_of_the_clients_says_so(Protocol version) {
    assumeChoice();
    Pair pair =
        new Pair()
            .client(c -> c.maxProtocol(version).signatureSchemes("rsa_pss_rsae_sha256"))
            .run();
    if (version == Protocol.TLS_1_2 && Provided.DROPS_SUITES_IT_CANNOT_VERIFY) {
      pair.server.ssl(Side.OURS, Stage.HELLO, "no cipher suite is shared", "ECDHE_RSA");
    } else {
      pair.server.ssl(Side.OURS, Stage.HELLO, "no kind of signature", "rsa_pss_rsae_sha256");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_server_signs_by_those_that_were_named_only(Protocol version) {
    assumeChoice();
    Pair same =
        new Pair()
            .server(s -> s.signatureSchemes("ecdsa_secp256r1_sha256"))
            .client(c -> c.maxProtocol(version))
            .onSecure(SslSocket::close)
            .run();
    assertThat(same.seen.protocol()).isEqualTo(version);
    Pair other =
        new Pair()
            .server(s -> s.signatureSchemes("ecdsa_secp256r1_sha256"))
            .client(c ->
                c.maxProtocol(version)
                    .signatureSchemes("ecdsa_secp384r1_sha384", "rsa_pss_rsae_sha256"))
            .run();
    other.server.ssl(Side.OURS, Stage.HELLO, "no kind of signature");
  }

  @ParameterizedTest
  @CsvSource({
    "ECDSA+SHA256, there is no signature scheme 'ECDSA+SHA256'",
    "mldsa65, does not have the signature scheme 'mldsa65'",
  })
  void one_that_there_is_not_is_refused_and_those_that_there_are_named(String name, String words) {
    assumeChoice();
    assertThatThrownBy(() -> SslContext.client().signatureSchemes("ed25519", name).build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining(words)
        .hasMessageContaining("has ecdsa_secp256r1_sha256, ");
  }

  @Test
  void one_with_sha_1_is_refused_where_that_is_not_asked_for_too() {
    assumeChoice();
    assertThatThrownBy(() -> SslContext.client().signatureSchemes("rsa_pkcs1_sha1").build())
        .isInstanceOf(SslConfigException.class)
        .message()
        .containsAnyOf(
            "does not have the signature scheme 'rsa_pkcs1_sha1'",
            "the signature scheme rsa_pkcs1_sha1 can be forged (RFC 9155)");
  }

  @Test
  void a_certificate_whose_key_can_sign_by_none_of_them_is_refused_at_once() {
    assumeChoice();
    for (String scheme : new String[] {"rsa_pss_rsae_sha256", "ecdsa_secp384r1_sha384"}) {
      assertThatThrownBy(() ->
              SslContext.server()
                  .credentials(Pki.LOCAL)
                  .minProtocol(Protocol.TLS_1_3)
                  .signatureSchemes(scheme)
                  .build())
          .isInstanceOf(SslConfigException.class)
          .hasMessageContainingAll(scheme, "CN=localhost");
    }
  }

  private static void assumeChoice() {
    assumeTrue(Provided.CHOOSES_SIGNATURES, () -> Provided.NAME + " cannot choose them");
  }
}
