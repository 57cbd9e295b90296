package dev.ferrule;

import dev.ferrule.event.Endpoint;
import dev.ferrule.event.TcpAcceptError;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.Listener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A listening TCP server of an event loop. All calls are made on the loop's thread. cl-async:
 * {@code tcp-server}.
 */
public class TcpServer implements Endpoint {
  /** Connections taken per turn, so that a flood of them does not starve those that are open. */
  private static final int ACCEPTS_PER_TURN = 64;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private @Nullable EventLoop loop;
  private @Nullable Listener listener;
  private @Nullable Timer pause;
  private @Nullable Callbacks callbacks;
  private @Nullable Object attachment;
  private Duration nextPause = FIRST_PAUSE;
  private boolean closed;

  /** For the kinds of servers; a program opens its own with {@link Tcp}. */
  protected TcpServer() {}

  void begin(EventLoop on, Listener listening, Callbacks calls, Consumer<Link> accepted) {
    loop = on;
    listener = listening;
    callbacks = calls;
    on.holdings().add(this);
    listening.attach(ops -> accept(on, listening, accepted));
    listening.interest(Link.READ);
  }

  private void accept(EventLoop on, Listener listening, Consumer<Link> accepted) {
    for (int left = ACCEPTS_PER_TURN; left > 0 && !closed; left--) {
      Link link;
      try {
        link = listening.accept();
      } catch (IOException e) {
        if (e instanceof LinkException gone && gone.kind() == LinkException.Kind.RESET) {
          continue; // that one client left before its turn came; the others are fine
        }
        pause(on, listening, e);
        return;
      }
      if (link == null) {
        return;
      }
      nextPause = FIRST_PAUSE;
      accepted.accept(link);
    }
  }

  /**
   * Out of descriptors, mostly: the connection stays in the backlog, and asking again would spin.
   */
  private void pause(EventLoop on, Listener listening, IOException reason) {
    listening.interest(0);
    pause =
        on.delay(
            nextPause,
            () -> {
              pause = null;
              listening.interest(Link.READ);
            });
    String message =
        "a connection could not be accepted, trying again in "
            + nextPause.toMillis()
            + " ms: "
            + reason.getMessage();
    nextPause = nextPause.multipliedBy(2);
    if (nextPause.compareTo(LONGEST_PAUSE) > 0) {
      nextPause = LONGEST_PAUSE;
    }
    on.tell(callbacks == null ? null : callbacks.event, new TcpAcceptError(message, this, reason));
  }

  /**
   * Stops listening; connections that were accepted live on. Harmless when closed already.
   * cl-async: {@code close-tcp-server}.
   */
  public void close() {
    EventLoop on = loop;
    if (closed || on == null || listener == null) {
      return;
    }
    on.check();
    end(on, listener);
  }

  /** The loop ends, and takes the server with it. */
  void drop() {
    if (!closed && loop != null && listener != null) {
      end(loop, listener);
    }
  }

  private void end(EventLoop on, Listener listening) {
    closed = true;
    if (pause != null) {
      on.timers().remove(pause);
      pause = null;
    }
    on.holdings().remove(this);
    listening.close();
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
    return listener == null ? null : listener.localAddress();
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
