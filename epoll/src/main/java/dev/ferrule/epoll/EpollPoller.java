package dev.ferrule.epoll;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.SocketOptions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Poller} on epoll(7). A turn is one epoll_wait. Changes of interest are collected and
 * passed to the kernel just before the wait, if they still differ from what the kernel watches.
 */
final class EpollPoller implements Poller {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** Events per epoll_wait; further ready descriptors come in the next turn. */
  private static final int EVENTS = 1024;

  /**
   * The user data of the eventfd. A descriptor's is its number in the low half and its ticket in
   * the high half.
   */
  private static final long WAKEUP = -1;

  private static final ValueLayout.OfLong MARK =
      ValueLayout.JAVA_LONG_UNALIGNED; // packed on x86-64

  final Scratch scratch = new Scratch();
  private @Nullable RecordMessage recordMessage;
  final Regions regions = new Regions();
  private final Sockets sockets = new Sockets(scratch);
  private final MemorySegment events;
  private final int eventBytes = Platform.current().eventBytes();
  private final int markAt = eventBytes - Long.BYTES;
  private final int epoll;
  private final Wakeup wakeup;
  private final ArrayList<Watched> changes = new ArrayList<>();

  /**
   * Descriptors to report in this turn: new events, and readiness that was reported and not used
   * up.
   */
  private ArrayList<Watched> due = new ArrayList<>();

  private ArrayList<Watched> spare = new ArrayList<>();

  /** The descriptors that the kernel watches, by number. */
  private @Nullable Watched[] watched = new Watched[64];

  private int tickets;
  private boolean waitsNanos = true;
  private boolean closed;

  EpollPoller() throws IOException {
    events = Arena.ofAuto().allocate((long) EVENTS * eventBytes, 8);
    epoll = EpollCalls.create(scratch.errno);
    if (epoll < 0) {
      throw Errno.failure(-epoll);
    }
    Wakeup opened = null;
    try {
      opened = new Wakeup();
      int edges = EpollCalls.EPOLLIN | EpollCalls.EPOLLET;
      int n = control(EpollCalls.EPOLL_CTL_ADD, opened.fd(), edges, WAKEUP);
      if (n < 0) {
        throw Errno.failure(-n);
      }
    } catch (IOException e) {
      if (opened != null) {
        opened.close();
      }
      Libc.close(epoll);
      throw e;
    }
    wakeup = opened;
  }

  @Override
  public @Nullable String refusal(SocketOptions.Option option) {
    return null;
  }

  @Override
  public Link connect(SocketAddress remote) throws IOException {
    return connect(remote, SocketOptions.NONE);
  }

  @Override
  public Link connect(SocketAddress remote, SocketOptions options) throws IOException {
    int fd = sockets.connecting(remote, options);
    boolean deferred = sockets.atOnce && options.has(SocketOptions.Option.FAST_OPEN);
    return EpollLink.connecting(this, fd, remote, deferred);
  }

  @Override
  public Listener listen(SocketAddress local, int backlog) throws IOException {
    return listen(local, backlog, SocketOptions.NONE);
  }

  @Override
  public Listener listen(SocketAddress local, int backlog, SocketOptions options)
      throws IOException {
    return listener(sockets.listening(local, backlog, options), false, options);
  }

  @Override
  public boolean sharesAddresses() {
    return true;
  }

  @Override
  public Listener listenShared(SocketAddress local, int backlog) throws IOException {
    return listenShared(local, backlog, SocketOptions.NONE);
  }

  @Override
  public Listener listenShared(SocketAddress local, int backlog, SocketOptions options)
      throws IOException {
    return listener(sockets.sharing(local, backlog, options), true, options);
  }

  private Listener listener(int fd, boolean shared, SocketOptions options) throws IOException {
    return new EpollListener(this, fd, sockets.localAddress(fd), shared, options);
  }

  @Override
  public boolean adopts() {
    return true;
  }

  @Override
  public Listener adopt(int descriptor, SocketOptions options) throws IOException {
    int fd = sockets.adopted(descriptor, options);
    return new EpollListener(this, fd, sockets.localAddress(fd), options);
  }

  /** Returns null when the system does not report it. */
  @Nullable SocketAddress localAddress(int fd) {
    try {
      return sockets.localAddress(fd);
    } catch (IOException e) {
      return null;
    }
  }

  /** The interest of {@code one} differs from what the kernel watches. */
  void change(Watched one) {
    one.listed = true;
    changes.add(one);
  }

  /**
   * The descriptor of {@code one} is about to be closed, and its socket may stay open by another
   * descriptor, of this process or the next: the kernel would go on reporting it, see epoll(7).
   */
  void unwatch(Watched one) {
    if (one.known != 0) {
      int _ = control(EpollCalls.EPOLL_CTL_DEL, one.fd, 0, 0);
    }
  }

  /** {@code one} is about to be closed. */
  void forget(Watched one) {
    if (one.known != 0) {
      one.known = 0;
      watched[one.fd] = null;
    }
  }

  @Override
  public void poll(long nanos) throws IOException {
    if (!changes.isEmpty()) {
      applyChanges();
    }
    int n = await(due.isEmpty() ? nanos : 0);
    wakeup.back();
    for (int i = 0; i < n; i++) {
      long at = (long) i * eventBytes;
      long mark = events.get(MARK, at + markAt);
      if (mark != WAKEUP) {
        Watched one = watched[(int) mark];
        // Null or another one: a callback of this turn closed it, and the number may be in use
        // again.
        if (one != null && one.ticket == (int) (mark >>> 32)) {
          one.arrived(events.get(ValueLayout.JAVA_INT, at));
        }
      }
    }
    tell();
  }

  /** {@code one} is ready for something it is interested in. */
  void due(Watched one) {
    one.isDue = true;
    due.add(one);
  }

  /**
   * After an exception the remaining descriptors are reported in the next turn; the kernel would
   * not report them again.
   */
  private void tell() {
    ArrayList<Watched> round = due;
    due = spare;
    spare = round;
    int i = 0;
    try {
      while (i < round.size()) {
        Watched one = round.get(i++);
        one.isDue = false;
        one.fire();
      }
    } finally {
      while (i < round.size()) {
        due.add(round.get(i++));
      }
      round.clear();
    }
  }

  private void applyChanges() {
    for (int i = 0; i < changes.size(); i++) {
      Watched one = changes.get(i);
      one.listed = false;
      if (one.differs() && !one.closed) {
        apply(one);
      }
    }
    changes.clear();
  }

  private void apply(Watched one) {
    // Without interest the descriptor is removed, since epoll always reports ERR and HUP.
    int op =
        one.wanted == 0
            ? EpollCalls.EPOLL_CTL_DEL
            : one.known == 0 ? EpollCalls.EPOLL_CTL_ADD : EpollCalls.EPOLL_CTL_MOD;
    if (op == EpollCalls.EPOLL_CTL_ADD) {
      one.ticket = ++tickets;
    }
    one.ready = 0; // the kernel checks readiness again
    int mask = one.edges ? EpollCalls.EPOLLET : 0;
    if ((one.wanted & Link.READ) != 0) {
      mask |= EpollCalls.EPOLLIN | EpollCalls.EPOLLPRI | EpollCalls.EPOLLRDHUP;
    }
    if ((one.wanted & Link.WRITE) != 0) {
      mask |= EpollCalls.EPOLLOUT;
    }
    int n = control(op, one.fd, mask, ((long) one.ticket << 32) | one.fd);
    if (n < 0 && op != EpollCalls.EPOLL_CTL_DEL) {
      // For example ENOSPC, the user's limit of watches: only this descriptor fails.
      one.unwatched(Errno.failure(-n));
      return;
    }
    if (one.fd >= watched.length) {
      watched = Arrays.copyOf(watched, Math.max(one.fd + 1, 2 * watched.length));
    }
    watched[one.fd] = one.wanted == 0 ? null : one;
    one.known = one.wanted;
    one.watchedAgain();
  }

  private int control(int op, int fd, int mask, long mark) {
    // The event array is free before a wait, so it serves as scratch memory.
    events.set(ValueLayout.JAVA_INT, 0, mask);
    events.set(MARK, markAt, mark);
    return EpollCalls.control(scratch.errno, epoll, op, fd, events);
  }

  /**
   * Returns the number of events. When a signal interrupts a wait with a limit, it returns 0, since
   * the caller checks its clock; a wait without a limit is repeated.
   */
  private int await(long nanos) throws LinkException {
    int n;
    do {
      n = awaitOnce(nanos);
    } while (n == -Errno.EINTR && nanos < 0);
    if (n < 0 && n != -Errno.EINTR) {
      throw Errno.failure(-n);
    }
    return Math.max(n, 0);
  }

  private int awaitOnce(long nanos) {
    if (waitsNanos) {
      MemorySegment time = nanos < 0 ? MemorySegment.NULL : scratch.time(nanos);
      int n = EpollCalls.awaitNanos(scratch.errno, epoll, events, EVENTS, time);
      if (n != -Errno.ENOSYS && n != -Errno.EPERM) { // a sandbox may return either of the two
        return n;
      }
      waitInMillis();
    }
    return EpollCalls.await(scratch.errno, epoll, events, EVENTS, millis(nanos));
  }

  /** Switches to epoll_wait, as on a system without epoll_pwait2. */
  void waitInMillis() {
    waitsNanos = false;
  }

  /** Rounds up, because a wait that ends before its timer is due would make the loop spin. */
  static int millis(long nanos) {
    if (nanos < 0) {
      return -1;
    }
    long millis = nanos / NANOS_PER_MILLI + (nanos % NANOS_PER_MILLI == 0 ? 0 : 1);
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }

  @Override
  public void wake() {
    wakeup.signal();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      wakeup.close();
      Libc.close(epoll);
    }
  }

  /** The message for records of kernel TLS, made when there is such a connection. */
  RecordMessage recordMessage() {
    RecordMessage known = recordMessage;
    if (known == null) {
      known = new RecordMessage();
      recordMessage = known;
    }
    return known;
  }
}
