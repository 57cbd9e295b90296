package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslHandshakeFacts;
import dev.ferrule.ssl.SslHandshakeFacts.PeerCertificate;
import dev.ferrule.ssl.SslHandshakeFacts.Times;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.Ports;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is known of a handshake that failed, in both roles. */
class HandshakeFactsTest {
  private static final ThrowawayCa STRANGER = ThrowawayCa.create();

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_client_that_refuses_a_certificate_knows_the_answer_and_which_it_was(Protocol version) {
    Issued shown = Pki.CA.request("localhost", "127.0.0.1").throughIntermediate().issue();
    SslHandshakeFacts facts = facts(refused(version, shown).client);
    assertThat(facts.server()).isFalse();
    assertThat(facts.host()).hasValue("127.0.0.1");
    assertThat(facts.client()).as("its own offer is the other list").isEmpty();
    assertThat(facts.own().protocols()).contains("TLSv1.2").contains(version.toString());
    assertThat(facts.own().groups()).contains("x25519");
    assertThat(facts.own().applications()).containsExactly("h2");
    SslHandshakeFacts.Answer answer = facts.answer().orElseThrow();
    assertThat(answer.protocol()).isEqualTo(version.toString());
    assertThat(answer.cipherSuite()).startsWith("TLS_");
    assertThat(answer.group().isPresent() || version == Protocol.TLS_1_2)
        .as("before TLS 1.3 it comes behind the certificate")
        .isTrue();
    assertThat(facts.refused()).as("whose issuer is unknown").isEqualTo(OptionalInt.of(1));
  }

  @Test
  void the_peers_certificates_are_there_with_dates_and_names() {
    Issued shown = Pki.CA.request("localhost", "127.0.0.1").throughIntermediate().issue();
    SslHandshakeFacts facts = facts(refused(Protocol.TLS_1_3, shown).client);
    assertThat(facts.peerCertificates()).hasSize(2);
    PeerCertificate leaf = facts.peerCertificates().getFirst();
    assertThat(leaf.subject()).isEqualTo("CN=localhost");
    assertThat(leaf.issuer()).isEqualTo(facts.peerCertificates().getLast().subject());
    assertThat(leaf.names()).containsExactly("localhost", "127.0.0.1");
    assertThat(leaf.notBefore()).isEqualTo(shown.certificate().getNotBefore().toInstant());
    assertThat(leaf.notAfter()).isEqualTo(shown.certificate().getNotAfter().toInstant());
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_server_whose_certificate_is_refused_knows_what_its_client_said(Protocol version) {
    Pair pair = refused(version, Pki.CA.issue("localhost", "127.0.0.1"));
    SslHandshakeFacts served = facts(pair.server);
    SslHandshakeFacts client = facts(pair.client);
    assertThat(served.server()).isTrue();
    assertThat(served.client().orElseThrow().alpn()).containsExactly("h2");
    assertThat(served.peerCertificates()).isEmpty();
    assertThat(served.own().protocols()).contains(version.toString());
    assertThat(served.answer().orElseThrow().cipherSuite())
        .isEqualTo(client.answer().orElseThrow().cipherSuite());
    assertThat(served.sent()).as("all but what came behind").isEqualTo(client.received());
    assertThat(client.sent()).isEqualTo(served.received());
  }

  @Test
  void a_server_that_refuses_a_hello_has_no_answer() {
    Pair pair = Faults.pair(s -> s.alpn("h2"), c -> c.alpn("mqtt")).run();
    SslHandshakeFacts facts = facts(pair.server);
    assertThat(facts.client().orElseThrow().alpn()).containsExactly("mqtt");
    assertThat(facts.own().applications()).containsExactly("h2");
    assertThat(facts.answer()).isEmpty();
    assertThat(facts.received()).isGreaterThan(100);
    assertThat(facts.sent()).as("an alert").isEqualTo(7);
  }

  @Test
  void the_time_is_that_which_passed() {
    long began = System.nanoTime();
    Times times = facts(refused(Protocol.TLS_1_3, Pki.CA.issue("localhost")).client).times();
    Duration passed = Duration.ofNanos(System.nanoTime() - began);
    assertThat(times.resolving()).as("an address is no name").isZero();
    assertThat(times.connecting()).isPositive();
    assertThat(times.waitingForPeer()).isPositive();
    assertThat(times.computing()).isPositive();
    assertThat(sum(times)).isLessThanOrEqualTo(passed);
  }

  @Test
  void a_program_that_takes_its_time_is_told_apart_from_the_peer() {
    Duration patience = Duration.ofMillis(50);
    Pair pair =
        Faults.pair(s ->
                s.onHello((socket, hello, choice) ->
                    socket.loop().delay(patience, () -> choice.refuse("access_denied"))))
            .run();
    Times served = facts(pair.server).times(); // some of the patience is spent computing
    assertThat(served.waitingForProgram().plus(served.computing()))
        .isGreaterThanOrEqualTo(patience);
    assertThat(served.waitingForProgram()).isGreaterThan(patience.dividedBy(2));
    Times client = facts(pair.client).times();
    assertThat(client.waitingForPeer()).isGreaterThan(patience.dividedBy(2));
    assertThat(client.waitingForProgram()).isLessThan(client.waitingForPeer());
  }

  @Test
  void a_time_limit_leaves_the_facts_at_the_socket() {
    Duration patience = Duration.ofMillis(60);
    Heard client = new Heard();
    Loops.runInline(loop -> {
      int port = InjectionTest.greeter(loop, "", new StringBuilder());
      connect(loop, "127.0.0.1", port, client).handshakeTimeout(patience).open();
    });
    SslHandshakeFacts facts = ofSocket(client.only(TcpTimeout.class));
    assertThat(facts.times().waitingForPeer()).isGreaterThan(patience.dividedBy(2));
    assertThat(facts.sent()).as("its hello").isGreaterThan(100);
    assertThat(facts.received()).isZero();
  }

  @Test
  void where_nobody_listens_the_name_took_its_time() throws Exception {
    Heard client = new Heard();
    Loops.runInline(loop -> connect(loop, "localhost", Ports.refusing(), client).open());
    SslHandshakeFacts facts = ofSocket(client.only(TcpRefused.class));
    assertThat(facts.times().resolving()).isPositive();
    assertThat(facts.times().computing()).isZero();
    assertThat(facts.sent()).isZero();
  }

  @Test
  void what_was_said_before_an_upgrade_does_not_count() {
    Heard wrapped = new Heard();
    Loops.runInline(loop -> {
      int port = InjectionTest.greeter(loop, "220 go ahead\r\n", new StringBuilder());
      Tcp.connect(loop, "127.0.0.1", port)
          .data("x".repeat(5_000))
          .onRead((plain, data) -> {
            data.position(data.limit());
            Ssl.wrap(plain)
                .asClient("localhost")
                .handshakeTimeout(Duration.ofMillis(40))
                .onEvent(wrapped::event)
                .onClose(wrapped::close)
                .open();
          })
          .open();
    });
    SslHandshakeFacts facts = ofSocket(wrapped.only(TcpTimeout.class));
    assertThat(facts.sent()).isBetween(100L, 4_000L);
    assertThat(facts.times().resolving().plus(facts.times().connecting())).isZero();
  }

  @Test
  void a_handshake_that_is_done_leaves_none() {
    AtomicReference<SslSocket> client = new AtomicReference<>();
    Pair pair = new Pair();
    pair.onSecure(socket -> {
      client.set(socket);
      socket.write("x");
    });
    pair.server(s -> s.onRead((socket, data) -> socket.abort()));
    pair.run();
    assertThat(client.get().failedHandshake()).isEmpty();
    assertThat(client.get().session()).isPresent();
  }

  private static dev.ferrule.ssl.SslClientSetup connect(
      EventLoop loop, String host, int port, Heard heard) {
    return Ssl.connect(loop, host, port).onEvent(heard::event).onClose(heard::close);
  }

  /** The client does not know the server's issuer. */
  private static Pair refused(Protocol version, Issued shown) {
    Credentials credentials = Pki.credentials(shown);
    return Faults.pair(
            s -> s.credentials(credentials).alpn("h2"),
            c -> c.trust(List.of(STRANGER.certificate())).maxProtocol(version).alpn("h2"))
        .run();
  }

  private static SslHandshakeFacts facts(Heard side) {
    SslError error = Faults.heard(side);
    assertThat(error.handshake()).isEqualTo(((SslSocket) error.socket()).failedHandshake());
    return error.handshake().orElseThrow();
  }

  private static SslHandshakeFacts ofSocket(EventError error) {
    return ((SslSocket) error.socket()).failedHandshake().orElseThrow();
  }

  private static Duration sum(Times times) {
    return times
        .resolving()
        .plus(times.connecting())
        .plus(times.waitingForPeer())
        .plus(times.waitingForProgram())
        .plus(times.waitingForThread())
        .plus(times.computing());
  }
}
