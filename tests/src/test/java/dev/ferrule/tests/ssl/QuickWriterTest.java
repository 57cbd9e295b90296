package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Poller;
import dev.ferrule.testkit.ForwardingLink;
import dev.ferrule.testkit.ForwardingPoller;
import dev.ferrule.tests.ssl.BlockingPair.Kind;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A thread that writes as quickly as its loop sends does not keep the loop to itself. */
class QuickWriterTest {
  private static final int PIECE = 16 * 1024;
  private static final int HIGH_WATER = 4 * PIECE;
  private static final int PIECES = 400;

  private final AtomicLong written = new AtomicLong();
  private long inOneTurn; // bytes that the link has taken
  private long most;

  /** A link that takes all, and gives the writer the time to write the next piece. */
  private final class Waiting extends ForwardingPoller {
    Waiting(Poller real) {
      super(real);
    }

    @Override
    public Link connect(SocketAddress remote) throws IOException {
      return new ForwardingLink(super.connect(remote)) {
        @Override
        public int write(ByteBuffer source) throws IOException {
          long before = written.get();
          int n = super.write(source);
          inOneTurn += n;
          most = Math.max(most, inOneTurn);
          long until = System.nanoTime() + Duration.ofMillis(3).toNanos();
          while (written.get() == before && System.nanoTime() < until) {
            Thread.onSpinWait();
          }
          return n;
        }
      };
    }
  }

  private void count(EventLoop loop) {
    inOneTurn = 0;
    if (written.get() < PIECES) {
      loop.execute(() -> count(loop));
    }
  }

  @Test
  void the_loop_has_its_turns_while_a_thread_writes_without_end() {
    BlockingPair pair = new BlockingPair(Kind.PLAIN);
    pair.loop(
            EventLoop.setup()
                .poller(ForwardingPoller.provider(Pollers.chosen((String) null), Waiting::new)))
        .client(setup -> setup.waterMarks(PIECE, HIGH_WATER))
        .served(socket -> socket.onRead((s, data) -> data.position(data.limit())))
        .run(socket -> {
          pair.onLoop(() -> count(pair.loop));
          for (int i = 0; i < PIECES; i++) {
            socket.output().write(new byte[PIECE]);
            written.incrementAndGet();
          }
          socket.output().flush();
        });
    assertThat(most).isPositive().isLessThanOrEqualTo(2L * HIGH_WATER);
  }
}
