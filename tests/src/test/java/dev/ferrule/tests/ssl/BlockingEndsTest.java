package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.BlockingSocket;
import dev.ferrule.EventLoop;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.SocketClosed;
import dev.ferrule.event.TcpReset;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.ssl.BlockingPair.Kind;
import dev.ferrule.tests.ssl.BlockingPair.Waiting;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever ends the socket, every thread that waits for it gets the reason. */
class BlockingEndsTest {
  private static final int MUCH = 64 << 20;

  private static Waiting reader(BlockingSocket<?> socket) {
    return BlockingPair.waiting(() -> socket.input().read());
  }

  private static Waiting writer(BlockingSocket<?> socket) {
    return BlockingPair.waiting(() -> {
      socket.output().write(new byte[MUCH]);
      return null;
    });
  }

  @ParameterizedTest
  @EnumSource
  void closing_it_elsewhere_wakes_those_who_wait(Kind kind) {
    BlockingPair pair = new BlockingPair(kind);
    // More than the system keeps for a peer that does not read.
    pair.client(setup -> setup.closeTimeout(Duration.ofMillis(50)).waterMarks(0, 24 << 20))
        .served(TcpSocket::disableReading)
        .run(socket -> {
          Waiting reader = reader(socket);
          Waiting writer = writer(socket);
          assertThatThrownBy(socket::close)
              .isInstanceOf(IOException.class)
              .hasMessageContaining("not all was sent")
              .hasCauseInstanceOf(TcpTimeout.class);
          for (Waiting each : new Waiting[] {reader, writer}) {
            assertThat(each.thrown())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("closed");
          }
          assertThatThrownBy(() -> socket.input().read()).hasMessageContaining("closed");
          socket.close();
          pair.abortServer();
        });
  }

  @ParameterizedTest
  @EnumSource
  void a_reset_is_told_behind_what_came_before_and_wakes_the_writer(Kind kind) {
    BlockingPair pair = new BlockingPair(kind);
    pair.served(
            socket -> {
              socket.disableReading();
              socket.write("last words");
            })
        .run(socket -> {
          assertThat(socket.input().read()).isEqualTo('l');
          Waiting writer = writer(socket);
          pair.onLoop(pair.server::abort);
          assertThat(writer.thrown()).hasCauseInstanceOf(TcpReset.class);
          assertThat(new String(socket.input().readNBytes(9), US_ASCII)).isEqualTo("ast words");
          for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> socket.input().read())
                .isInstanceOf(IOException.class)
                .hasCauseInstanceOf(TcpReset.class);
          }
          assertThatThrownBy(() -> socket.output().write(1)).hasCauseInstanceOf(TcpReset.class);
        });
    assertThat(pair.clientEvents).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void what_was_received_behind_a_pause_is_read_before_the_reset(Kind kind) {
    BlockingPair pair = new BlockingPair(kind);
    pair.client(setup -> setup.maxUnread(1000))
        .served(socket -> socket.write(new byte[20_000]))
        .run(socket -> {
          Loops.eventually(() -> available(socket) >= 1000);
          pair.onLoop(pair.server::abort);
          long read = 0;
          byte[] some = new byte[100];
          try {
            for (int n; (n = socket.input().read(some)) > 0; ) {
              read += n;
            }
            throw new AssertionError("a clean end");
          } catch (IOException e) {
            assertThat(e).hasCauseInstanceOf(TcpReset.class);
          }
          assertThat(read).isBetween(1000L, 20_000L);
        });
  }

  private static int available(BlockingSocket<?> socket) {
    try {
      return socket.input().available();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource(names = "SSL")
  void a_truncation_is_an_error_behind_what_came_before(Kind kind) {
    BlockingPair pair = new BlockingPair(kind);
    AtomicReference<Relay> relay = new AtomicReference<>();
    pair.through(port ->
            Relay.open(
                EventLoop.current(),
                port,
                (passing, up, bytes) -> {
                  relay.set(passing);
                  passing.forward(up, bytes);
                }))
        .served(socket -> socket.write("half"))
        .run(socket -> {
          assertThat(socket.input().read()).isEqualTo('h');
          Waiting reader =
              BlockingPair.waiting(() -> new String(socket.input().readNBytes(3), US_ASCII));
          assertThat(reader.result().join()).isEqualTo("alf");
          pair.onLoop(() -> relay.get().cut(false));
          assertThatThrownBy(() -> socket.input().read())
              .isInstanceOf(IOException.class)
              .hasCauseInstanceOf(SslTruncated.class);
        });
  }

  @ParameterizedTest
  @EnumSource
  void the_end_of_the_loop_is_told_to_all_who_wait(Kind kind) {
    BlockingPair pair = new BlockingPair(kind);
    pair.served(TcpSocket::disableReading)
        .runUntilExit(socket -> {
          Waiting reader = reader(socket);
          Waiting writer = writer(socket);
          pair.loop.execute(pair.loop::exit);
          for (Waiting each : new Waiting[] {reader, writer}) {
            assertThat(each.thrown())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("event loop of this socket has ended");
          }
          assertThatThrownBy(() -> socket.input().read()).hasMessageContaining("has ended");
          assertThatThrownBy(() -> socket.output().write(1)).hasMessageContaining("has ended");
        });
  }

  @ParameterizedTest
  @EnumSource
  void the_limits_of_the_socket_itself_still_end_it(Kind kind) {
    BlockingPair pair = new BlockingPair(kind);
    pair.echoing()
        .run(socket -> {
          pair.onLoop(() -> socket.socket().readTimeout(Duration.ofMillis(50)));
          assertThatThrownBy(() -> socket.input().read())
              .isInstanceOf(IOException.class)
              .hasCauseInstanceOf(TcpTimeout.class);
        });
  }

  @ParameterizedTest
  @EnumSource
  void what_the_loop_itself_closes_is_at_its_end(Kind kind) {
    BlockingPair pair = new BlockingPair(kind);
    pair.echoing()
        .run(socket -> {
          Waiting reader = reader(socket);
          pair.onLoop(socket.socket()::close);
          assertThat(reader.thrown()).isInstanceOf(SocketException.class);
        });
  }

  @ParameterizedTest
  @EnumSource
  void a_closed_socket_has_no_streams(Kind kind) {
    BlockingPair pair = new BlockingPair(kind);
    pair.echoing()
        .run(socket -> {
          pair.onLoop(() -> {
            socket.abort();
            assertThatThrownBy(socket.socket()::blocking).isInstanceOf(SocketClosed.class);
            assertThatThrownBy(socket::callbacks).isInstanceOf(IllegalStateException.class);
          });
        });
  }

  @ParameterizedTest
  @EnumSource
  void closing_sends_what_was_written_and_does_not_wait_for_the_peer(Kind kind) {
    long[] arrived = new long[1];
    long[] took = new long[1];
    BlockingPair pair = new BlockingPair(kind);
    pair.server(setup -> setup.halfOpen())
        .served(socket -> {
          socket.onRead((s, data) -> arrived[0] += data.remaining());
          socket.onEvent(event -> socket.loop().delay(Duration.ofMillis(500), socket::close));
        })
        .run(socket -> {
          socket.output().write(new byte[100_000]);
          long begun = System.nanoTime();
          socket.close();
          took[0] = System.nanoTime() - begun;
        });
    assertThat(arrived[0]).isEqualTo(100_000);
    assertThat(Duration.ofNanos(took[0])).isLessThan(Duration.ofMillis(400));
  }
}
