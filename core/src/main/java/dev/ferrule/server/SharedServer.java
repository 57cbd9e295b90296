package dev.ferrule.server;

import dev.ferrule.connection.Failures;
import dev.ferrule.event.TcpBindError;
import dev.ferrule.loop.Handle;
import dev.ferrule.loop.Inbox;
import dev.ferrule.loop.Loop;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.SocketOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One address that several loops of a group serve. Either each has a listener there, or one loop
 * accepts for all: then that acceptor stays where it is until the last server has closed, for to
 * move it would lose the connections that wait; only when its loop ends another takes over.
 *
 * <p>With the lock of {@link SharedServers}, {@link #members} apart.
 */
final class SharedServer implements Handle {
  private final SharedServers all;
  private final int backlog;
  private final SocketOptions options;
  private SocketAddress address = new InetSocketAddress(0); // to listen on, with the port
  private boolean handsOver;
  private volatile List<ServerShare> members = List.of();
  private @Nullable Acceptor acceptor; // of all members; null between one and the next

  SharedServer(SharedServers all, int backlog, SocketOptions options) {
    this.all = all;
    this.backlog = backlog;
    this.options = options;
  }

  /** The first server there; the address that it got. */
  SocketAddress first(Loop loop, ServerShare server, SocketAddress asked) throws IOException {
    Poller poller = loop.poller();
    handsOver = !(poller.sharesAddresses() && asked instanceof InetSocketAddress);
    Listener listener;
    if (handsOver) {
      listener = poller.listen(asked, backlog, options);
    } else {
      if (asked instanceof InetSocketAddress inet && inet.getPort() != 0) {
        // A shared address would be shared with strangers too: find out that somebody has it.
        poller.listen(asked, backlog, options).close();
      }
      listener = poller.listenShared(asked, backlog, options);
    }
    SocketAddress local = listener.localAddress();
    address = SharedServers.withPort(asked, local);
    if (handsOver) {
      accept(loop, listener);
      join(loop, server);
    } else {
      share(loop, server, listener);
    }
    return local;
  }

  /** One loop may accept for all, so that all have the same options. */
  void requireSame(SocketOptions others) {
    if (!options.equals(others)) {
      throw new IllegalArgumentException(
          "the servers of a group at one address have the same socket options, here " + options);
    }
  }

  /** One more server there. */
  void join(Loop loop, ServerShare server) throws IOException {
    if (!handsOver) {
      share(loop, server, loop.poller().listenShared(address, backlog, options));
      return;
    }
    add(server);
    server.opened(
        acceptor == null ? address : acceptor.localAddress(), () -> leave(server), () -> members);
  }

  private void share(Loop loop, ServerShare server, Listener listener) {
    Acceptor own = new Acceptor(loop, listener, server.alone());
    add(server);
    server.opened(
        own.localAddress(),
        () -> {
          own.close();
          leave(server);
        },
        () -> members);
  }

  private void accept(Loop loop, Listener listener) {
    acceptor = new Acceptor(loop, listener, () -> members);
    loop.handles().add(this);
  }

  private void add(ServerShare server) {
    List<ServerShare> more = new ArrayList<>(members);
    more.add(server);
    members = List.copyOf(more);
  }

  boolean serves(Loop loop) {
    return members.stream().anyMatch(member -> member.isOn(loop));
  }

  private void leave(ServerShare server) {
    synchronized (all) {
      members = members.stream().filter(member -> member != server).toList();
      if (!members.isEmpty()) {
        return;
      }
      Acceptor current = acceptor;
      if (!handsOver) {
        all.forget(this);
      } else if (current != null && current.loop().inLoop()) {
        closeIfUnused();
      } else if (current != null) {
        current
            .loop()
            .executeIfRunning((Inbox.Chore) this::closeIfUnused); // else it does so at its end
      }
    }
  }

  private void closeIfUnused() {
    synchronized (all) {
      Acceptor current = acceptor;
      if (members.isEmpty() && current != null) {
        current.loop().handles().remove(this);
        current.close();
        acceptor = null;
        all.forget(this);
      }
    }
  }

  @Override
  public Kind kind() {
    return Kind.ACCEPTOR;
  }

  /** Servers are closed one by one; the last one ends this. */
  @Override
  public void close() {}

  /** The loop that accepts ends; on its thread. */
  @Override
  public void drop() {
    synchronized (all) {
      Acceptor current = acceptor;
      if (current != null) {
        current.loop().handles().remove(this);
        current.close();
        acceptor = null;
        moveOn();
      }
    }
  }

  private void moveOn() {
    for (ServerShare next : members) {
      if (!all.isEnding() && next.execute((Inbox.Chore) () -> takeOver(next))) {
        return;
      }
    }
    all.forget(this);
  }

  private void takeOver(ServerShare next) {
    synchronized (all) {
      if (next.isClosed()) {
        moveOn();
        return;
      }
      try {
        accept(next.loop(), next.loop().poller().listen(address, backlog, options));
      } catch (IOException e) {
        all.forget(this);
        for (ServerShare member : members) {
          TcpBindError error = Failures.binding(e, address);
          member.execute(() -> member.lost(error));
        }
      }
    }
  }
}
