package dev.ferrule.testkit;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection of a {@link SimulatedNetwork}. It behaves as a TCP socket does: a close
 * with unread bytes, or bytes that reach a closed end, reset the connection. Belongs to the loop's
 * thread. A call that the contract of {@link Link} forbids is an IllegalStateException.
 */
public final class SimulatedLink implements Link {
  private final SimulatedPoller poller;
  private final NetworkConditions conditions;
  private final SimulatedPipe out;
  private final SocketAddress local;
  private final SocketAddress remote;
  private @Nullable SimulatedLink peer;
  private @Nullable Ready ready;
  private int interest;
  private long fullUntil; // the poll from which on it takes bytes again
  private long connectedFrom;
  private boolean refused;
  private boolean reset; // by the peer, seen from resetFrom on
  private long resetFrom;
  private boolean closed;
  private long sent;
  private long received;
  private final RecordScan records;
  private final Set<Fault> faults = EnumSet.noneOf(Fault.class);

  SimulatedLink(
      SimulatedPoller poller,
      NetworkConditions conditions,
      SocketAddress local,
      SocketAddress remote) {
    this.poller = poller;
    this.conditions = conditions;
    this.records = new RecordScan(conditions);
    this.out = new SimulatedPipe(conditions.capacity());
    this.local = local;
    this.remote = remote;
  }

  void join(SimulatedLink other) {
    peer = other;
    other.peer = this;
  }

  void refuse() {
    refused = true;
  }

  private SimulatedPipe in() {
    return other().out;
  }

  private SimulatedLink other() {
    return Objects.requireNonNull(peer, "not connected");
  }

  /** Bytes that were written at this end so far. */
  public long sent() {
    return sent;
  }

  /** The size of the buffers to the peer. */
  public int capacity() {
    return out.capacity();
  }

  /** Bytes that were read at this end so far. */
  public long received() {
    return received;
  }

  /** Bytes that were sent to this end and are not read yet. */
  public long unread() {
    return peer == null ? 0 : in().size();
  }

  /** Whether it was closed or aborted. */
  public boolean isClosed() {
    return closed;
  }

  /** What the poller watches. */
  public int interest() {
    return interest;
  }

  /** Whether this side sent FIN, by {@link #shutdownOutput} or {@link #close}. */
  public boolean hasEnded() {
    return out.fin();
  }

  /** What has become of the bytes that were written at this end, so far. */
  public Set<Fault> faults() {
    return Set.copyOf(faults);
  }

  // ---- for the poller

  void connectsAt(long poll) {
    connectedFrom = poll;
  }

  /** What it is ready for now, or reported as ready for, whether it is watched or not. */
  int readiness() {
    long now = poller.polls();
    if (now < connectedFrom) {
      return 0;
    }
    if (refused || isReset()) {
      return READ | WRITE;
    }
    if (peer == null) {
      return WRITE;
    }
    int ops = in().visible(now) > 0 || in().ended(now) ? READ : 0;
    return isWritable() || conditions.reportsFalsely() ? ops | WRITE : ops;
  }

  /** Whether a write would accept a byte now. */
  public boolean isWritable() {
    return peer != null && out.room() > 0 && poller.polls() >= fullUntil;
  }

  /** The next poll at which it may become ready without a call; Long.MAX_VALUE: none. */
  long changes() {
    long now = poller.polls();
    long next = Long.MAX_VALUE;
    if (!closed && interest != 0) {
      next = after(now, connectedFrom, next);
      next = after(now, fullUntil, next);
      next = reset ? after(now, resetFrom, next) : next;
      next = peer == null ? next : after(now, in().visibleFrom(), next);
    }
    return next;
  }

  private static long after(long now, long when, long otherwise) {
    return when > now ? Math.min(when, otherwise) : otherwise;
  }

  void dispatch(int ops) {
    Ready hears = ready;
    int wanted = ops & interest;
    if (!closed && wanted != 0 && hears != null) {
      hears.ready(wanted);
    }
  }

  // ---- a link

  @Override
  public void attach(Ready hears) {
    ready = hears;
  }

  @Override
  public void interest(int ops) {
    requireOpen();
    interest = ops;
  }

  @Override
  public boolean finishConnect() throws IOException {
    requireOpen();
    if (poller.polls() < connectedFrom) {
      return false;
    }
    if (refused) {
      throw new LinkException(LinkException.Kind.REFUSED, "nobody listens", null);
    }
    return true;
  }

  @Override
  public int read(ByteBuffer destination) throws IOException {
    requireOpen();
    requireWhole();
    SimulatedPipe in = in();
    int most = Math.min(in.visible(poller.polls()), destination.remaining());
    if (most == 0) {
      return in.ended(poller.polls()) && destination.hasRemaining() ? -1 : 0;
    }
    int n = conditions.gives(most);
    in.take(destination, n);
    received += n;
    poller.moved();
    return n;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    requireOpen();
    if (out.fin()) {
      throw new IllegalStateException("written to behind its FIN");
    }
    requireWhole();
    long now = poller.polls();
    int offered = source.remaining();
    if (now < fullUntil || offered == 0) {
      return 0;
    }
    if (sent >= conditions.resetsAfter()) {
      cut(now);
      return 0;
    }
    int n = (int) Math.min(Math.min(offered, out.room()), conditions.resetsAfter() - sent);
    n = n == 0 ? 0 : conditions.accepts(n);
    if (n < offered) {
      fullUntil = now + conditions.stalls();
    }
    if (n > 0) {
      int begin = source.position();
      out.put(source, n, now + conditions.delays());
      damage(source.slice(begin, n), now);
      sent += n;
      poller.moved();
      if (sent >= conditions.resetsAfter()) {
        cut(now);
      }
      if (out.readerClosed) {
        resets(now + 1 + conditions.delays());
      }
    }
    return n;
  }

  private void damage(ByteBuffer written, long now) {
    int n = written.remaining();
    records.scan(
        written,
        at -> {
          out.flip(n - at);
          faults.add(Fault.CORRUPTED_RECORD);
        });
    if (conditions.dropsCloseNotify() && records.endsWithAlert()) {
      out.hide(now + 1); // until it is known whether the FIN comes right behind it
    }
  }

  private void cut(long now) {
    if (faults.add(Fault.RESET)) {
      resets(now + 1);
      other().resets(now + 1);
    }
  }

  /** Ends the output, behind all that was written. */
  private void end() {
    if (out.fin()) {
      return;
    }
    if (conditions.dropsCloseNotify() && records.endsWithAlert() && out.size() > 0) {
      out.dropLast(records.lastLength());
      faults.add(Fault.LOST_CLOSE_NOTIFY);
    }
    out.end(poller.polls() + conditions.delays());
  }

  @Override
  public void shutdownOutput() throws IOException {
    requireOpen();
    requireWhole();
    end();
    poller.moved();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (peer != null && in().size() > 0) {
      abort(); // unread bytes: the system sends RST
      return;
    }
    closed = true;
    poller.closed(this);
    if (peer != null) {
      end();
      in().readerClosed = true;
    }
  }

  @Override
  public void abort() {
    if (closed) {
      return;
    }
    closed = true;
    poller.closed(this);
    if (peer != null) {
      in().readerClosed = true;
      out.clear();
      other().resets(poller.polls() + conditions.delays());
    }
  }

  @Override
  public void noDelay(boolean on) {}

  @Override
  public SocketAddress localAddress() {
    return local;
  }

  @Override
  public SocketAddress remoteAddress() {
    return remote;
  }

  /** RST arrives at this end at a later poll; bytes that were not read are lost. */
  void resets(long poll) {
    if (!reset) {
      reset = true;
      resetFrom = poll;
    }
  }

  private boolean isReset() {
    return reset && poller.polls() >= resetFrom;
  }

  private void requireWhole() throws LinkException {
    if (isReset()) {
      out.clear();
      if (peer != null) {
        in().clear();
      }
      throw new LinkException(LinkException.Kind.RESET, "the connection was reset", null);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the link is closed: nothing may be called on it any more");
    }
  }

  @Override
  public String toString() {
    return local + " to " + remote;
  }
}
