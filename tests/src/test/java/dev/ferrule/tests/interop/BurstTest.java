package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.AsyncStream;
import dev.ferrule.EventLoop;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/**
 * A peer that sends 100,000 tiny records at once. The original's stack was exhausted by 2,500 of
 * them, which killed the process.
 */
class BurstTest {
  private static final int RECORDS = 100_000;
  private static final int UNREAD_BOUND = 256 * 1024 + 145 * 1024; // and one read on top

  private long arrived;
  private long arrivedWhenOtherWasServed = -1;
  private long deepest;
  private long mostUnread;
  private boolean inOrder = true;

  @Test
  void a_burst_of_one_byte_records_costs_no_stack_and_starves_nobody() {
    Loops.runUntilExit(
        EventLoop.setup(),
        loop -> {
          int[] port = new int[1];
          TcpSocket[] other = new TcpSocket[1];
          SslServer burst =
              Ends.server(loop).onRead((socket, data) -> count(other[0], data)).open();
          SslServer echo = Ends.server(loop).onRead(TcpSocket::write).open();
          port[0] = burst.port();
          other[0] =
              Ends.client(loop, echo.port())
                  .onSecure((socket, session) -> sendBurst(port[0], 1))
                  .onRead((socket, data) -> arrivedWhenOtherWasServed = arrived)
                  .open();
          loop.interval(Duration.ofMillis(5), () -> endWhen(arrived == RECORDS, loop));
        });
    assertThat(arrived).isEqualTo(RECORDS);
    assertThat(inOrder).isTrue();
    assertThat(arrivedWhenOtherWasServed).isBetween(1L, RECORDS - 1L);
    assertThat(deepest).isLessThan(100);
  }

  @Test
  void a_burst_into_a_stream_is_held_back_while_nobody_reads_and_loses_nothing() {
    int each = 40;
    Loops.runUntilExit(
        EventLoop.setup(),
        loop -> {
          SslSocket[] from = new SslSocket[1];
          SslServer server =
              Ends.server(loop).onStream((socket, stream) -> from[0] = socket).open();
          sendBurst(server.port(), each);
          ByteBuffer piece = ByteBuffer.allocate(50_000);
          loop.interval(
              Duration.ofMillis(1),
              () -> {
                if (from[0] != null) {
                  drain(from[0].stream(), piece.clear());
                }
                endWhen(arrived == (long) RECORDS * each, loop);
              });
        });
    assertThat(arrived).isEqualTo((long) RECORDS * each);
    assertThat(inOrder).isTrue();
    assertThat(mostUnread).isBetween(1L, (long) UNREAD_BOUND);
  }

  private static void endWhen(boolean done, EventLoop loop) {
    if (done) {
      loop.exit();
    }
  }

  private void count(TcpSocket other, ByteBuffer data) {
    if (arrived == 0) {
      other.write("served meanwhile?");
    }
    deepest = Math.max(deepest, StackWalker.getInstance().walk(frames -> frames.count()));
    check(data);
  }

  private void drain(AsyncStream stream, ByteBuffer piece) {
    mostUnread = Math.max(mostUnread, stream.available());
    stream.read(piece);
    check(piece.flip());
  }

  private void check(ByteBuffer data) {
    while (data.hasRemaining()) {
      inOrder &= data.get() == (byte) (arrived++ % 251);
    }
  }

  /** On a thread of its own, for the peer blocks. */
  private static void sendBurst(int port, int each) {
    CompletableFuture<Void> _ =
        CompletableFuture.runAsync(
            () -> {
              try (HoldingSocket below = new HoldingSocket(port);
                  SSLSocket peer = below.secure()) {
                peer.startHandshake();
                below.hold();
                byte[] piece = new byte[each];
                for (int i = 0; i < RECORDS; i++) {
                  for (int j = 0; j < each; j++) {
                    piece[j] = (byte) (((long) i * each + j) % 251);
                  }
                  peer.getOutputStream().write(piece);
                }
                below.release();
                int end = peer.getInputStream().read();
                assertThat(end).isNegative();
              } catch (IOException e) {
                return; // the loop has ended
              }
            },
            work -> Thread.ofPlatform().daemon().start(work));
  }
}
