package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Relay;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpReset;
import dev.ferrule.testkit.Loops;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A relay of which one socket is reset while it is paused, because the other takes nothing yet. */
class CutBehindPauseTest {
  private static final int MORE = 50_000;

  private final CompletableFuture<Void> resolved = new CompletableFuture<>();
  private TcpSocket client;
  private TcpSocket first;
  private Relay relay;
  private long received;
  private boolean sentMore;

  private void start(EventLoop loop) {
    TcpServer[] servers = new TcpServer[2];
    servers[0] =
        Tcp.server(loop, "127.0.0.1", 0)
            .onRead((socket, data) -> received += data.remaining())
            .onConnect(socket -> servers[0].close())
            .onEvent(event -> {})
            .open();
    servers[1] =
        Tcp.server(loop, "127.0.0.1", 0)
            .onConnect(socket -> {
              first = socket;
              first.onClose(() -> resolved.complete(null));
              servers[1].close();
              relay =
                  Tcp.relay(
                      first,
                      Tcp.connect(loop, "behind", servers[0].port()).waterMarks(0, 0).open());
              go(loop);
            })
            .open();
    client =
        Tcp.connect(loop, "127.0.0.1", servers[1].port())
            .onConnect(socket -> socket.write(new byte[1]))
            .onEvent(event -> {})
            .open();
  }

  /** One byte makes the relay pause; more come, and a reset, which only a write finds. */
  private void go(EventLoop loop) {
    if (!sentMore && relay.bytesFromFirst() == 1) {
      sentMore = true;
      client.write(new byte[MORE], TcpSocket::abort);
    } else if (client.isClosed()) {
      first.write(new byte[1]);
    }
    if (!first.isClosed()) {
      loop.execute(() -> go(loop));
    }
  }

  @Test
  void a_cut_that_a_write_finds_loses_nothing_that_had_arrived() {
    Loops.run(
        EventLoop.setup()
            .resolver(host -> {
              resolved.join();
              return List.of(InetAddress.getLoopbackAddress());
            }),
        this::start);
    assertThat(relay.failure()).isInstanceOf(TcpReset.class);
    assertThat(relay.bytesFromFirst()).isEqualTo(1 + MORE);
    assertThat(received).isEqualTo(1 + MORE);
  }
}
