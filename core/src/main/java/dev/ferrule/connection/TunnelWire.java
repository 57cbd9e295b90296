package dev.ferrule.connection;

import dev.ferrule.event.Endpoint;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The wire of a connection until its way through proxies is open and its own handshake is done; its
 * handshake is all of that, and another wire goes on. Whatever a proxy says is bounded, and nothing
 * is read of what follows. On the loop's thread.
 */
final class TunnelWire implements Wire {
  private enum Stage {
    /** SSL to the proxy, if there is to be. */
    SECURE,
    /** What is agreed on with it. */
    AGREE,
    /** The socket's own handshake. */
    INNER
  }

  private final Tunnel tunnel;
  private final Transport.Owner outside;
  private final Transport.Owner inside = new InnerOwner();
  private final List<WireLink> levels = new ArrayList<>(0);
  private Link link;
  private Buffers buffers;
  private Outlet outlet;
  private Stage stage = Stage.SECURE;
  private int hop;
  private @Nullable Wire current; // of this stage
  private @Nullable Prelude prelude;
  private boolean handedOn;

  /** Whose wires and outlets are on top of each other. */
  private final class InnerOwner implements Transport.Owner {
    @Override
    public Outlet open(Memory memory) {
      outlet.changeMemory(memory);
      return outlet;
    }

    @Override
    public void call(Consumer<? super Endpoint> callback) {
      outside.call(callback);
    }

    @Override
    public @Nullable SocketAddress client(Link link) {
      return outside.client(link);
    }

    @Override
    public int peerPort(Link link) {
      return tunnel.port();
    }

    @Override
    public void notice(String sentence) {
      outside.notice(sentence);
    }

    @Override
    public void resume() {
      outside.resume();
    }
  }

  TunnelWire(Tunnel tunnel, Link link, Buffers buffers, Transport.Owner owner, Outlet outlet) {
    this.tunnel = tunnel;
    this.link = link;
    this.buffers = buffers;
    this.outside = owner;
    this.outlet = outlet;
  }

  /** What is waited for, if it is a proxy's answer. */
  @Nullable String awaitedProxy() {
    return stage == Stage.INNER ? null : tunnel.hops().get(hop).whom();
  }

  @Override
  public Memory memory() {
    return current == null ? Memory.NATIVE : current.memory();
  }

  @Override
  public int handshake() throws IOException {
    int result = step();
    while (result == READ && WireLink.hold(levels)) {
      result = step(); // the link tells nothing of what a wire below has read already
    }
    outlet.flush();
    return result == READ ? WireLink.needs(levels) : result;
  }

  private int step() throws IOException {
    int result = DONE;
    while (result == DONE && stage != Stage.INNER) {
      result = stage == Stage.SECURE ? secure() : agree();
    }
    return result == DONE ? goOn() : result;
  }

  /** Puts SSL on the way to the proxy. */
  private int secure() throws IOException {
    Transport over = tunnel.hops().get(hop).secure();
    if (over == null) {
      stage = Stage.AGREE;
      return DONE;
    }
    Wire wire = current;
    if (wire == null) {
      wire = over.wire(link, buffers, inside);
      current = wire;
    }
    Wire established;
    try {
      int result = wire.handshake();
      if (result != DONE) {
        return result;
      }
      established = wire.established();
    } catch (EventError e) {
      throw over.with(tunnel.hops().get(hop).whom(), e);
    }
    if (established != wire) {
      wire.release();
    }
    current = null;
    over.secured(tunnel.hops().get(hop), established);
    WireLink level = new WireLink(established, link, buffers, outlet);
    levels.add(level);
    link = level;
    buffers = NestedOutlet.buffersAbove(buffers);
    outlet = new NestedOutlet(level, buffers, Memory.NATIVE, outlet);
    outside.replace(outlet);
    stage = Stage.AGREE;
    return DONE;
  }

  /** Talks with the proxy until it has connected to the next one, or to the peer. */
  private int agree() throws IOException {
    Prelude talk = prelude;
    if (talk == null) {
      talk = tunnel.hops().get(hop).prelude().get();
      prelude = talk;
      outlet.keep(ByteBuffer.wrap(talk.begin()));
    }
    outlet.flush();
    while (talk.wants() > 0) {
      ByteBuffer answer = buffers.input(Memory.NATIVE);
      answer.limit(Math.min(answer.capacity(), talk.wants()));
      int n = link.read(answer);
      if (n < 0) {
        throw new TcpError(
            "EPROXY", talk.whom() + " closed the connection instead of answering", null, null);
      }
      if (n == 0) {
        return READ;
      }
      outlet.keep(ByteBuffer.wrap(talk.hear(answer.flip())));
      outlet.flush();
    }
    prelude = null;
    hop++;
    if (hop < tunnel.hops().size()) {
      stage = Stage.SECURE;
      return DONE;
    }
    return agreed(talk);
  }

  /** The peer is reached. Whoever says something before a client's handshake is not the peer. */
  private int agreed(Prelude last) throws IOException {
    stage = Stage.INNER;
    if (tunnel.inner() == Transport.PLAIN) {
      return DONE;
    }
    if (last.answers() && link.read(buffers.input(Memory.NATIVE).limit(1)) > 0) {
      throw new TcpError(
          "EPROXY", last.whom() + " sent bytes behind its answer, before SSL began", null, null);
    }
    outside.connected();
    return LATER;
  }

  /** The wire of the socket's own handshake; null before that. */
  @Nullable Wire inner() {
    return stage == Stage.INNER ? current : null;
  }

  /** What SSL is put on the way to a proxy by; null when that is not what goes on. */
  @Nullable Transport securing() {
    return stage == Stage.SECURE ? tunnel.hops().get(hop).secure() : null;
  }

  /** The wire of this stage; null when it has none. */
  @Nullable Wire current() {
    return current;
  }

  private int goOn() throws IOException {
    Wire wire = current;
    if (wire == null) {
      wire = tunnel.inner().wire(link, buffers, inside);
      current = wire;
    }
    return wire.handshake();
  }

  @Override
  public Wire established() throws IOException {
    Wire wire = current;
    if (wire == null) {
      throw new IllegalStateException("no handshake was done");
    }
    Wire established = wire.established();
    if (established != wire) {
      wire.release();
    }
    handedOn = true;
    return levels.isEmpty() ? established : new NestedWire(established, levels, buffers, outlet);
  }

  @Override
  public Runnable task() {
    for (WireLink level : levels) {
      if (level.needs() == TASK) {
        return level.task();
      }
    }
    if (current == null) {
      throw new IllegalStateException("no task was asked for");
    }
    return current.task();
  }

  @Override
  public void abandonTask() {
    levels.forEach(WireLink::abandonTask);
    if (current != null) {
      current.abandonTask();
    }
  }

  @Override
  public int read(ByteBuffer destination) {
    throw new IllegalStateException("another wire reads");
  }

  @Override
  public boolean buffered() {
    return false;
  }

  @Override
  public int write(ByteBuffer source) {
    throw new IllegalStateException("another wire writes");
  }

  /** What a wire has to say about a handshake that is broken off. */
  @Override
  public int closeOutput() throws IOException {
    Wire wire = current;
    return wire == null ? DONE : wire.closeOutput();
  }

  @Override
  public void release() {
    if (handedOn) {
      return;
    }
    if (current != null) {
      current.release();
    }
    levels.reversed().forEach(WireLink::release);
  }
}
