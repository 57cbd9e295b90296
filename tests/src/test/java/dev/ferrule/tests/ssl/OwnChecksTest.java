package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.ClientRule;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslIdentity;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.Verify;
import dev.ferrule.ssl.trust.Pins;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pinned keys, rules for clients, and the program's own judgement. */
class OwnChecksTest {
  private static final Credentials ANN =
      Pki.credentials(
          Pki.CA
              .request(
                  "ann.clients.example", "uri:spiffe://example.org/ann", "email:ann@example.org")
              .forClient()
              .issue());
  private static final Credentials SELF =
      Pki.credentials(ThrowawayCa.create().request("x").selfSigned().issue());
  private static final String PIN = Pins.of(Pki.LOCAL.chain().getFirst());
  private static final String OTHER_PIN = Pins.of(SELF.chain().getFirst());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dns=*.clients.example",
        "uri=spiffe://example.org/*",
        "email=@example.org",
        "subject=CN=ann.clients.example"
      })
  void a_client_is_let_in_by_a_rule_and_the_session_says_who_it_is(String rule) {
    Pair pair =
        new Pair()
            .server(s ->
                s.clientAuth(ClientAuth.REQUIRED)
                    .trust(Pki.TRUST)
                    .allow(ClientRule.parse("dns=bob.example"), ClientRule.parse(rule)))
            .client(c -> c.credentials(ANN))
            .onServed(SslSocket::close)
            .run();
    SslIdentity ann = pair.served.peer().orElseThrow();
    assertThat(ann.subject()).isEqualTo("CN=ann.clients.example");
    assertThat(ann.dnsNames()).containsExactly("ann.clients.example");
    assertThat(ann.uris()).containsExactly("spiffe://example.org/ann");
    assertThat(ann.emails()).containsExactly("ann@example.org");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_client_that_no_rule_allows_is_refused_and_the_rules_are_told(Protocol version) {
    Pair pair =
        new Pair()
            .server(s ->
                s.clientAuth(ClientAuth.REQUIRED)
                    .trust(Pki.TRUST)
                    .maxProtocol(version)
                    .allow(ClientRule.parse("dns=bob.example"), ClientRule.parse("ip=::1")))
            .client(c -> c.credentials(ANN))
            .run();
    SslError error =
        pair.server.ssl(
            Side.OURS,
            Stage.CERTIFICATE,
            "no rule allows the client",
            "ann.clients.example",
            "dns=bob.example, ip=::1");
    assertThat(error.alert()).hasValue("certificate_unknown");
    assertThat(pair.client.only(SslError.class).side()).isEqualTo(Side.PEER);
  }

  @Test
  void a_client_without_a_certificate_is_let_in_where_that_is_optional() {
    Pair pair =
        new Pair()
            .server(s ->
                s.clientAuth(ClientAuth.OPTIONAL)
                    .trust(Pki.TRUST)
                    .allow(ClientRule.parse("dns=bob.example")))
            .onServed(SslSocket::close)
            .run();
    assertThat(pair.served.peer()).isEmpty();
  }

  @Test
  void a_pinned_key_is_asked_for_beside_chain_and_host() {
    assertThat(pinned(Verify.CHAIN_AND_HOST, Pki.LOCAL, OTHER_PIN, PIN).client.events).isEmpty();
    pinned(Verify.CHAIN_AND_HOST, Pki.LOCAL, OTHER_PIN)
        .client
        .ssl(Side.OURS, Stage.CERTIFICATE, "none of those that are pinned", PIN);
    pinned(Verify.CHAIN_AND_HOST, SELF, OTHER_PIN)
        .client
        .ssl(Side.OURS, Stage.CERTIFICATE, "self-signed");
  }

  @Test
  void a_pinned_key_may_stand_in_place_of_chain_and_host() {
    assertThat(pinned(Verify.PINS, SELF, OTHER_PIN).client.events).isEmpty();
    pinned(Verify.PINS, Pki.LOCAL, OTHER_PIN).client.ssl(Side.OURS, Stage.CERTIFICATE, "pinned");
  }

  private static Pair pinned(Verify mode, Credentials shown, String... pins) {
    return new Pair()
        .server(s -> s.credentials(shown))
        .client(c -> c.verify(mode).pins(pins))
        .onSecure(SslSocket::close)
        .run();
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "client"})
  void the_program_sees_chain_and_problem_away_from_the_loop(String side) {
    AtomicReference<Optional<String>> problem = new AtomicReference<>();
    AtomicReference<Thread> thread = new AtomicReference<>();
    Pair pair = judged(side, true, problem, thread);
    assertThat(problem.get().orElseThrow()).contains("self-signed");
    assertThat(thread.get()).isNotSameAs(Thread.currentThread());
    assertThat(pair.served).isNotNull();
    assertThat(pair.client.events).noneMatch(SslError.class::isInstance);
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "client"})
  void the_program_may_refuse(String side) {
    Pair pair = judged(side, false, new AtomicReference<>(), new AtomicReference<>());
    Heard judge = side.equals("server") ? pair.server : pair.client;
    judge.ssl(Side.OURS, Stage.CERTIFICATE, "self-signed");
  }

  private static Pair judged(
      String side,
      boolean accepts,
      AtomicReference<Optional<String>> problem,
      AtomicReference<Thread> thread) {
    boolean server = side.equals("server");
    return new Pair()
        .loop(EventLoop.setup())
        .server(s -> {
          if (server) {
            s.clientAuth(ClientAuth.REQUIRED)
                .trust(Pki.TRUST)
                .verifier((chain, why, hello) -> {
                  problem.compareAndSet(null, why); // of several the first
                  assertThat(hello.orElseThrow().versions()).contains("TLSv1.3");
                  thread.set(Thread.currentThread());
                  return accepts;
                });
          } else {
            s.credentials(SELF);
          }
        })
        .client(c -> {
          c.credentials(SELF);
          if (!server) {
            c.verifier((chain, why, hello) -> {
              problem.compareAndSet(null, why); // of several the first
              assertThat(hello).isEmpty();
              thread.set(Thread.currentThread());
              return accepts;
            });
          }
        })
        .onServed(SslSocket::close)
        .run();
  }

  @Test
  void a_judgement_of_good_certificates_has_no_problem_and_may_still_refuse() {
    AtomicReference<Optional<String>> problem = new AtomicReference<>();
    Pair pair =
        new Pair()
            .client(c ->
                c.verifier((chain, why, hello) -> {
                  problem.set(why);
                  assertThat(chain).isEqualTo(List.copyOf(Pki.LOCAL.chain()));
                  return false;
                }))
            .run();
    assertThat(problem.get()).isEmpty();
    pair.client.ssl(Side.OURS, Stage.CERTIFICATE, "this program does not accept");
  }

  @Test
  void a_judgement_that_throws_is_a_fault_of_this_side() {
    Pair pair =
        new Pair()
            .client(c ->
                c.verifier((chain, why, hello) -> {
                  throw new IllegalStateException("no database");
                }))
            .run();
    SslError error = pair.client.ssl(Side.OURS, Stage.HANDSHAKE, "no database");
    assertThat(error.code()).isEqualTo("BROKEN");
  }

  @Test
  void checks_that_check_nothing_are_refused() {
    refused(() -> SslContext.client().verify(Verify.PINS).build(), "needs pins");
    refused(() -> SslContext.client().verify(Verify.NONE).pins(PIN).build(), "nothing is checked");
    refused(() -> SslContext.client().pins("x"), "is no pin");
    refused(() -> SslContext.client().pins("sha256//AAAA"), "is no pin");
    refused(() -> SslContext.client().allow(ClientRule.parse("dns=x")).build(), "for servers");
    refused(() -> SslContext.server().credentials(SELF).pins(PIN).build(), "servers' keys");
    refused(
        () -> SslContext.server().credentials(SELF).allow(ClientRule.parse("dns=x")).build(),
        "say clientAuth");
  }

  private static void refused(Runnable settings, String words) {
    assertThatThrownBy(settings::run)
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining(words);
  }
}
