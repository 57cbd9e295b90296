package dev.ferrule.server;

import dev.ferrule.loop.Loop;
import dev.ferrule.spi.LinkException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The servers of a group by address. Its lock, which is that of every {@link SharedServer}, is held
 * where servers are opened and closed, and never while the program is called. Any thread.
 */
public final class SharedServers {
  /** An address, or the n-th time, from 1, that a loop asks for any free port there. */
  private record Place(SocketAddress address, int nth) {}

  private record Opener(Loop loop, SocketAddress address) {}

  /** A server of a group of one. */
  private record Alone(ServerShare server, Acceptor acceptor) implements ServerShare.Listening {
    @Override
    public List<ServerShare> members() {
      return List.of(server);
    }

    @Override
    public List<Integer> descriptors() {
      return acceptor.descriptors();
    }

    @Override
    public void leave(ServerShare leaving, boolean handedOver) {
      acceptor.close(handedOver);
    }
  }

  private final boolean alone;
  private final Map<Place, SharedServer> places = new HashMap<>();
  private final Map<Opener, Integer> freePorts = new HashMap<>();
  private boolean ending;

  /** {@code alone}: for a group of one, in which nothing is shared. */
  public SharedServers(boolean alone) {
    this.alone = alone;
  }

  /** Begins to listen for {@code server}, or joins the others of its address. */
  public void open(Loop loop, ServerShare server, ListenSettings settings) throws IOException {
    if (alone) {
      Acceptor acceptor = new Acceptor(loop, settings.listen(loop.poller()), server.alone());
      server.opened(acceptor.localAddress(), new Alone(server, acceptor));
      return;
    }
    SocketAddress address = settings.address();
    synchronized (this) {
      boolean anyPort = address instanceof InetSocketAddress inet && inet.getPort() == 0;
      Opener opener = new Opener(loop, address);
      int nth = anyPort ? freePorts.getOrDefault(opener, 0) + 1 : 0;
      Place place = new Place(address, nth);
      SharedServer shared = places.get(place);
      if (shared == null) {
        shared = new SharedServer(this, settings);
        SocketAddress local = shared.first(loop, server);
        places.put(place, shared);
        places.put(new Place(withPort(address, local), 0), shared);
        places.put(new Place(local, 0), shared);
      } else if (shared.serves(loop)) {
        throw new LinkException(
            LinkException.Kind.ADDRESS_IN_USE, "this loop listens there already", null);
      } else {
        shared.requireSame(settings);
        shared.join(loop, server);
      }
      if (anyPort) {
        freePorts.put(opener, nth);
      }
    }
  }

  /** The address as it was asked for, which may be a wildcard, with the port that was chosen. */
  static SocketAddress withPort(SocketAddress asked, SocketAddress local) {
    return asked instanceof InetSocketAddress inet && local instanceof InetSocketAddress chosen
        ? new InetSocketAddress(inet.getAddress(), chosen.getPort())
        : asked;
  }

  /** Nobody listens there any more. */
  void forget(SharedServer server) {
    places.values().removeAll(List.of(server));
  }

  /** All loops are about to end: nobody takes over from another any more. */
  public synchronized void ending() {
    ending = true;
  }

  boolean isEnding() {
    return ending;
  }
}
