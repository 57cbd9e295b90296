package dev.ferrule;

import dev.ferrule.event.Endpoint;
import dev.ferrule.event.TcpAcceptError;
import dev.ferrule.event.TcpBindError;
import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Listener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A listening TCP server of an event loop; in a {@link LoopGroup}, that loop's share of a server.
 * All calls are made on the loop's thread. cl-async: {@code tcp-server}.
 */
public class TcpServer implements Endpoint {
  /** Connections on their way from another loop, so that a loop that is held up gets no more. */
  private static final int MOST_ARRIVING = 64;

  private final AtomicInteger arriving = new AtomicInteger();
  private @Nullable EventLoop loop;
  private @Nullable Callbacks callbacks;
  private @Nullable Consumer<Link> accepted;
  private @Nullable SocketAddress localAddress;
  private @Nullable Runnable leave;
  private @Nullable Object attachment;
  private boolean closed;

  /** For the kinds of servers; a program opens its own with {@link Tcp}. */
  protected TcpServer() {}

  /** Before it listens. */
  void begin(EventLoop on, Callbacks calls, Consumer<Link> taking) {
    loop = on;
    callbacks = calls;
    accepted = taking;
  }

  /** It listens; {@code leaving} ends that. */
  void opened(SocketAddress local, Runnable leaving) {
    localAddress = local;
    leave = leaving;
    on().holdings().add(this);
  }

  EventLoop on() {
    return Objects.requireNonNull(loop);
  }

  // ---- what acceptors call, maybe on the thread of another loop

  boolean isOn(EventLoop other) {
    return loop == other;
  }

  boolean execute(Runnable action) {
    return on().executeIfRunning(action);
  }

  /** This server, as the only one that an acceptor accepts for. */
  Supplier<List<TcpServer>> alone() {
    List<TcpServer> self = List.of(this);
    return () -> self;
  }

  /** Whether it shall get no more connections for now. */
  boolean isCrowded() {
    return arriving.get() >= MOST_ARRIVING;
  }

  @Nullable Link take(EventLoop here, Listener listener) throws IOException {
    return isOn(here) ? listener.accept() : listener.acceptFor(on().poller());
  }

  /** A link that {@link #take} gave: it is served, or closed when this server is not there now. */
  void accepted(EventLoop here, Link link) {
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
    if (closed) {
      link.close();
    } else {
      Objects.requireNonNull(accepted).accept(link);
    }
  }

  void acceptFailed(EventLoop here, String message, IOException reason) {
    if (isOn(here)) {
      tell(new TcpAcceptError(message, this, reason));
    } else {
      execute(() -> acceptFailed(on(), message, reason));
    }
  }

  // ---- on its own thread again

  private void tell(TcpError event) {
    on().guard().tell(callbacks == null ? null : callbacks.event, event);
  }

  /** No loop listens there any more, and none could take over. */
  void lost(TcpBindError error) {
    if (!closed) {
      end();
      error.concerns(this);
      tell(error);
    }
  }

  /**
   * Stops listening; connections that were accepted live on. Harmless when closed already. In a
   * group the other loops go on listening. cl-async: {@code close-tcp-server}.
   */
  public void close() {
    if (!closed && leave != null) {
      on().check();
      end();
    }
  }

  /** The loop ends, and takes the server with it. */
  void drop() {
    if (!closed) {
      end();
    }
  }

  private void end() {
    closed = true;
    on().holdings().remove(this);
    if (leave != null) {
      leave.run();
    }
  }

  /** Whether it has been closed. */
  public boolean isClosed() {
    return closed;
  }

  /** The port it listens on, also when it was opened on port 0; -1 for a Unix-domain address. */
  public int port() {
    return localAddress() instanceof InetSocketAddress inet ? inet.getPort() : -1;
  }

  @Override
  public @Nullable SocketAddress localAddress() {
    return localAddress;
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return null;
  }

  @Override
  public @Nullable Object attachment() {
    return attachment;
  }

  /** Attaches an object of the program. */
  public void attach(@Nullable Object object) {
    attachment = object;
  }
}
