package dev.ferrule.epoll;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor that a poller watches, and the interest that is registered for it in the kernel.
 * Belongs to the poller's thread. Each idle connection has one, so it has few fields.
 */
abstract sealed class Watched permits EpollLink, EpollListener {
  private static final Link.Ready NOBODY = ops -> {};

  final EpollPoller poller;
  final int fd;

  /**
   * Number of this registration; an event of an earlier one with the same descriptor number has
   * another.
   */
  int ticket;

  /** The wanted interest, of {@link Link#READ} and {@link Link#WRITE}. */
  byte wanted;

  /** The interest registered in the kernel; 0 when there is none. */
  byte known;

  /** Whether it is in the poller's list of changes. */
  boolean listed;

  /** Readiness that was reported and not used up, of {@link Link#READ} and {@link Link#WRITE}. */
  byte ready;

  /** Whether it is in the poller's list of descriptors to report. */
  boolean isDue;

  /** Whether it is watched edge-triggered, so that {@link #ready} has to remember readiness. */
  final boolean edges;

  boolean closed;

  /**
   * Whether an end of input or urgent data was reported; a read that leaves room may have stopped
   * there.
   */
  private boolean stops;

  private Link.Ready listener = NOBODY;

  /** Why the registration failed; the next read or accept throws it. */
  private @Nullable LinkException unwatched;

  Watched(EpollPoller poller, int fd, boolean edges) {
    this.poller = poller;
    this.fd = fd;
    this.edges = edges;
  }

  /** {@link Link#attach} and {@link dev.ferrule.spi.Listener#attach}. */
  public void attach(Link.Ready hears) {
    listener = hears;
  }

  /** {@link Link#interest} and {@link dev.ferrule.spi.Listener#interest}. */
  public void interest(int ops) {
    wanted = (byte) ops;
    if (closed) {
      return;
    }
    if (differs() && !listed) {
      poller.change(this);
    }
    if ((ready & wanted) != 0 && !isDue) {
      poller.due(this);
    }
  }

  /**
   * Whether the registration must change. Dropping only the write interest is not a reason:
   * edge-triggered, it is reported only after the send buffer was full, and it is often wanted
   * again soon.
   */
  final boolean differs() {
    int spared = edges && wanted != 0 ? Link.WRITE : 0;
    return (wanted | (known & spared)) != known;
  }

  /** Takes an event of the kernel; ERR and HUP count as ready for reading and writing. */
  final void arrived(int events) {
    int ends = EpollCalls.EPOLLRDHUP | EpollCalls.EPOLLHUP | EpollCalls.EPOLLERR;
    int both = EpollCalls.EPOLLHUP | EpollCalls.EPOLLERR;
    stops |= (events & (ends | EpollCalls.EPOLLPRI)) != 0;
    if ((events & (EpollCalls.EPOLLIN | ends)) != 0) {
      ready |= Link.READ;
    }
    if ((events & (EpollCalls.EPOLLOUT | both)) != 0) {
      ready |= Link.WRITE;
    }
    if ((ready & wanted) != 0 && !isDue) {
      poller.due(this);
    }
  }

  /** Reports readiness that is of interest; it is reported again each turn until it is used up. */
  final void fire() {
    int ops = ready & wanted;
    if (ops == 0 || closed) {
      return;
    }
    if (!edges) {
      ready = 0; // level-triggered: the kernel reports it again
    }
    try {
      listener.ready(ops);
    } finally {
      if ((ready & wanted) != 0 && !isDue && !closed) {
        poller.due(this);
      }
    }
  }

  /** A call would have blocked; the kernel reports when that changes. */
  final void used(int op) {
    ready &= (byte) ~op;
  }

  /** A read that left room has emptied the socket; the kernel reports what arrives later. */
  final void emptied() {
    if (!stops) {
      used(Link.READ);
    }
  }

  /** The registration failed; this is reported as an event, whose read or accept fails. */
  final void unwatched(LinkException reason) {
    unwatched = reason;
    arrived(EpollCalls.EPOLLERR);
  }

  /** The registration succeeded; an earlier failure no longer counts. */
  final void watchedAgain() {
    unwatched = null;
  }

  /** Throws the failure of the registration, once. */
  final void check() throws LinkException {
    LinkException reason = unwatched;
    if (reason != null) {
      unwatched = null;
      throw reason;
    }
  }

  /** Closes the descriptor; whether it was open. */
  final boolean release() {
    if (closed) {
      return false;
    }
    closed = true;
    wanted = 0;
    poller.forget(this); // closing removes it from the epoll set: epoll(7)
    Libc.close(fd);
    return true;
  }
}
