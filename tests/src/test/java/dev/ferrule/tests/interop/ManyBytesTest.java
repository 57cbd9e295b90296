package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.tests.Provided;
import dev.ferrule.tests.interop.InteropTest.Case;
import dev.ferrule.tests.interop.Peer.Terms;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Many bytes both ways at once over TLS 1.3, with peers that keep digests of them. More by {@code
 * -Ddev.ferrule.mebibytes=64}.
 */
class ManyBytesTest {
  private static final int MIB = 1024 * 1024;
  private static final int SIZE = Integer.getInteger("dev.ferrule.mebibytes", 8) * MIB;
  private static final Pattern DIGESTS = Pattern.compile("^TORRENT (\\w+) (\\w+)$");
  private static final Terms TERMS = new Terms(Protocol.TLS_1_3, KeyType.EC_P256);

  static Stream<Case> peers() {
    return both(List.of(PeerKind.PYTHON, PeerKind.GO, PeerKind.JDK), TERMS);
  }

  static Stream<Case> suites() {
    return Stream.of(
            "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")
        .flatMap(suite -> both(List.of(PeerKind.JDK), TERMS.withSuite(suite)));
  }

  private static Stream<Case> both(List<PeerKind> kinds, Terms terms) {
    return kinds.stream()
        .flatMap(kind -> Stream.of(true, false).map(serves -> new Case(kind, serves, terms)));
  }

  @ParameterizedTest
  @MethodSource("peers")
  void what_comes_each_way_is_what_was_sent(Case with) {
    exchange(with, "TORRENT", SIZE);
  }

  @ParameterizedTest
  @MethodSource("suites")
  void a_peer_that_updates_its_keys_and_asks_for_ours_loses_nothing(Case with) {
    SslSession session = exchange(with, "TORRENT_OF_KEYS", 2 * MIB);
    assertThat(session.cipher()).isEqualTo(with.terms().suite());
  }

  private static SslSession exchange(Case with, String command, int size) {
    try (Meeting meeting = Meeting.of(with)) {
      SslSession session = meeting.witness.awaitSession(1);
      Torrent ours = new Torrent(size, 8);
      meeting.onSocket(socket -> {
        socket.onRead(ours::receive);
        socket.onDrain(ours::send);
      });
      meeting.peer.tell(command + " " + size);
      meeting.onSocket(ours::send);
      Matcher digests = meeting.peer.report(DIGESTS);
      ours.awaitWhole();
      meeting.peer.hangUp();
      meeting.witness.awaitClosed(1);
      assertThat(ours.sent()).isEqualTo(size + " " + digests.group(2));
      assertThat(ours.received()).isEqualTo(size + " " + digests.group(1));
      assertThat(meeting.witness.events.all()).isEmpty();
      assertThat(session.records()).isEqualTo(Provided.records(session));
      return session;
    }
  }
}
