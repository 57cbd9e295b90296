package dev.ferrule.epoll;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor that a poller watches, and what the kernel has been told about it. Belongs to the
 * poller's thread. Its memory is what an idle connection costs, so fields are few.
 */
abstract sealed class Watched permits EpollLink, EpollListener {
  private static final Link.Ready NOBODY = ops -> {};

  final EpollPoller poller;
  final int fd;

  /** Which registration this is, for an event may be of an earlier one with the same number. */
  int ticket;

  /** What shall be watched, of {@link Link#READ} and {@link Link#WRITE}. */
  byte wanted;

  /** What the kernel watches; 0 when it does not know the descriptor. */
  byte known;

  /** Whether it stands in the poller's list of changes. */
  boolean listed;

  /** What it is ready for and has not used up, of {@link Link#READ} and {@link Link#WRITE}. */
  byte ready;

  /** Whether it stands in the poller's list of those to be told. */
  boolean isDue;

  /** Whether the kernel tells changes only, and {@link #ready} knows the rest. */
  final boolean edges;

  boolean closed;

  /** An end or an urgent mark was seen: a read that leaves room may have stopped at that. */
  private boolean stops;

  private Link.Ready listener = NOBODY;

  /** Why the kernel did not take it; the next read or accept says so. */
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
   * Whether the kernel must be told. That it may be written to is a change only after it was full:
   * no longer wanted, it does no harm, and is wanted again soon.
   */
  final boolean differs() {
    int spared = edges && wanted != 0 ? Link.WRITE : 0;
    return (wanted | (known & spared)) != known;
  }

  /** The kernel tells of it: ERR and HUP are events for either. */
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

  /** Tells what is still wanted of it, and stays due until that is used up. */
  final void fire() {
    int ops = ready & wanted;
    if (ops == 0 || closed) {
      return;
    }
    if (!edges) {
      ready = 0; // the kernel says it again
    }
    try {
      listener.ready(ops);
    } finally {
      if ((ready & wanted) != 0 && !isDue && !closed) {
        poller.due(this);
      }
    }
  }

  /** It took no more, or had no more: the kernel tells when that changes. */
  final void used(int op) {
    ready &= (byte) ~op;
  }

  /** A read that left room has emptied it; what comes now is a change, which the kernel tells. */
  final void emptied() {
    if (!stops) {
      used(Link.READ);
    }
  }

  /** The kernel did not take it; it is told as an event, and fails then. */
  final void unwatched(LinkException reason) {
    unwatched = reason;
    arrived(EpollCalls.EPOLLERR);
  }

  /** The kernel watches it now, whatever was before. */
  final void watchedAgain() {
    unwatched = null;
  }

  /** Throws what kept it from being watched, once. */
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
    poller.forget(this); // the kernel forgets by itself: epoll(7)
    Libc.close(fd);
    return true;
  }
}
