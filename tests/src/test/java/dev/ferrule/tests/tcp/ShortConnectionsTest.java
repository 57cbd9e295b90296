package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.event.EventError;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.testkit.Loops;
import java.net.SocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many short connections to a server of several loops: each is served, and by one loop. */
class ShortConnectionsTest extends LoopGroupRig {
  private static final int LOOPS = 3;
  private static final int CLIENTS = 600; // of each loop
  private static final int AT_ONCE = 40; // of each loop

  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile Runnable atHalf = () -> {};
  private final AtomicInteger left = new AtomicInteger(LOOPS * CLIENTS);

  /** Clients of one loop: the next connects when one has ended. */
  private final class Clients {
    private final EventLoop loop;
    private final SocketAddress address;
    private int toCome = CLIENTS;

    Clients(EventLoop loop, SocketAddress address) {
      this.loop = loop;
      this.address = address;
    }

    void begin() {
      for (int i = 0; i < AT_ONCE; i++) {
        next();
      }
    }

    private void next() {
      if (toCome == 0) {
        return;
      }
      toCome--;
      Tcp.connect(loop, address)
          .data("?")
          .onConnect(socket -> socket.shutdownOutput())
          .onRead((socket, data) -> {
            data.position(data.limit());
            answers.incrementAndGet();
          })
          .onEvent(event -> {
            if (event instanceof EventError) {
              failures.add(event.message());
            }
          })
          .onClose(this::ended)
          .open();
    }

    private void ended() {
      next();
      int still = left.decrementAndGet();
      if (still == LOOPS * CLIENTS / 2) {
        atHalf.run();
      } else if (still == 0) {
        closeAll(loop);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pollers")
  void none_of_them_is_lost(PollerProvider poller) {
    Loops.run(
        EventLoop.setup().poller(poller).loops(LOOPS),
        loop -> {
          TcpServer server = open(loop, anyPort());
          SocketAddress address = server.localAddress();
          whenAllAreOpen(
              loop, () -> loop.group().execute(each -> new Clients(each, address).begin()));
        });
    assertThat(failures).isEmpty();
    assertThat(answers).hasValue(LOOPS * CLIENTS);
    assertThat(served.values().stream().mapToInt(n -> n).sum()).isEqualTo(LOOPS * CLIENTS);
    assertThat(served).hasSize(LOOPS);
  }

  @Test
  void none_is_lost_when_the_loop_that_accepts_for_all_closes_its_share() {
    Loops.run(
        EventLoop.setup().poller("nio").loops(LOOPS),
        loop -> {
          TcpServer server = openInOrder(loop);
          if (loop.number() == 0) {
            atHalf = () -> loop.execute(server::close);
          }
          SocketAddress address = server.localAddress();
          whenAllAreOpen(
              loop, () -> loop.group().execute(each -> new Clients(each, address).begin()));
        });
    assertThat(failures).isEmpty();
    assertThat(answers).hasValue(LOOPS * CLIENTS);
    assertThat(served.get(0)).isLessThan(served.get(1));
  }
}
