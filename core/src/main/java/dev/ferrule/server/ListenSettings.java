package dev.ferrule.server;

import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.SocketOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Where and how a server listens.
 *
 * @param address to listen on
 * @param backlog as {@link Poller#listen} has it
 * @param options of its sockets
 * @param descriptors the sockets that listen there already; none for one of its own
 */
public record ListenSettings(
    SocketAddress address, int backlog, SocketOptions options, List<Integer> descriptors) {
  /** Whether each loop may have a listener of its own there. */
  boolean isShared(Poller poller) {
    return poller.sharesAddresses()
        && descriptors.isEmpty()
        && address instanceof InetSocketAddress;
  }

  /** The same, at the address that was chosen. */
  ListenSettings at(SocketAddress chosen) {
    return new ListenSettings(chosen, backlog, options, descriptors);
  }

  /** One listener, or one of each descriptor. */
  List<Listener> listen(Poller poller) throws IOException {
    if (descriptors.isEmpty()) {
      return List.of(poller.listen(address, backlog, options));
    }
    List<Listener> adopted = new ArrayList<>();
    try {
      for (int descriptor : descriptors) {
        adopted.add(poller.adopt(descriptor, options));
      }
    } catch (IOException | RuntimeException e) {
      adopted.forEach(Listener::close);
      throw e;
    }
    return List.copyOf(adopted);
  }

  /** One of several loops' listeners; only where it {@link #isShared}. */
  Listener listenShared(Poller poller) throws IOException {
    return poller.listenShared(address, backlog, options);
  }
}
