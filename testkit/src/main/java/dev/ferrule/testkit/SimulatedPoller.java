package dev.ferrule.testkit;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The poller of a {@link SimulatedNetwork}. */
final class SimulatedPoller implements Poller {
  private static final int FIRST_PORT = 20_000;

  /** After so many polls in which no byte moved and no time passed, the loop spins. */
  private static final int SPIN = 20_000;

  private final SimulatedNetwork network;
  private final List<SimulatedLink> links = new ArrayList<>();
  private final List<SimulatedLink> open = new ArrayList<>();
  private final List<SimulatedListener> listeners = new ArrayList<>();
  private final List<Runnable> round = new ArrayList<>();
  private int nextPort = FIRST_PORT;
  private long polls;
  private long movedAt;
  private volatile boolean woken;

  SimulatedPoller(SimulatedNetwork network) {
    this.network = network;
  }

  List<SimulatedLink> links() {
    return links;
  }

  long polls() {
    return polls;
  }

  long idlePolls() {
    return polls - movedAt;
  }

  void moved() {
    movedAt = polls;
  }

  void closed(SimulatedLink link) {
    open.remove(link);
    moved();
  }

  void closed(SimulatedListener listener) {
    listeners.remove(listener);
  }

  @Override
  public Link connect(SocketAddress address) {
    SocketAddress own = nextAddress();
    SimulatedLink client = add(own, address, network.nextConditions());
    NetworkConditions conditions =
        network.nextConditions(); // also when no listener has the address
    SimulatedListener listener = listening(address);
    client.connectsAt(polls + 1);
    if (listener == null) {
      client.refuse();
    } else {
      SimulatedLink server = add(address, own, conditions);
      client.join(server);
      listener.arrives(server);
    }
    return client;
  }

  private SimulatedLink add(SocketAddress near, SocketAddress far, NetworkConditions conditions) {
    SimulatedLink link = new SimulatedLink(this, conditions, near, far);
    links.add(link);
    open.add(link);
    return link;
  }

  private @Nullable SimulatedListener listening(SocketAddress address) {
    for (SimulatedListener listener : listeners) {
      if (listener.localAddress().equals(address)) {
        return listener;
      }
    }
    return null;
  }

  @Override
  public Listener listen(SocketAddress local, int backlog) throws IOException {
    boolean any = local instanceof InetSocketAddress inet && inet.getPort() == 0;
    SocketAddress address = any ? nextAddress() : local;
    if (listening(address) != null) {
      throw new LinkException(LinkException.Kind.ADDRESS_IN_USE, "in use", null);
    }
    SimulatedListener listener = new SimulatedListener(this, address);
    listeners.add(listener);
    return listener;
  }

  private SocketAddress nextAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), nextPort++);
  }

  @Override
  public void poll(long nanos) {
    polls++;
    if (idlePolls() > SPIN) {
      throw new AssertionError("the loop spins: " + SPIN + " polls, and nothing moved");
    }
    if (dispatch() || nanos == 0) {
      return;
    }
    long next = nextChange();
    if (next < Long.MAX_VALUE) {
      polls = next;
      moved();
      dispatch();
    } else if (woken) {
      woken = false;
    } else if (!network.idles(nanos)) {
      pass(nanos);
    }
  }

  private void pass(long nanos) {
    if (nanos < 0) {
      throw new AssertionError("the loop waits for ever: nothing is ready, and no timer runs");
    }
    network.pass(nanos);
    moved();
  }

  private long nextChange() {
    long next = Long.MAX_VALUE;
    for (SimulatedLink link : open) {
      next = Math.min(next, link.changes());
    }
    return next;
  }

  /** Dispatches what is ready at the call, in random order. */
  private boolean dispatch() {
    round.clear();
    for (SimulatedListener listener : listeners) {
      if (listener.isReady()) {
        round.add(listener::dispatch);
      }
    }
    for (SimulatedLink link : open) {
      int ops = link.interest() == 0 ? 0 : link.readiness() & link.interest();
      if (ops != 0) {
        round.add(() -> link.dispatch(ops));
      }
    }
    Collections.shuffle(round, network.order());
    List<Runnable> ready = List.copyOf(round);
    ready.forEach(Runnable::run);
    return !ready.isEmpty();
  }

  @Override
  public void wake() {
    woken = true;
  }

  @Override
  public void close() {}
}
