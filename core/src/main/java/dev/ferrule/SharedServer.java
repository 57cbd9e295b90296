package dev.ferrule;

import dev.ferrule.event.TcpBindError;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
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
final class SharedServer {
  private final SharedServers all;
  private final int backlog;
  private SocketAddress address = new InetSocketAddress(0); // to listen on, with the port
  private boolean handsOver;
  private volatile List<TcpServer> members = List.of();
  private @Nullable Acceptor acceptor; // of all members; null between one and the next

  SharedServer(SharedServers all, int backlog) {
    this.all = all;
    this.backlog = backlog;
  }

  /** The first server there; the address that it got. */
  SocketAddress first(EventLoop loop, TcpServer server, SocketAddress asked) throws IOException {
    Poller poller = loop.poller();
    handsOver = !(poller.sharesAddresses() && asked instanceof InetSocketAddress);
    Listener listener;
    if (handsOver) {
      listener = poller.listen(asked, backlog);
    } else {
      if (asked instanceof InetSocketAddress inet && inet.getPort() != 0) {
        // A shared address would be shared with strangers too: find out that somebody has it.
        poller.listen(asked, backlog).close();
      }
      listener = poller.listenShared(asked, backlog);
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

  /** One more server there. */
  void join(EventLoop loop, TcpServer server) throws IOException {
    if (!handsOver) {
      share(loop, server, loop.poller().listenShared(address, backlog));
      return;
    }
    add(server);
    server.opened(acceptor == null ? address : acceptor.localAddress(), () -> leave(server));
  }

  private void share(EventLoop loop, TcpServer server, Listener listener) {
    Acceptor own = new Acceptor(loop, listener, server.alone());
    add(server);
    server.opened(
        own.localAddress(),
        () -> {
          own.close();
          leave(server);
        });
  }

  private void accept(EventLoop loop, Listener listener) {
    acceptor = new Acceptor(loop, listener, () -> members);
    loop.holdings().add(this);
  }

  private void add(TcpServer server) {
    List<TcpServer> more = new ArrayList<>(members);
    more.add(server);
    members = List.copyOf(more);
  }

  boolean serves(EventLoop loop) {
    return members.stream().anyMatch(member -> member.isOn(loop));
  }

  private void leave(TcpServer server) {
    synchronized (all) {
      members = members.stream().filter(member -> member != server).toList();
      if (!members.isEmpty()) {
        return;
      }
      Acceptor on = acceptor;
      if (!handsOver) {
        all.forget(this);
      } else if (on != null && on.loop().inLoop()) {
        closeIfUnused();
      } else if (on != null) {
        on.loop().executeIfRunning((Inbox.Chore) this::closeIfUnused); // else it does so at its end
      }
    }
  }

  private void closeIfUnused() {
    synchronized (all) {
      Acceptor on = acceptor;
      if (members.isEmpty() && on != null) {
        on.loop().holdings().remove(this);
        on.close();
        acceptor = null;
        all.forget(this);
      }
    }
  }

  /** The loop that accepts ends; on its thread. */
  void drop() {
    synchronized (all) {
      Acceptor on = acceptor;
      if (on != null) {
        on.loop().holdings().remove(this);
        on.close();
        acceptor = null;
        moveOn();
      }
    }
  }

  private void moveOn() {
    for (TcpServer next : members) {
      if (!all.isEnding() && next.execute((Inbox.Chore) () -> takeOver(next))) {
        return;
      }
    }
    all.forget(this);
  }

  private void takeOver(TcpServer next) {
    synchronized (all) {
      if (next.isClosed()) {
        moveOn();
        return;
      }
      try {
        accept(next.on(), next.on().poller().listen(address, backlog));
      } catch (IOException e) {
        all.forget(this);
        for (TcpServer member : members) {
          TcpBindError error = Failures.binding(e, address);
          member.execute(() -> member.lost(error));
        }
      }
    }
  }
}
