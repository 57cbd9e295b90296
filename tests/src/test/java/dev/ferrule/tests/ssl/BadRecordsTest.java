package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.Timer;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Provided;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records that were forged, are too long or are none, in transit between two honest sides. */
class BadRecordsTest {
  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_record_with_one_bit_flipped_is_refused_and_the_peer_is_told(Protocol version) {
    Pair pair =
        tampered(
            version,
            bytes -> {
              bytes[bytes.length - 1] ^= 1;
              return bytes;
            });
    SslError error = pair.server.ssl(Side.OURS, Stage.DATA, "changed on its way");
    assertThat(error.alert()).hasValue("bad_record_mac");
    SslError heard = pair.client.ssl(Side.PEER, Stage.DATA, "a record arrived changed");
    assertThat(heard.alert()).hasValue("bad_record_mac");
    assertThat(pair.server.text).hasToString("first");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_record_above_the_limit_is_refused_at_its_header(Protocol version) {
    int limit = Provided.longestRecord(version);
    int length = limit + 1;
    Pair pair =
        tampered(version, bytes -> new byte[] {23, 3, 3, (byte) (length >> 8), (byte) length, 0});
    SslError error = pair.server.ssl(Side.OURS, Stage.DATA, length + " bytes", "limit of " + limit);
    toldTheTruth(pair, error);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void what_is_no_record_is_refused(Protocol version) {
    Pair pair = tampered(version, bytes -> "plain text slipped in".getBytes(UTF_8));
    SslError error = pair.server.ssl(Side.OURS, Stage.DATA, "not an SSL record");
    toldTheTruth(pair, error);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_record_that_comes_twice_is_refused(Protocol version) {
    Pair pair =
        tampered(
            version,
            bytes -> {
              byte[] twice = java.util.Arrays.copyOf(bytes, 2 * bytes.length);
              System.arraycopy(bytes, 0, twice, bytes.length, bytes.length);
              return twice;
            });
    pair.server.ssl(Side.OURS, Stage.DATA, "changed on its way");
    assertThat(pair.server.text).hasToString("firstsecond");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_close_notify_made_by_a_stranger_is_no_clean_end(Protocol version) {
    Pair pair = tampered(version, bytes -> new byte[] {21, 3, 3, 0, 2, 1, 0});
    assertThat(pair.server.only(SslError.class).side()).isEqualTo(Side.OURS);
  }

  @Test
  void a_hello_above_the_limit_is_refused_at_its_header() {
    Pair pair =
        new Pair()
            .through((loop, port) ->
                Relay.open(
                    loop,
                    port,
                    (relay, up, bytes) ->
                        relay.forward(
                            up, up ? new byte[] {22, 3, 1, (byte) 0xFF, (byte) 0xFF} : bytes)))
            .run();
    SslError error = pair.server.ssl(Side.OURS, Stage.HELLO, "65535 bytes", "limit");
    toldTheTruth(pair, error);
  }

  @Test
  void a_hello_that_dribbles_in_is_cut_off_by_the_handshake_timeout() {
    Heard server = new Heard();
    byte[] hello = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xFC, 3, 3};
    Loops.runInline(loop -> {
      var listening =
          Pair.serve(
              loop,
              server,
              s -> s.handshakeTimeout(Duration.ofMillis(80)).readTimeout(Duration.ofSeconds(5)));
      TcpSocket slow = Tcp.connect(loop, "127.0.0.1", listening.port()).onEvent(event -> {}).open();
      AtomicReference<Timer> drip = new AtomicReference<>();
      int[] sent = new int[1];
      drip.set(
          loop.interval(
              Duration.ofMillis(10),
              () -> {
                if (slow.isClosed()) {
                  drip.get().cancel();
                } else {
                  slow.write(hello, sent[0]++ % hello.length, 1);
                }
              }));
    });
    TcpTimeout timeout = server.only(TcpTimeout.class);
    assertThat(timeout.limit()).isEqualTo(TcpTimeout.Limit.HANDSHAKE);
  }

  /**
   * The alert in our error is the one the peer got, and no farewell that looks like a clean end.
   */
  private static void toldTheTruth(Pair pair, SslError ours) {
    SslError heard = pair.client.only(SslError.class);
    assertThat(heard).isNotInstanceOf(SslTruncated.class);
    assertThat(heard.side()).isEqualTo(Side.PEER);
    assertThat(heard.alert()).isEqualTo(ours.alert());
  }

  /** The client's second message is changed on its way. */
  private static Pair tampered(Protocol version, java.util.function.UnaryOperator<byte[]> change) {
    boolean[] armed = new boolean[1];
    Pair pair = new Pair();
    pair.client(c ->
        c.maxProtocol(version)
            .onRead((s, data) -> {
              armed[0] = true;
              s.write("second");
            }));
    pair.onSecure(s -> s.write("first"));
    pair.server(s ->
        s.onRead((socket, data) -> {
          pair.server.read(data);
          socket.write("go on");
        }));
    pair.through((loop, port) ->
        Relay.open(
            loop,
            port,
            (relay, up, bytes) -> relay.forward(up, up && armed[0] ? change.apply(bytes) : bytes)));
    return pair.run();
  }
}
