package dev.ferrule.openssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.ChannelBinding;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.ExternalPsk;
import dev.ferrule.ssl.ExternalPskLookup;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.tests.Pki;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** External pre-shared keys beside cipher strings, groups, names and what else is negotiated. */
@Tag("once")
class ExternalPskSuitesTest {
  /** Of the suites that are added, none is left. */
  private static final String NO_EPHEMERAL = ":!kECDHEPSK:!kDHEPSK";

  private static final ExternalPsk KEY =
      ExternalPsk.of("meter 17", "a key that nobody else has".getBytes(UTF_8));
  private static final ExternalPsk OTHER =
      ExternalPsk.of("meter 17", "a key that others have".getBytes(UTF_8));

  private static final Credentials RSA = Pki.server(KeyType.RSA_2048).credentials();

  private final Meeting met = new Meeting();
  private final List<String> asked = new ArrayList<>();

  @BeforeEach
  void library() {
    assumeTrue(Library.problem() == null, () -> String.valueOf(Library.problem()));
  }

  private static SslContextBuilder client(Protocol version) {
    return SslContext.client()
        .provider("openssl")
        .trust(Pki.TRUST)
        .minProtocol(version)
        .maxProtocol(version)
        .externalPsk(KEY);
  }

  private SslContextBuilder server() {
    return SslContext.server().provider("openssl").externalPskLookup(later(KEY));
  }

  private ExternalPskLookup later(ExternalPsk key) {
    return identity -> {
      asked.add(identity);
      return CompletableFuture.supplyAsync(() -> Optional.of(key));
    };
  }

  private void secure() {
    assertThat(met.data).as(met.clientHeard + ", " + met.serverHeard).containsExactly("5 bytes");
    assertThat(List.of(met.clients.getFirst(), met.servers.getFirst()))
        .allSatisfy(session -> assertThat(session.externalPsk()).hasValue("meter 17"));
  }

  @ParameterizedTest
  @CsvSource({
    "PSK-AES128-GCM-SHA256, TLS_PSK_WITH_AES_128_GCM_SHA256",
    "PSK-AES256-CBC-SHA, TLS_PSK_WITH_AES_256_CBC_SHA",
    "PSK-CHACHA20-POLY1305, TLS_PSK_WITH_CHACHA20_POLY1305_SHA256",
  })
  void plain_psk_is_there_where_both_ask_for_it_alone(String ciphers, String suite) {
    met.meet(
        client(Protocol.TLS_1_2).ciphers(ciphers + NO_EPHEMERAL).build(),
        server().ciphers(ciphers).build());
    secure();
    assertThat(met.clients.getFirst().cipher()).isEqualTo(suite);
    assertThat(met.clients.getFirst().group()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"DHE-PSK-AES128-GCM-SHA256", "DHE-PSK-AES256-CBC-SHA384", "DHE-PSK-AES128-CCM"})
  void dhe_psk_with_any_cipher(String suite) {
    met.meet(client(Protocol.TLS_1_2).ciphers(suite).build(), server().ciphers(suite).build());
    secure();
    assertThat(met.clients.getFirst().cipher()).startsWith("TLS_DHE_PSK_WITH_AES_");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA-PSK-AES128-GCM-SHA256", "RSA-PSK-CHACHA20-POLY1305"})
  void rsa_psk_authenticates_by_key_and_certificate(String suite) {
    met.meet(
        client(Protocol.TLS_1_2).ciphers(suite + NO_EPHEMERAL).build(),
        server().credentials(RSA).ciphers(suite).build());
    secure();
    SslSession session = met.clients.getFirst();
    assertThat(session.cipher()).startsWith("TLS_RSA_PSK_WITH_");
    assertThat(session.peerChain()).isNotEmpty();
  }

  @Test
  void rsa_psk_with_an_untrusted_certificate_is_refused_in_spite_of_the_key() {
    String suite = "RSA-PSK-AES128-GCM-SHA256";
    met.meet(
        client(Protocol.TLS_1_2).ciphers(suite + NO_EPHEMERAL).build(),
        server()
            .credentials(
                Pki.credentials(Pki.CA.request("other.example").keyType(KeyType.RSA_2048).issue()))
            .ciphers(suite)
            .build());
    assertThat(met.clientError().failure()).isEqualTo(SslFailure.HOST_MISMATCH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"PSK-AES128-GCM-SHA256", "DHE-PSK-AES128-GCM-SHA256", "RSA-PSK-AES128-GCM-SHA256"})
  void another_key_is_refused_in_each_kind_of_suite(String suite) {
    String ephemeral = suite.startsWith("DHE") ? "" : NO_EPHEMERAL;
    met.meet(
        client(Protocol.TLS_1_2).ciphers(suite + ephemeral).build(),
        SslContext.server()
            .provider("openssl")
            .credentials(RSA)
            .externalPskLookup(later(OTHER))
            .ciphers(suite)
            .build());
    assertThat(met.clientError().failure()).isEqualTo(SslFailure.PEER_REFUSED_PSK);
    assertThat(met.serverError().failure()).isEqualTo(SslFailure.HANDSHAKE_NOT_AUTHENTIC);
  }

  @Test
  void a_hello_retry_request_asks_for_the_key_once() {
    met.meet(
        client(Protocol.TLS_1_3).groups("x25519", "secp384r1").build(),
        server().groups("secp384r1").build());
    secure();
    assertThat(met.clients.getFirst().group()).hasValue("secp384r1");
    assertThat(asked).containsExactly("meter 17");
  }

  @Test
  void another_key_is_refused_before_a_hello_retry_request() {
    met.meet(
        client(Protocol.TLS_1_3).groups("x25519", "secp384r1").build(),
        SslContext.server()
            .provider("openssl")
            .externalPskLookup(later(OTHER))
            .groups("secp384r1")
            .build());
    assertThat(met.clientError().failure()).isEqualTo(SslFailure.PEER_REFUSED_PSK);
  }

  @Test
  void tls_1_3_has_no_ephemeral_exchange_where_both_allow_that_and_share_no_group() {
    met.meet(
        client(Protocol.TLS_1_3).groups("x25519").option(SslOption.ALLOW_NO_DHE_KEX).build(),
        server().groups("secp384r1").option(SslOption.ALLOW_NO_DHE_KEX).build());
    secure();
    assertThat(met.clients.getFirst().group()).isEmpty();
  }

  @Test
  void without_that_option_it_has_one_or_ends() {
    met.meet(
        client(Protocol.TLS_1_3).groups("x25519").build(), server().groups("secp384r1").build());
    met.clientError();
    assertThat(met.serverError().failure()).isEqualTo(SslFailure.NO_SHARED_GROUP);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_name_and_an_application_are_negotiated_beside_it(Protocol version) {
    met.meet(
        client(version).alpn("meter/2", "meter/1").build(),
        server().alpn("meter/1", "meter/2").build());
    secure();
    assertThat(List.of(met.clients.getFirst(), met.servers.getFirst()))
        .allSatisfy(session -> {
          assertThat(session.alpn()).hasValue("meter/1");
          assertThat(session.serverName()).hasValue("localhost");
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_server_of_several_names_has_the_keys_for_each(Protocol version) {
    met.meet(
        client(version).build(), server().credentials(RSA).name("localhost", Pki.LOCAL).build());
    secure();
    assertThat(met.clients.getFirst().peerChain()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void both_sides_have_an_exporter_and_no_certificate_to_bind_to(Protocol version) {
    List<String> bindings = new ArrayList<>();
    met.onSecure =
        socket -> {
          assertThatThrownBy(() -> socket.channelBinding(ChannelBinding.TLS_SERVER_END_POINT))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("authenticated by an external PSK");
          bindings.add(
              HexFormat.of().formatHex(socket.channelBinding(ChannelBinding.TLS_EXPORTER)));
        };
    met.meet(client(version).build(), server().credentials(Pki.LOCAL).build());
    secure();
    assertThat(bindings).hasSize(2);
    assertThat(bindings.getFirst()).isEqualTo(bindings.getLast());
  }

  @Test
  void the_certificate_of_rsa_psk_can_be_bound_to_by_both() {
    List<String> bindings = new ArrayList<>();
    met.onSecure =
        socket ->
            bindings.add(
                HexFormat.of()
                    .formatHex(socket.channelBinding(ChannelBinding.TLS_SERVER_END_POINT)));
    String suite = "RSA-PSK-AES128-GCM-SHA256";
    met.meet(
        client(Protocol.TLS_1_2).ciphers(suite + NO_EPHEMERAL).build(),
        server().credentials(RSA).ciphers(suite).build());
    secure();
    assertThat(bindings).hasSize(2);
    assertThat(bindings.getFirst()).isEqualTo(bindings.getLast());
  }
}
