package dev.ferrule.cli;

import dev.ferrule.EventLoop;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The open connections of a server, so that it can end them properly. On the loop's thread. */
final class Connections {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Set<TcpSocket> open = new HashSet<>();

  void add(TcpSocket socket) {
    open.add(socket);
    socket.onClose(() -> open.remove(socket));
  }

  /**
   * Stops listening, sends on each connection what is queued and says goodbye there. The loop then
   * ends by itself; peers that do not let go have {@link #PATIENCE}.
   */
  void finish(EventLoop loop, TcpServer server) {
    server.close();
    List.copyOf(open).forEach(TcpSocket::close);
    if (!open.isEmpty()) {
      giveUpAfter(loop);
    }
  }

  private void giveUpAfter(EventLoop loop) {
    loop.delay(PATIENCE, loop::exit);
  }
}
