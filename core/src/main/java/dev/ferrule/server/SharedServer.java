package dev.ferrule.server;

import dev.ferrule.connection.Failures;
import dev.ferrule.event.TcpBindError;
import dev.ferrule.loop.Handle;
import dev.ferrule.loop.Inbox;
import dev.ferrule.loop.Loop;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One address that several loops of a group serve. Either each has a listener there, or one loop
 * accepts for all: then that acceptor stays where it is until the last server has closed, for to
 * move it would lose the connections that wait; only when its loop ends another takes over.
 *
 * <p>With the lock of {@link SharedServers}, {@link #members} apart.
 */
final class SharedServer implements Handle, ServerShare.Listening {
  private final SharedServers all;
  private ListenSettings settings; // with the port that was chosen
  private boolean handsOver;
  private boolean goesOn; // in another process
  private volatile List<ServerShare> members = List.of();
  private final Map<ServerShare, Acceptor> own = new LinkedHashMap<>(); // where each has a listener
  private @Nullable Acceptor acceptor; // of all members; null between one and the next

  SharedServer(SharedServers all, ListenSettings settings) {
    this.all = all;
    this.settings = settings;
  }

  /** The first server there; the address that it got. */
  SocketAddress first(Loop loop, ServerShare server) throws IOException {
    Poller poller = loop.poller();
    SocketAddress asked = settings.address();
    handsOver = !settings.isShared(poller);
    SocketAddress local;
    if (handsOver) {
      local = accept(loop);
      settings = settings.at(SharedServers.withPort(asked, local));
      join(loop, server);
    } else {
      if (asked instanceof InetSocketAddress inet && inet.getPort() != 0) {
        // A shared address would be shared with strangers too: find out that somebody has it.
        settings.listen(poller).forEach(Listener::close);
      }
      Listener listener = settings.listenShared(poller);
      local = listener.localAddress();
      settings = settings.at(SharedServers.withPort(asked, local));
      share(loop, server, listener);
    }
    return local;
  }

  /** One loop may accept for all, so that all have the same sockets and options. */
  void requireSame(ListenSettings others) {
    if (!settings.options().equals(others.options())) {
      throw new IllegalArgumentException(
          "the servers of a group at one address have the same socket options, here "
              + settings.options());
    }
    if (!settings.descriptors().equals(others.descriptors())) {
      throw new IllegalArgumentException(
          "the servers of a group at one address have the same descriptors, here "
              + settings.descriptors());
    }
  }

  /** One more server there. */
  void join(Loop loop, ServerShare server) throws IOException {
    if (!handsOver) {
      share(loop, server, settings.listenShared(loop.poller()));
      return;
    }
    add(server);
    server.opened(acceptor == null ? settings.address() : acceptor.localAddress(), this);
  }

  private void share(Loop loop, ServerShare server, Listener listener) {
    Acceptor accepts = new Acceptor(loop, List.of(listener), server.alone());
    own.put(server, accepts);
    add(server);
    server.opened(accepts.localAddress(), this);
  }

  private SocketAddress accept(Loop loop) throws IOException {
    Acceptor accepts = new Acceptor(loop, settings.listen(loop.poller()), () -> members);
    acceptor = accepts;
    loop.handles().add(this);
    return accepts.localAddress();
  }

  private void add(ServerShare server) {
    List<ServerShare> more = new ArrayList<>(members);
    more.add(server);
    members = List.copyOf(more);
  }

  boolean serves(Loop loop) {
    return members.stream().anyMatch(member -> member.isOn(loop));
  }

  @Override
  public List<ServerShare> members() {
    return members;
  }

  @Override
  public List<Integer> descriptors() {
    synchronized (all) {
      Acceptor current = acceptor;
      return current != null
          ? current.descriptors()
          : own.values().stream().flatMap(each -> each.descriptors().stream()).toList();
    }
  }

  @Override
  public void leave(ServerShare server, boolean handedOver) {
    synchronized (all) {
      goesOn |= handedOver;
      Acceptor accepts = own.remove(server);
      if (accepts != null) {
        accepts.close(handedOver);
      }
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
        current.close(goesOn);
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
        current.close(goesOn);
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
        accept(next.loop());
      } catch (IOException e) {
        all.forget(this);
        for (ServerShare member : members) {
          TcpBindError error = Failures.binding(e, settings.address());
          member.execute(() -> member.lost(error));
        }
      }
    }
  }
}
