package dev.ferrule.tests.ssl;

import static dev.ferrule.tests.ssl.Visits.Outcome.FULL;
import static dev.ferrule.tests.ssl.Visits.Outcome.REFUSED;
import static dev.ferrule.tests.ssl.Visits.Outcome.RESUMED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.ClientRule;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslTicketKeys;
import dev.ferrule.ssl.SslVerifier;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers that share the keys of their tickets resume each other's sessions, and no others. */
class TicketKeysTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final byte[] SECRET = bytes(1, 32);

  private Instant now = Instant.parse("2026-01-02T03:00:00Z");

  @BeforeEach
  void assumeSharing() {
    Provided.assumeSharesTicketKeys();
  }

  private static byte[] bytes(int seed, int number) {
    byte[] made = new byte[number];
    new Random(seed).nextBytes(made);
    return made;
  }

  private static SslTicketKeys key(int... seeds) {
    return SslTicketKeys.of(Arrays.stream(seeds).mapToObj(s -> bytes(s, 48)).toList());
  }

  private static SslContextBuilder server() {
    return SslContext.server().credentials(Pki.LOCAL);
  }

  private static SslContext server(SslTicketKeys keys) {
    return server().ticketKeys(keys).build();
  }

  private Runnable later(Duration time) {
    return () -> now = now.plus(time);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_session_is_resumed_by_another_server_with_the_key(Protocol version) {
    SslContext client = Visits.client(version);
    SslContext one = server(key(1));
    SslContext two = server(key(1));
    assertThat(new Visits().to(one, client).to(two, client).to(one, client).run())
        .containsExactly(FULL, RESUMED, RESUMED);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_session_is_not_resumed_by_a_server_with_another_key(Protocol version) {
    SslContext client = Visits.client(version);
    assertThat(
            new Visits()
                .to(server(key(1)), client)
                .to(server(key(2)), client)
                .to(server().build(), client)
                .to(server().build(), client)
                .run())
        .containsOnly(FULL);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void an_older_key_decrypts_and_its_ticket_is_renewed_with_the_first(Protocol version) {
    SslContext client = Visits.client(version);
    assertThat(
            new Visits()
                .to(server(key(1)), client)
                .to(server(key(2, 1)), client)
                .to(server(key(3, 2)), client)
                .to(server(key(1)), client)
                .run())
        .containsExactly(FULL, RESUMED, RESUMED, FULL);
  }

  /** Of one server of several: what it has been told last. */
  private static final class Told implements SslTicketKeys.Source {
    private List<byte[]> keys;
    private long number = 1;

    Told(int... seeds) {
      keys = Arrays.stream(seeds).mapToObj(seed -> bytes(seed, 48)).toList();
    }

    void tell(int... seeds) {
      keys = Arrays.stream(seeds).mapToObj(seed -> bytes(seed, 48)).toList();
      number++;
    }

    @Override
    public boolean isPresent(long known) {
      return known == number;
    }

    @Override
    public long give(Duration lifetime, Consumer<List<byte[]>> taker) {
      taker.accept(keys);
      return number;
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void servers_that_are_told_of_keys_one_after_the_other_resume_all_sessions(Protocol version) {
    Told first = new Told(1);
    Told second = new Told(1);
    SslContext one = server(SslTicketKeys.from(first));
    SslContext two = server(SslTicketKeys.from(second));
    SslContext client = Visits.client(version);
    assertThat(
            new Visits()
                .to(one, client)
                .to(two, client)
                .to(two, client, () -> second.tell(1, 2)) // it reads the next one
                .to(one, client, () -> first.tell(2, 1)) // and that encrypts at the other
                .to(two, client)
                .to(one, client, () -> second.tell(2))
                .to(two, client)
                .run())
        .containsExactly(FULL, RESUMED, RESUMED, RESUMED, RESUMED, RESUMED, RESUMED);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_rotation_costs_no_session_while_its_tickets_live(Protocol version) {
    SslTicketKeys keys = SslTicketKeys.rotated(HOUR, () -> now);
    Duration lifetime = Duration.ofHours(3);
    SslContext one = server().ticketKeys(keys).ticketLifetime(lifetime).build();
    SslContext two = server().ticketKeys(keys).ticketLifetime(lifetime).build();
    SslContext steady = Visits.client(version);
    SslContext early = Visits.client(version);
    SslContext late = Visits.client(version);
    assertThat(
            new Visits()
                .to(one, steady)
                .to(one, early)
                .to(one, late)
                .to(two, steady, later(HOUR))
                .to(one, steady, later(HOUR))
                .to(two, early, later(Duration.ofMinutes(55)))
                .to(one, steady, later(HOUR))
                .to(two, steady, later(HOUR))
                .to(two, late)
                .run())
        .containsExactly(FULL, FULL, FULL, RESUMED, RESUMED, RESUMED, RESUMED, RESUMED, FULL);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void servers_with_one_secret_agree_though_their_clocks_differ(Protocol version) {
    Duration difference = Duration.ofMinutes(59);
    SslContext one = server(SslTicketKeys.derived(SECRET, HOUR, () -> now));
    SslContext two = server(SslTicketKeys.derived(SECRET, HOUR, () -> now.plus(difference)));
    SslContext other = server(SslTicketKeys.derived(bytes(2, 32), HOUR, () -> now));
    SslContext client = Visits.client(version);
    Visits visits = new Visits().to(one, client);
    for (int i = 0; i < 6; i++) {
      visits.to(two, client, later(Duration.ofMinutes(25))).to(one, client);
    }
    List<Visits.Outcome> outcomes = visits.to(other, client).run();
    assertThat(outcomes).startsWith(FULL).endsWith(FULL).hasSize(14);
    assertThat(outcomes.subList(1, 13)).containsOnly(RESUMED);
  }

  @Test
  void one_object_may_be_shared_by_contexts_by_name_and_of_several_kinds_of_keys() {
    SslTicketKeys keys = key(1);
    SslContext several =
        SslContext.server()
            .credentials(Pki.LOCAL, Pki.server(KeyType.RSA_2048).credentials())
            .ticketKeys(keys)
            .build();
    SslContext client = Visits.client(Protocol.TLS_1_3);
    SslContext rsa =
        SslContext.server()
            .credentials(Pki.server(KeyType.RSA_2048).credentials())
            .ticketKeys(keys)
            .build();
    assertThat(new Visits().to(several, client).to(rsa, client).run())
        .containsExactly(FULL, RESUMED);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_session_brings_nobody_past_a_server_that_asks_for_certificates(Protocol version) {
    SslContext open = server(key(1));
    SslContext guarded =
        server().trust(Pki.TRUST).clientAuth(ClientAuth.REQUIRED).ticketKeys(key(1)).build();
    SslContext client = Visits.client(version);
    assertThat(new Visits().to(open, client).to(guarded, client).to(open, client).run())
        .containsExactly(FULL, REFUSED, RESUMED);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_session_of_a_client_with_a_certificate_is_resumed_where_the_same_issuers_count(
      Protocol version) {
    SslContext client =
        SslContext.client().trust(Pki.TRUST).credentials(Pki.CLIENT).maxProtocol(version).build();
    assertThat(
            new Visits()
                .to(guarded(List.of(Pki.CA.certificate())), client)
                .to(guarded(List.of(Pki.CA.certificate())), client)
                .to(guarded(List.of(Pki.CA.certificate(), Pki.LOCAL.chain().getFirst())), client)
                .run())
        .containsExactly(FULL, RESUMED, FULL);
  }

  private static SslContext guarded(List<X509Certificate> issuers) {
    return server().trust(issuers).clientAuth(ClientAuth.REQUIRED).ticketKeys(key(1)).build();
  }

  @Test
  void a_session_is_not_resumed_where_other_clients_are_let_in() {
    SslVerifier judge = (chain, problem, hello) -> problem.isEmpty();
    SslVerifier other = (chain, problem, hello) -> problem.isEmpty();
    SslContext client = SslContext.client().trust(Pki.TRUST).credentials(Pki.CLIENT).build();
    assertThat(
            new Visits()
                .to(judging(s -> s.allow(ClientRule.parse("dns=client.example"))), client)
                .to(judging(s -> s.allow(ClientRule.parse("dns=client.example"))), client)
                .to(judging(s -> s.allow(ClientRule.parse("dns=*.example"))), client)
                .to(judging(s -> s.verifier(judge)), client)
                .to(judging(s -> s.verifier(judge)), client)
                .to(judging(s -> s.verifier(other)), client)
                .run())
        .containsExactly(FULL, RESUMED, FULL, FULL, RESUMED, FULL);
  }

  private static SslContext judging(UnaryOperator<SslContextBuilder> judgement) {
    return judgement
        .apply(server().trust(Pki.TRUST).clientAuth(ClientAuth.REQUIRED).ticketKeys(key(1)))
        .build();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_server_of_other_hosts_does_not_resume(Protocol version) {
    SslContext other =
        SslContext.server()
            .credentials(Pki.credentials(Pki.CA.issue("other.example", "127.0.0.1")))
            .ticketKeys(key(1))
            .build();
    SslContext renewed =
        SslContext.server()
            .credentials(Pki.credentials(Pki.CA.issue("localhost", "127.0.0.1", "::1")))
            .ticketKeys(key(1))
            .build();
    SslContext client = Visits.client(version);
    assertThat(
            new Visits()
                .to(server(key(1)), client)
                .to(other, client)
                .to(server(key(1)), client)
                .to(renewed, client)
                .run())
        .containsExactly(FULL, FULL, FULL, RESUMED); // the third has the other's ticket
  }

  @Test
  void a_period_that_makes_too_many_keys_is_refused_when_the_context_is_built() {
    SslTicketKeys hasty = SslTicketKeys.rotated(Provided.TICKET_LIFETIME.dividedBy(300), () -> now);
    assertThatThrownBy(() -> server(hasty))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining(Provided.TICKET_LIFETIME.toString())
        .hasMessageContaining("more than 256");
    assertThat(server().ticketKeys(hasty).ticketLifetime(HOUR).build()).isNotNull();
  }
}
