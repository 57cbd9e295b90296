package dev.ferrule.openssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.event.Event;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.ExternalPsk;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslTicketKeys;
import dev.ferrule.ssl.Verify;
import dev.ferrule.tests.Pki;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** External pre-shared keys between two ends of Ferrule. */
@Tag("once")
class ExternalPskTest {
  private static final ExternalPsk KEY = psk("meter 17", 1);
  private static final ExternalPsk OTHER = psk("meter 17", 2);

  private final Meeting met = new Meeting();

  @BeforeEach
  void library() {
    assumeTrue(Library.problem() == null, () -> String.valueOf(Library.problem()));
  }

  private static ExternalPsk psk(String identity, int seed) {
    byte[] key = new byte[32];
    new Random(seed).nextBytes(key);
    return ExternalPsk.of(identity, key);
  }

  private static Function<String, Optional<ExternalPsk>> having(ExternalPsk... known) {
    return identity -> List.of(known).stream().filter(k -> k.identity().equals(identity)).findAny();
  }

  private static SslContextBuilder client(Protocol version) {
    return SslContext.client()
        .provider("openssl")
        .trust(Pki.TRUST)
        .minProtocol(version)
        .maxProtocol(version);
  }

  private static SslContextBuilder server() {
    return SslContext.server().provider("openssl");
  }

  private void meet(SslContext client, SslContext server) {
    met.meet(client, server);
  }

  private void bothSecure(Protocol version, String identity) {
    assertThat(met.clientHeard).noneMatch(SslError.class::isInstance);
    assertThat(met.data).containsExactly("5 bytes");
    assertThat(List.of(met.clients.getFirst(), met.servers.getFirst()))
        .allSatisfy(session -> {
          assertThat(session.protocol()).isEqualTo(version);
          assertThat(session.externalPsk()).hasValue(identity);
          assertThat(session.peerChain()).isEmpty();
          assertThat(session.resumed()).isFalse();
          assertThat(session.toString()).contains(", external PSK " + identity);
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_server_without_certificate_and_a_client_that_verifies_agree_by_the_key(Protocol version) {
    meet(
        client(version).externalPsk(KEY).build(),
        server().externalPsks(having(psk("meter 16", 3), KEY)).build());
    bothSecure(version, "meter 17");
    assertThat(met.clients.getFirst().cipher())
        .contains(version == Protocol.TLS_1_2 ? "HE_PSK_" : "");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void the_key_goes_before_a_certificate(Protocol version) {
    meet(
        client(version).externalPsk(KEY).build(),
        server().credentials(Pki.LOCAL).externalPsks(having(KEY)).build());
    bothSecure(version, "meter 17");
  }

  @ParameterizedTest
  @EnumSource(RecordLayer.class)
  void the_records_may_be_those_of_either(RecordLayer records) {
    meet(
        client(Protocol.TLS_1_3).externalPsk(KEY).records(records).build(),
        server().externalPsks(having(KEY)).records(records).build());
    bothSecure(Protocol.TLS_1_3, "meter 17");
    assertThat(met.clients.getFirst().records()).isEqualTo(records);
    assertThat(met.servers.getFirst().records()).isEqualTo(records);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_server_that_has_no_keys_is_verified_by_its_certificate(Protocol version) {
    meet(client(version).externalPsk(KEY).build(), server().credentials(Pki.LOCAL).build());
    assertThat(met.data).containsExactly("5 bytes");
    assertThat(met.clients.getFirst().externalPsk()).isEmpty();
    assertThat(met.clients.getFirst().peerChain()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void one_that_has_no_keys_and_another_name_is_refused(Protocol version) {
    meet(
        client(version).externalPsk(KEY).build(),
        server().credentials(Pki.credentials(Pki.CA.issue("other.example"))).build());
    assertThat(met.clients).isEmpty();
    assertThat(failures(met.clientHeard)).containsExactly(SslFailure.HOST_MISMATCH);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void another_key_ends_the_handshake_on_both_sides(Protocol version) {
    meet(
        client(version).externalPsk(KEY).build(),
        server().credentials(Pki.LOCAL).externalPsks(having(OTHER)).build());
    refusedOnBothSides();
    assertThat(met.serverHeard.toString()).contains("another pre-shared key");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void an_unknown_identity_ends_it_where_there_is_no_certificate(Protocol version) {
    meet(
        client(version).externalPsk(KEY).build(),
        server().externalPsks(having(psk("meter 16", 1))).build());
    refusedOnBothSides();
    assertThat(met.serverHeard.toString()).contains("no pre-shared key (PSK) that is known here");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_client_without_a_key_is_refused_where_there_is_no_certificate(Protocol version) {
    meet(client(version).build(), server().externalPsks(having(KEY)).build());
    refusedOnBothSides();
    assertThat(met.serverHeard.toString()).contains("no pre-shared key (PSK) that is known here");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ALL:@SECLEVEL=0", "ALL:COMPLEMENTOFALL:@SECLEVEL=0", "aNULL:@SECLEVEL=0"})
  void no_cipher_string_lets_in_a_client_without_a_key(String ciphers) {
    meet(
        client(Protocol.TLS_1_2).verify(Verify.NONE).ciphers(ciphers).build(),
        server().externalPsks(having(KEY)).ciphers(ciphers).build());
    assertThat(met.clients).isEmpty();
    assertThat(met.servers).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_lookup_that_throws_ends_it_and_is_told(Protocol version) {
    meet(
        client(version).externalPsk(KEY).build(),
        server()
            .credentials(Pki.LOCAL)
            .externalPsks(identity -> {
              throw new IllegalStateException("the table is away");
            })
            .build());
    refusedOnBothSides();
    assertThat(met.serverHeard.toString()).contains("the table is away");
  }

  private void refusedOnBothSides() {
    assertThat(met.clients).isEmpty();
    assertThat(met.servers).isEmpty();
    assertThat(failures(met.clientHeard)).hasSize(1);
    assertThat(failures(met.serverHeard)).hasSize(1);
  }

  private static List<SslFailure> failures(List<Event> heard) {
    return heard.stream()
        .filter(SslError.class::isInstance)
        .map(event -> ((SslError) event).failure())
        .toList();
  }

  @Test
  void no_session_is_resumed() {
    SslContext client = client(Protocol.TLS_1_3).externalPsk(KEY).build();
    SslContext server = server().externalPsks(having(KEY)).build();
    meet(client, server);
    meet(client, server);
    assertThat(met.clients).hasSize(2).noneMatch(SslSession::resumed);
    assertThat(met.clients).allMatch(session -> session.externalPsk().isPresent());
  }

  @Test
  void both_sides_are_secure_if_and_only_if_identity_and_key_are_the_same() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int agreed = 0;
    for (int i = 0; i < 60; i++) {
      ExternalPsk own = random(random);
      boolean same = random.nextBoolean();
      boolean sameIdentity = random.nextBoolean();
      ExternalPsk theirs =
          same
              ? ExternalPsk.of(own.identity(), own.key())
              : sameIdentity
                  ? ExternalPsk.of(own.identity(), random(random).key())
                  : random(random);
      Protocol version = random.nextBoolean() ? Protocol.TLS_1_2 : Protocol.TLS_1_3;
      met.clients.clear();
      met.servers.clear();
      meet(client(version).externalPsk(own).build(), server().externalPsks(having(theirs)).build());
      int secure = same ? 1 : 0;
      assertThat(met.clients).as("seed %s, round %s, %s", seed, i, version).hasSize(secure);
      assertThat(met.servers).as("seed %s, round %s, %s", seed, i, version).hasSize(secure);
      agreed += secure;
    }
    assertThat(agreed).as("seed %s", seed).isBetween(5, 55);
  }

  private static ExternalPsk random(Random random) {
    StringBuilder identity = new StringBuilder();
    int length = 1 + random.nextInt(ExternalPsk.LONGEST_IDENTITY);
    while (identity.length() < length) {
      identity.append((char) (' ' + random.nextInt(95)));
    }
    byte[] key =
        new byte
            [ExternalPsk.SHORTEST_KEY
                + random.nextInt(ExternalPsk.LONGEST_KEY - ExternalPsk.SHORTEST_KEY + 1)];
    random.nextBytes(key);
    return ExternalPsk.of(identity.toString(), key);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 15, 513})
  void a_key_is_16_to_512_bytes(int length) {
    assertThatThrownBy(() -> ExternalPsk.of("name", new byte[length]))
        .isInstanceOf(SslConfigException.class)
        .hasMessage("an external PSK is a key of 16 to 512 bytes (RFC 9257 6), not " + length);
  }

  @Test
  void an_identity_is_1_to_256_bytes_of_text() {
    for (String wrong : List.of("", "a".repeat(257), "ü".repeat(129), "a\0b", "\uD800")) {
      assertThatThrownBy(() -> ExternalPsk.of(wrong, new byte[16]))
          .isInstanceOf(SslConfigException.class)
          .hasMessageStartingWith("the identity of an external PSK is 1 to 256 bytes");
    }
    assertThat(ExternalPsk.of("ü".repeat(128), new byte[16]).identity()).hasSize(128);
  }

  @Test
  void a_key_is_copied_and_never_printed() {
    byte[] key = "sixteen letters!".getBytes(US_ASCII);
    ExternalPsk psk = ExternalPsk.of("name", key);
    key[0] = 'x';
    assertThat(psk.key()[0]).isEqualTo((byte) 's');
    assertThat(psk).hasToString("external PSK of name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "boringssl"})
  void other_providers_refuse_them(String provider) {
    assertThatThrownBy(() -> SslContext.client().provider(provider).externalPsk(KEY).build())
        .isInstanceOf(SslConfigException.class)
        .hasMessage(
            "the "
                + provider
                + " provider cannot authenticate by external pre-shared keys (PSK): take the"
                + " provider openssl, or leave externalPsk out");
    assertThatThrownBy(
            () -> SslContext.server().provider(provider).externalPsks(having(KEY)).build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("cannot authenticate by external pre-shared keys");
  }

  @Test
  void settings_that_contradict_them_are_refused() {
    assertThatThrownBy(() -> client(Protocol.TLS_1_3).externalPsks(having(KEY)).build())
        .hasMessageContaining("externalPsks is for servers");
    assertThatThrownBy(() -> server().credentials(Pki.LOCAL).externalPsk(KEY).build())
        .hasMessageContaining("externalPsk is for clients");
    assertThatThrownBy(() ->
            server()
                .externalPsks(having(KEY))
                .trust(Pki.TRUST)
                .clientAuth(ClientAuth.REQUIRED)
                .build())
        .hasMessageContaining("clientAuth contradicts externalPsks");
    assertThatThrownBy(() ->
            client(Protocol.TLS_1_3)
                .externalPsk(KEY)
                .verifier((chain, problem, hello) -> true)
                .build())
        .hasMessageContaining("contradict externalPsk");
    assertThatThrownBy(() ->
            server()
                .credentials(Pki.LOCAL)
                .externalPsks(having(KEY))
                .ticketKeys(SslTicketKeys.rotated(Duration.ofHours(1)))
                .build())
        .hasMessageContaining("tickets contradict externalPsks");
    assertThatThrownBy(() -> server().externalPsks(having(KEY)).tickets(2).build())
        .hasMessageContaining("tickets contradict externalPsks");
    server().externalPsks(having(KEY)).tickets(0).build(); // is what it has in any case
    assertThatThrownBy(() ->
            client(Protocol.TLS_1_3).externalPsk(KEY).ciphers("TLS_AES_256_GCM_SHA384").build())
        .hasMessageContaining("need a suite with SHA-256");
  }
}
