package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.tests.Provided;
import dev.ferrule.tests.interop.Peer.Fact;
import dev.ferrule.tests.interop.Peer.Terms;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ferrule, as server and as client, with every other implementation of TLS there is here. */
class InteropTest {
  private static final int ANSWER = 1_000_000;

  /** Whom to speak with, and how. */
  record Case(PeerKind peer, boolean ferruleServes, Terms terms) {
    @Override
    public String toString() {
      return peer
          + (ferruleServes ? " as client, " : " as server, ")
          + terms.protocol()
          + ", "
          + terms.key();
    }
  }

  static List<Case> all() {
    return cases(KeyType.values()).toList();
  }

  static List<Case> ofOneKey() {
    return cases(KeyType.EC_P256).toList();
  }

  /** TLS 1.2 has no half close, and openssl's tools read nothing after their own end. */
  static List<Case> thatHalfClose() {
    return cases(KeyType.EC_P256)
        .filter(with -> with.peer() != PeerKind.OPENSSL)
        .filter(with -> with.terms().protocol() == Protocol.TLS_1_3)
        .toList();
  }

  /** s_server ends a connection by a key on the terminal only. */
  static List<Case> thatHangUp() {
    return cases(KeyType.EC_P256)
        .filter(with -> with.peer() != PeerKind.OPENSSL || with.ferruleServes())
        .toList();
  }

  private static Stream<Case> cases(KeyType... keys) {
    return Arrays.stream(PeerKind.values())
        .flatMap(peer ->
            Stream.of(true, false)
                .flatMap(serves ->
                    Stream.of(Protocol.TLS_1_2, Protocol.TLS_1_3)
                        .flatMap(protocol ->
                            Arrays.stream(keys)
                                .map(key -> new Case(peer, serves, new Terms(protocol, key))))));
  }

  @ParameterizedTest
  @MethodSource("all")
  void lines_go_both_ways_with_the_application_protocol_and_the_server_name(Case with) {
    try (Meeting meeting = Meeting.of(with)) {
      SslSession session = meeting.witness.awaitSession(1);
      meeting.converse();
      assertThat(session.protocol()).isEqualTo(with.terms().protocol());
      assertThat(session.alpn()).contains(Peer.ALPN);
      assertThat(session.serverName()).contains("localhost");
      assertThat(session.resumed()).isFalse();
      assertThat(session.records()).isEqualTo(Provided.records(session));
      meeting.peer.report(Fact.ALPN_AGREED);
      if (!with.ferruleServes()) {
        meeting.peer.report(Fact.NAME_ASKED);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void a_client_certificate_is_asked_for_and_shown(Case with) {
    Case asked = new Case(with.peer(), with.ferruleServes(), with.terms().withClientAuth());
    try (Meeting meeting = Meeting.of(asked)) {
      SslSession session = meeting.witness.awaitSession(1);
      meeting.converse();
      String subject = session.peerChain().get(0).getSubjectX500Principal().getName();
      assertThat(subject).isEqualTo(with.ferruleServes() ? "CN=client.example" : "CN=localhost");
      if (!with.ferruleServes()) {
        meeting.peer.report(Fact.CLIENT_SHOWN);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ofOneKey")
  void a_session_is_resumed(Case with) {
    assumeTrue(
        with.peer() != PeerKind.GO
            || with.terms().protocol() == Protocol.TLS_1_3
            || Provided.RESUMES_WITHOUT_EXTENDED_MASTER_SECRET,
        "this Go may have no extended master secret");
    try (Meeting meeting = Meeting.of(with)) {
      meeting.witness.awaitSession(1);
      meeting.converse();
      meeting.again();
      SslSession session = meeting.witness.awaitSession(2);
      meeting.converse();
      assertThat(session.resumed()).isTrue();
      assertThat(session.records()).isEqualTo(Provided.records(session));
      assertThat(session.protocol()).isEqualTo(with.terms().protocol());
      meeting.peer.report(Fact.RESUMED);
    }
  }

  @ParameterizedTest
  @MethodSource("thatHalfClose")
  void the_side_that_ended_first_still_gets_the_whole_answer(Case with) {
    try (Meeting meeting = Meeting.of(with)) {
      meeting.witness.awaitSession(1);
      if (with.ferruleServes()) {
        meeting.peer.send("question");
        meeting.peer.shutDown();
        meeting.witness.awaitEvent(TcpEof.class);
        meeting.onSocket(socket -> {
          socket.write(new byte[ANSWER]);
          socket.close();
        });
        assertThat(meeting.peer.readAll()).isEqualTo(ANSWER);
      } else {
        meeting.onSocket(socket -> {
          socket.write("question\n");
          socket.shutdownOutput();
        });
        assertThat(meeting.peer.readAll()).isEqualTo("question\n".length());
        meeting.peer.answer(ANSWER);
        meeting.peer.hangUp();
        meeting.witness.awaitEvent(TcpEof.class);
        assertThat(meeting.witness.text()).hasSize(ANSWER);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("thatHangUp")
  void an_end_by_the_peer_is_clean_and_leaves_nothing_open(Case with) {
    try (Meeting meeting = Meeting.of(with)) {
      meeting.witness.awaitSession(1);
      meeting.converse();
      meeting.peer.hangUp();
      meeting.witness.awaitEvent(TcpEof.class);
      if (with.ferruleServes()) {
        meeting.onSocket(SslSocket::close); // it is half-open
      }
      meeting.witness.awaitClosed(1);
      assertThat(meeting.witness.events.all()).hasSize(1);
    }
  }
}
