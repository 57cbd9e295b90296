package dev.ferrule.testkit;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A listener of a {@link SimulatedNetwork}. */
final class SimulatedListener implements Listener {
  private final SimulatedPoller poller;
  private final SocketAddress local;
  private final ArrayDeque<SimulatedLink> waiting = new ArrayDeque<>();
  private Link.@Nullable Ready ready;
  private boolean watched;
  private boolean closed;

  SimulatedListener(SimulatedPoller poller, SocketAddress local) {
    this.poller = poller;
    this.local = local;
  }

  void arrives(SimulatedLink link) {
    waiting.add(link);
  }

  boolean isReady() {
    return watched && !waiting.isEmpty();
  }

  void dispatch() {
    Link.Ready hears = ready;
    if (!closed && isReady() && hears != null) {
      hears.ready(Link.READ);
    }
  }

  @Override
  public void attach(Link.Ready hears) {
    ready = hears;
  }

  @Override
  public void interest(int ops) {
    watched = ops != 0;
  }

  @Override
  public @Nullable Link accept() {
    return waiting.poll();
  }

  @Override
  public @Nullable Link acceptFor(Poller home) {
    throw new UnsupportedOperationException("a simulated network is of one loop");
  }

  @Override
  public SocketAddress localAddress() {
    return local;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      poller.closed(this);
      waiting.forEach(SimulatedLink::abort);
    }
  }
}
