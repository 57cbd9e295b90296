package dev.ferrule.server;

import dev.ferrule.loop.Loop;
import dev.ferrule.loop.TimerTask;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.Listener;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes connections from the listeners of an address in bounded rounds, for one server, or for
 * those of several loops in turn. On the thread of the loop that it was made on.
 */
final class Acceptor {
  /** Connections taken per turn, so that a flood of them does not starve those that are open. */
  private static final int ACCEPTS_PER_TURN = 64;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final Loop loop;
  private final List<Listener> listeners;
  private final Supplier<List<ServerShare>> takers;
  private int turn;
  private @Nullable TimerTask pause;
  private Duration nextPause = FIRST_PAUSE;
  private boolean closed;

  Acceptor(Loop loop, List<Listener> listeners, Supplier<List<ServerShare>> takers) {
    this.loop = loop;
    this.listeners = listeners;
    this.takers = takers;
    for (Listener listener : listeners) {
      listener.attach(ops -> accept(listener));
    }
    listen(Link.READ);
  }

  private void listen(int interest) {
    for (Listener listener : listeners) {
      listener.interest(interest);
    }
  }

  Loop loop() {
    return loop;
  }

  SocketAddress localAddress() {
    return listeners.getFirst().localAddress();
  }

  /** Those of its listeners, as far as the poller tells them. Any thread. */
  List<Integer> descriptors() {
    return listeners.stream().map(Listener::descriptor).filter(each -> each >= 0).toList();
  }

  private void accept(Listener listener) {
    for (int left = ACCEPTS_PER_TURN; left > 0 && !closed; left--) {
      ServerShare taker = taker();
      if (taker == null) {
        pause(FIRST_PAUSE); // those that wait may do so in the backlog
        return;
      }
      Link link;
      try {
        link = taker.take(loop, listener);
      } catch (IOException e) {
        if (e instanceof LinkException gone && gone.kind() == LinkException.Kind.RESET) {
          continue; // that one client left before its turn came; the others are fine
        }
        failed(taker, e);
        return;
      }
      if (link == null) {
        return;
      }
      turn++;
      nextPause = FIRST_PAUSE;
      taker.accepted(loop, link);
      loop.settle();
    }
  }

  /** Whose turn it is; null when none can take any now. */
  private @Nullable ServerShare taker() {
    List<ServerShare> all = takers.get();
    for (int i = 0; i < all.size(); i++) {
      int at = (turn + i) % all.size();
      if (!all.get(at).isCrowded()) {
        turn = at;
        return all.get(at);
      }
    }
    return null;
  }

  /**
   * Out of descriptors, mostly: the connection stays in the backlog, and asking again would spin.
   */
  private void failed(ServerShare taker, IOException reason) {
    pause(nextPause);
    String message =
        "a connection could not be accepted, trying again in "
            + nextPause.toMillis()
            + " ms: "
            + reason.getMessage();
    nextPause = nextPause.multipliedBy(2);
    if (nextPause.compareTo(LONGEST_PAUSE) > 0) {
      nextPause = LONGEST_PAUSE;
    }
    taker.acceptFailed(loop, message, reason);
  }

  private void pause(Duration time) {
    listen(0);
    pause =
        loop.delay(
            time,
            () -> {
              pause = null;
              listen(Link.READ);
            });
  }

  /** Stops listening; {@code handedOver} where another process goes on there. */
  void close(boolean handedOver) {
    closed = true;
    if (pause != null) {
      loop.timers().remove(pause);
      pause = null;
    }
    listeners.forEach(handedOver ? Listener::closeHandedOver : Listener::close);
  }
}
