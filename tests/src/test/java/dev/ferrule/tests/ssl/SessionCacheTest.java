package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslSessions;
import dev.ferrule.ssl.Verify;
import dev.ferrule.tests.JdkContexts;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.SequencedSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sessions that clients keep: whose they are, how many, and that they can be dropped. */
class SessionCacheTest {
  private static final String PIN = "sha256//" + "A".repeat(43) + "=";

  private static SslContextBuilder client(Protocol version) {
    return SslContext.client().trust(Pki.TRUST).minProtocol(version).maxProtocol(version);
  }

  /** Contexts that differ in what they verify, or show. */
  private static List<SslContext> clients(Protocol version) {
    return List.of(
        client(version).build(),
        client(version).build(),
        client(version).verify(Verify.CHAIN).build(),
        client(version).verify(Verify.NONE).build(),
        client(version).verifier((chain, problem, hello) -> true).build(),
        client(version)
            .pins(PIN)
            .verify(Verify.PINS)
            .verifier((chain, problem, hello) -> true)
            .build(),
        client(version).credentials(Pki.CLIENT).build());
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_session_is_resumed_by_the_same_context_for_the_same_name_and_port_only(Protocol version) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<SslContext> clients = clients(version);
    Calls calls = new Calls();
    SequencedSet<String> known = new LinkedHashSet<>();
    List<Boolean> expected = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      int which = random.nextInt(clients.size());
      String name = Calls.NAMES.get(random.nextInt(Calls.NAMES.size()));
      int server = random.nextInt(Calls.SERVERS);
      expected.add(!known.add(which + " " + name + " " + server));
      Calls.How how = random.nextInt(4) == 0 ? Calls.How.WRAPPED : Calls.How.AT_ONCE;
      calls.call(clients.get(which), name, server, how);
    }
    assertThat(calls.run()).as("seed %s", seed).isEqualTo(expected);
    assertThat(calls.shown())
        .as("who the server takes its client for, seed %s", seed)
        .isEqualTo(calls.expectedToShow(clients.getLast()));
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void no_more_peers_are_kept_than_were_asked_for_and_the_last_used_stay(Protocol version) {
    int most = 3;
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    SslContext client = client(version).sessions(most).build();
    Calls calls = new Calls();
    SequencedSet<String> recent = new LinkedHashSet<>();
    List<Boolean> expected = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String name = Calls.NAMES.get(random.nextInt(Calls.NAMES.size()));
      expected.add(recent.remove(name));
      recent.addLast(name);
      if (recent.size() > most) {
        recent.removeFirst();
      }
      calls.call(client, name, 0);
    }
    assertThat(calls.run()).as("seed %s", seed).isEqualTo(expected);
    assertThat(client.sessions().limit()).isEqualTo(most);
    assertThat(client.sessions().entries()).hasSizeLessThanOrEqualTo(most);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void what_is_kept_can_be_looked_at(Protocol version) {
    SslContext client = client(version).build();
    assertThat(client.sessions().entries()).isEmpty();
    assertThat(client.sessions().limit()).isEqualTo(1024);
    Calls calls = new Calls();
    Instant before = Instant.now().minusSeconds(1); // times are whole seconds
    calls.call(client, "a.example", 0).call(client, "b.example", 1).call(client, "b.example", 1);
    calls.run();
    List<SslSessions.Entry> entries = client.sessions().entries();
    assertThat(entries)
        .extracting(entry -> entry.host() + ":" + entry.port())
        .containsExactlyInAnyOrder("a.example:" + calls.port(0), "b.example:" + calls.port(1));
    assertThat(entries)
        .allSatisfy(entry -> {
          assertThat(entry.protocol()).isEqualTo(version);
          assertThat(entry.made()).isBetween(before, Instant.now());
          Instant latest = entry.made().plus(Duration.ofDays(7));
          assertThat(entry.until()).isAfter(Instant.now()).isBeforeOrEqualTo(latest);
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void what_was_cleared_is_not_resumed_and_what_comes_then_is(Protocol version) {
    SslContext client = client(version).build();
    SslContext other = client(version).build();
    Calls calls = new Calls();
    Runnable clear =
        () -> {
          client.sessions().clear();
          assertThat(client.sessions().entries()).isEmpty();
        };
    calls.call(client, "a.example", 0).call(other, "a.example", 0).call(client, "b.example", 0);
    calls.call(client, "a.example", 0).then(clear).call(client, "a.example", 0);
    calls.call(client, "b.example", 0).call(client, "a.example", 0).call(other, "a.example", 0);
    assertThat(calls.run()).containsExactly(false, false, false, true, false, false, true, true);
    clear.run();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void with_none_kept_each_handshake_is_a_full_one(Protocol version) {
    SslContext client = client(version).sessions(0).build();
    Calls calls = new Calls().call(client, "a.example", 0);
    calls.call(client, "a.example", 0).call(client, "a.example", 0);
    assertThat(calls.run()).containsOnly(false);
    assertThat(client.sessions().limit()).isZero();
    assertThat(client.sessions().entries()).isEmpty();
    client.sessions().clear();
  }

  @Test
  void a_context_from_outside_shows_and_clears_its_own() {
    SslContext outside = SslContext.of(JdkContexts.of(null));
    Calls calls = new Calls().call(outside, "localhost", 0).call(outside, "localhost", 0);
    calls.then(() -> {
      assertThat(outside.sessions().entries())
          .extracting(SslSessions.Entry::host)
          .containsExactly("localhost");
      outside.sessions().clear();
    });
    assertThat(calls.call(outside, "localhost", 0).run()).containsExactly(false, true, false);
    assertThat(outside.sessions().limit()).isPositive();
  }

  @Test
  void settings_that_cannot_be_are_refused() {
    for (int number : new int[] {-1, 100_001}) {
      assertThatThrownBy(() -> SslContext.client().sessions(number))
          .isInstanceOf(SslConfigException.class)
          .hasMessageContaining("0 to 100000, not " + number);
    }
    SslContextBuilder server = SslContext.server().credentials(Pki.LOCAL);
    assertThatThrownBy(() -> server.sessions(5).build()).hasMessageContaining("for clients");
    assertThatThrownBy(() -> SslContext.server().credentials(Pki.LOCAL).build().sessions())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("for servers");
    assertThatThrownBy(() -> SslContext.client().option(SslOption.NO_TICKET).sessions(5).build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("no-ticket");
    if (!Provided.REFUSED.contains(SslOption.NO_TICKET)) {
      SslContext none = SslContext.client().option(SslOption.NO_TICKET).build();
      assertThat(none.sessions().limit()).isZero();
    }
  }
}
