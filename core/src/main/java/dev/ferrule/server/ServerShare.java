package dev.ferrule.server;

import dev.ferrule.access.EventSubject;
import dev.ferrule.connection.Addresses;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.TcpAcceptError;
import dev.ferrule.event.TcpBindError;
import dev.ferrule.event.TcpError;
import dev.ferrule.jfr.Recorder;
import dev.ferrule.loop.Handle;
import dev.ferrule.loop.Inbox;
import dev.ferrule.loop.Loop;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Listener;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One loop's share of a server: what an acceptor, of this loop or of another, gives its links to.
 * On its loop's thread, unless a method says otherwise.
 */
public final class ServerShare implements Handle {
  /** Connections on their way from another loop, so that a loop that is held up gets no more. */
  private static final int MOST_ARRIVING = 64;

  private static final String NO_MEMORY =
      "a connection was closed at once, for there is no memory left for it";

  private final Loop loop;
  private final Endpoint server;
  private final Consumer<Link> accepted;
  private final Consumer<TcpError> failed;
  private final AtomicInteger arriving = new AtomicInteger();
  private @Nullable SocketAddress localAddress;
  private volatile @Nullable Listening listening;
  private boolean closed;
  private boolean handedOver;

  /** What it is a part of, while it listens. */
  interface Listening {
    /** The shares of all loops. Any thread. */
    List<ServerShare> members();

    /** The descriptors of its sockets, as far as the poller tells them. Any thread. */
    List<Integer> descriptors();

    /** One of them ends, on its loop's thread. */
    void leave(ServerShare leaving, boolean handedOver);
  }

  /** A share that does not listen yet. */
  public ServerShare(
      Loop loop, Endpoint server, Consumer<Link> accepted, Consumer<TcpError> failed) {
    this.loop = loop;
    this.server = server;
    this.accepted = accepted;
    this.failed = failed;
  }

  /** It listens at that address, as a part of {@code whole}. */
  void opened(SocketAddress local, Listening whole) {
    localAddress = local;
    listening = whole;
    loop.handles().add(this);
  }

  /** Its loop. Any thread. */
  public Loop loop() {
    return loop;
  }

  /** The servers of all loops at its address. Any thread. */
  public List<Endpoint> servers() {
    Listening whole = listening;
    return whole == null ? List.of() : whole.members().stream().map(share -> share.server).toList();
  }

  /** The descriptors at its address, of all loops; none when nobody listens. Any thread. */
  public List<Integer> descriptors() {
    Listening whole = listening;
    return whole == null ? List.of() : whole.descriptors();
  }

  // ---- what acceptors call, maybe on the thread of another loop

  boolean isOn(Loop other) {
    return loop == other;
  }

  boolean execute(Runnable action) {
    return loop.executeIfRunning(action);
  }

  /** This share, as the only one that an acceptor accepts for. */
  Supplier<List<ServerShare>> alone() {
    List<ServerShare> self = List.of(this);
    return () -> self;
  }

  /** Whether it shall get no more connections for now. */
  boolean isCrowded() {
    return arriving.get() >= MOST_ARRIVING;
  }

  @Nullable Link take(Loop here, Listener listener) throws IOException {
    return isOn(here) ? listener.accept() : listener.acceptFor(loop.poller());
  }

  /** A link that {@link #take} gave: it is served, or closed when this share is not there now. */
  void accepted(Loop here, Link link) {
    if (isOn(here)) {
      serve(link);
      return;
    }
    arriving.incrementAndGet();
    Inbox.Chore arrival =
        () -> {
          arriving.decrementAndGet();
          serve(link);
        };
    if (!execute(arrival)) {
      link.close();
    }
  }

  private void serve(Link link) {
    if (closed && !handedOver) {
      link.close();
    } else {
      if (Recorder.accepts()) {
        Recorder.accepted(text(localAddress), text(link.remoteAddress()));
      }
      try {
        accepted.accept(link);
      } catch (OutOfMemoryError e) { // before there was a connection that could fail
        failed.accept(new TcpAcceptError(NO_MEMORY, server, e));
      }
    }
  }

  private static @Nullable String text(@Nullable SocketAddress address) {
    return address == null ? null : Addresses.text(address);
  }

  void acceptFailed(Loop here, String message, IOException reason) {
    if (isOn(here)) {
      failed.accept(new TcpAcceptError(message, server, reason));
    } else {
      execute(() -> acceptFailed(loop, message, reason));
    }
  }

  // ---- on its own thread again

  /** No loop listens there any more, and none could take over. */
  void lost(TcpBindError error) {
    if (!closed) {
      end();
      failed.accept(EventSubject.set(error, server));
    }
  }

  @Override
  public Kind kind() {
    return Kind.SERVER;
  }

  /** Stops listening; nothing when it does not listen. */
  @Override
  public void close() {
    if (!closed && listening != null) {
      end();
    }
  }

  /**
   * Stops listening where another process goes on: what was accepted and is on its way from another
   * loop is still served, for the other process will not have it.
   */
  public void closeHandedOver() {
    handedOver = true;
    close();
  }

  @Override
  public void drop() {
    if (!closed) {
      end();
    }
  }

  private void end() {
    closed = true;
    loop.handles().remove(this);
    Listening whole = listening;
    if (whole != null) {
      whole.leave(this, handedOver);
    }
  }

  /** Whether it has been closed. */
  public boolean isClosed() {
    return closed;
  }

  /** The address it listens on; null before it does. */
  public @Nullable SocketAddress localAddress() {
    return localAddress;
  }
}
