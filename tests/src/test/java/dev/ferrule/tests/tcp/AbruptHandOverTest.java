package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopGroup;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.testkit.Loops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Connections that are cut while one loop hands them over to another. */
class AbruptHandOverTest {
  private static final int CONNECTIONS = 300;

  private final CompletableFuture<Integer> port = new CompletableFuture<>();
  private final AtomicInteger connected = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();

  @Test
  void those_that_are_cut_cost_nothing_and_the_others_are_served() {
    CompletableFuture<Integer> answered = new CompletableFuture<>();
    Loops.run(
        EventLoop.setup().loops(3),
        loop -> {
          TcpServer server =
              Tcp.server(loop, Loopback.ADDRESS, 0)
                  .onConnect(socket -> connected.incrementAndGet())
                  .onRead(TcpSocket::write)
                  .onEvent(Loopback.ignored())
                  .onClose(socket -> ended.incrementAndGet())
                  .open();
          port.complete(server.port());
          if (loop.number() == 0) {
            Thread.ofPlatform().daemon().start(() -> answered.complete(clients(loop.group())));
          }
        });
    assertThat(answered.join()).isEqualTo(CONNECTIONS / 3);
    assertThat(connected.get()).isBetween(CONNECTIONS / 3, CONNECTIONS);
    assertThat(ended.get()).isEqualTo(connected.get());
  }

  /** Every third is answered; the others are reset at once, or with a byte on its way. */
  private int clients(LoopGroup group) {
    int answered = 0;
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        try (Socket socket = new Socket(InetAddress.ofLiteral(Loopback.ADDRESS), port.join())) {
          socket.setSoTimeout(10_000);
          if (i % 3 > 0) {
            socket.getOutputStream().write('x');
          }
          if (i % 3 == 2) {
            answered += socket.getInputStream().read() == 'x' ? 1 : 0;
          }
          socket.setSoLinger(i % 3 < 2, 0);
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    } finally {
      group.execute(EventLoop::closeAll);
    }
    return answered;
  }
}
