package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.SocketInfo;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an SSL socket tells of itself, and that both ends agree. */
class SslSocketInfoTest {
  private SslSocket client;
  private SslSocket served;
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private long left;

  @ParameterizedTest
  @EnumSource(
      value = Protocol.class,
      names = {"TLS_1_2", "TLS_1_3"})
  void both_ends_count_the_same_bytes_and_records(Protocol version) {
    exchange(version);
    SocketInfo ours = client.info();
    SocketInfo theirs = served.info();
    String run = version + ", seed " + seed;
    assertThat(ours.sent()).as(run).isEqualTo(theirs.received()).isGreaterThan(ours.dataSent());
    assertThat(theirs.sent()).as(run).isEqualTo(ours.received());
    assertThat(ours.dataSent()).as(run).isEqualTo(theirs.dataReceived()).isEqualTo(left);
    assertThat(theirs.dataSent()).as(run).isEqualTo(ours.dataReceived()).isEqualTo(left);
    long data = (left + 16_383) / 16_384;
    assertThat(ours.recordsSent().getAsLong())
        .as(run)
        .isGreaterThanOrEqualTo(data)
        .isEqualTo(theirs.recordsReceived().getAsLong());
    assertThat(ours.recordsReceived().getAsLong())
        .as(run + ": with tickets, and without the close_notify behind its own end")
        .isGreaterThanOrEqualTo(theirs.recordsSent().getAsLong() - 1)
        .isLessThan(theirs.recordsSent().getAsLong() + 10);
  }

  /** The client sends bytes of a random number in random pieces, and gets them back. */
  private void exchange(Protocol version) {
    left = 1L + random.nextInt(200_000);
    long[] back = new long[1];
    new Pair()
        .server(s ->
            s.minProtocol(version)
                .maxProtocol(version)
                .onRead((socket, data) -> socket.write(data)))
        .client(c ->
            c.onRead((socket, data) -> {
              back[0] += data.remaining();
              data.position(data.limit());
              if (back[0] == left) {
                socket.close();
              }
            }))
        .onAccept(socket -> served = socket)
        .onSecure(socket -> {
          client = socket;
          for (long sent = 0; sent < left; ) {
            int piece = (int) Math.min(left - sent, 1 + random.nextInt(30_000));
            socket.write(new byte[piece]);
            sent += piece;
          }
        })
        .run();
  }

  @Test
  void before_the_handshake_is_done_there_are_no_records() {
    AtomicReference<SocketInfo> early = new AtomicReference<>();
    new Pair()
        .client(c -> c.onConnect(socket -> early.set(socket.info())))
        .onSecure(SslSocket::close)
        .run();
    assertThat(early.get().recordsSent()).isEmpty();
    assertThat(early.get().recordsReceived()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void records_are_counted_on_over_key_updates(int updates) {
    AtomicReference<SocketInfo> info = new AtomicReference<>();
    Loops.runInline(loop -> {
      var listening =
          Pair.serve(
              loop,
              new Heard(),
              s ->
                  s.onRead((socket, data) -> {
                    data.position(data.limit());
                    info.set(socket.info());
                    socket.close();
                  }));
      EnginePeer.connect(loop, listening.port(), engine -> engine.keyUpdates(updates));
    });
    assertThat(info.get().recordsReceived().getAsLong()).isGreaterThanOrEqualTo(updates + 1);
  }

  @Test
  void a_socket_that_fails_its_handshake_keeps_what_it_had_counted() {
    AtomicReference<SslSocket> failed = new AtomicReference<>();
    new Pair()
        .server(s -> s.maxProtocol(Protocol.TLS_1_2))
        .client(c -> c.minProtocol(Protocol.TLS_1_3).onConnect(failed::set))
        .onAccept(socket -> served = socket)
        .run();
    assertThat(failed.get().info().sent()).isPositive().isEqualTo(served.info().received());
    assertThat(served.info().sent()).isPositive().isEqualTo(failed.get().info().received());
    assertThat(failed.get().info().recordsSent()).isEmpty();
  }
}
