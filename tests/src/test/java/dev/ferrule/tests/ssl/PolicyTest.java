package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.PostQuantum;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslPolicy;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.ciphers.CipherTable;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mozilla's guideline 5.7 (ssl-config.mozilla.org/guidelines/5.7.json), suite by suite. */
class PolicyTest {
  private static final List<String> OF_TLS_1_3 =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  private static final List<String> OF_INTERMEDIATE =
      List.of(
          "ECDHE-ECDSA-AES128-GCM-SHA256",
          "ECDHE-RSA-AES128-GCM-SHA256",
          "ECDHE-ECDSA-AES256-GCM-SHA384",
          "ECDHE-RSA-AES256-GCM-SHA384",
          "ECDHE-ECDSA-CHACHA20-POLY1305",
          "ECDHE-RSA-CHACHA20-POLY1305",
          "DHE-RSA-AES128-GCM-SHA256",
          "DHE-RSA-AES256-GCM-SHA384",
          "DHE-RSA-CHACHA20-POLY1305");

  private static final List<String> OF_OLD =
      List.of(
          "ECDHE-ECDSA-AES128-SHA256",
          "ECDHE-RSA-AES128-SHA256",
          "ECDHE-ECDSA-AES128-SHA",
          "ECDHE-RSA-AES128-SHA",
          "ECDHE-ECDSA-AES256-SHA384",
          "ECDHE-RSA-AES256-SHA384",
          "ECDHE-ECDSA-AES256-SHA",
          "ECDHE-RSA-AES256-SHA",
          "DHE-RSA-AES128-SHA256",
          "DHE-RSA-AES256-SHA256",
          "AES128-GCM-SHA256",
          "AES256-GCM-SHA384",
          "AES128-SHA256",
          "AES256-SHA256",
          "AES128-SHA",
          "AES256-SHA",
          "DES-CBC3-SHA");

  /** The suites of TLS 1.2 and before, by OpenSSL's names. */
  private static final Map<SslPolicy, List<String>> OLDER =
      Map.of(
          SslPolicy.MODERN,
          List.of(),
          SslPolicy.INTERMEDIATE,
          OF_INTERMEDIATE,
          SslPolicy.OLD,
          joined(OF_INTERMEDIATE, OF_OLD));

  private static final Map<SslPolicy, Protocol> OLDEST =
      Map.of(
          SslPolicy.MODERN,
          Protocol.TLS_1_3,
          SslPolicy.INTERMEDIATE,
          Protocol.TLS_1_2,
          SslPolicy.OLD,
          Protocol.TLS_1_0);

  @ParameterizedTest
  @EnumSource
  void a_policy_has_the_suites_of_the_guideline_in_its_order(SslPolicy policy) {
    assertThat(policy.ciphers().suites())
        .extracting(CipherSuite::openssl)
        .containsExactlyElementsOf(joined(OF_TLS_1_3, OLDER.get(policy)));
    assertThat(policy.minProtocol()).isEqualTo(OLDEST.get(policy));
    assertThat(policy.maxProtocol()).isEqualTo(Protocol.TLS_1_3);
    assertThat(policy.groups()).containsExactly("x25519", "secp256r1", "secp384r1");
  }

  @ParameterizedTest
  @EnumSource
  void a_client_offers_what_its_policy_has_and_the_provider_too(SslPolicy policy) {
    SslHello hello = Offered.by(c -> spoken(c.policy(policy), policy));
    List<String> expected = new ArrayList<>(OLDER.get(policy));
    expected.removeAll(Provided.LACKING);
    List<String> older = new ArrayList<>(hello.cipherSuites());
    older.removeAll(OF_TLS_1_3);
    assertThat(older)
        .extracting(name -> CipherTable.find(name).openssl())
        .containsExactlyElementsOf(expected);
    assertThat(hello.cipherSuites()).containsAll(OF_TLS_1_3);
    if (Provided.SERVERS_ORDER_IN_TLS_1_3) {
      assertThat(hello.cipherSuites()).containsSubsequence(OF_TLS_1_3);
    }
    assertThat(hello.groups()).containsExactly("x25519", "secp256r1", "secp384r1");
    Protocol oldest = OLDEST.get(policy);
    assertThat(hello.versions())
        .containsExactlyInAnyOrderElementsOf(
            Provided.SPOKEN.stream()
                .filter(version -> version.compareTo(oldest) >= 0)
                .map(Protocol::toString)
                .toList());
  }

  /** Where the JDK speaks no version before TLS 1.2, that is chosen explicitly. */
  private static void spoken(SslClientSetup setup, SslPolicy policy) {
    if (!Provided.SPOKEN.contains(OLDEST.get(policy))) {
      setup.minProtocol(Protocol.TLS_1_2);
    }
  }

  @Test
  void versions_that_the_provider_cannot_speak_are_refused_and_the_reason_named() {
    if (Provided.SPOKEN.contains(Protocol.TLS_1_0)) {
      Pair pair =
          new Pair()
              .server(s -> s.policy(SslPolicy.OLD))
              .client(c -> c.policy(SslPolicy.OLD).maxProtocol(Protocol.TLS_1_0))
              .onSecure(SslSocket::close)
              .run();
      assertThat(pair.seen.protocol()).isEqualTo(Protocol.TLS_1_0);
      return;
    }
    assertThatThrownBy(() -> SslContext.client().policy(SslPolicy.OLD).build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining(Provided.POLICY);
  }

  @ParameterizedTest
  @EnumSource(names = {"MODERN", "INTERMEDIATE"})
  void two_sides_of_a_policy_agree(SslPolicy policy) {
    for (KeyType key : new KeyType[] {KeyType.EC_P256, KeyType.RSA_2048}) {
      Pair pair =
          new Pair()
              .server(s -> s.credentials(Pki.server(key).credentials()).policy(policy))
              .client(c -> c.policy(policy))
              .onSecure(SslSocket::close)
              .run();
      assertThat(pair.seen.protocol()).isEqualTo(Protocol.TLS_1_3);
      assertThat(pair.seen.group()).hasValue("x25519");
    }
  }

  @Test
  void what_was_said_by_itself_goes_before_the_policy_whichever_came_first() {
    Consumer<SslClientSetup> own =
        c ->
            c.minProtocol(Protocol.TLS_1_2)
                .maxProtocol(Protocol.TLS_1_2)
                .ciphers("ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA")
                .groups("P-384", "P-256");
    for (Consumer<SslClientSetup> order :
        List.<Consumer<SslClientSetup>>of(
            c -> own.accept(c.policy(SslPolicy.MODERN)),
            own.andThen(c -> c.policy(SslPolicy.MODERN)))) {
      SslHello hello = Offered.by(order);
      assertThat(hello.versions()).containsExactly("TLSv1.2");
      assertThat(hello.cipherSuites())
          .containsExactly(
              "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA");
      assertThat(hello.groups()).containsExactly("secp384r1", "secp256r1");
    }
  }

  @Test
  void a_post_quantum_group_that_was_asked_for_goes_before_the_policys() {
    SslHello hello =
        Offered.by(c -> c.policy(SslPolicy.INTERMEDIATE).postQuantum(PostQuantum.PREFER));
    assertThat(hello.groups()).endsWith("x25519", "secp256r1", "secp384r1");
    assertThat(hello.groups().contains("X25519MLKEM768")).isEqualTo(Provided.POST_QUANTUM);
  }

  private static List<String> joined(List<String> one, List<String> other) {
    List<String> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }
}
