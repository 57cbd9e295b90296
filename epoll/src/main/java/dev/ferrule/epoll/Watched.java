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

  boolean closed;
  private Link.Ready ready = NOBODY;

  /** Why the kernel did not take it; the next read or accept says so. */
  private @Nullable LinkException unwatched;

  Watched(EpollPoller poller, int fd) {
    this.poller = poller;
    this.fd = fd;
  }

  /** {@link Link#attach} and {@link dev.ferrule.spi.Listener#attach}. */
  public void attach(Link.Ready listener) {
    ready = listener;
  }

  /** {@link Link#interest} and {@link dev.ferrule.spi.Listener#interest}. */
  public void interest(int ops) {
    wanted = (byte) ops;
    if (wanted != known && !listed && !closed) {
      poller.change(this);
    }
  }

  /** Tells of an event, as far as it is still wanted: ERR and HUP are events for either. */
  final void fire(int events) {
    int ops = 0;
    if ((events & (EpollCalls.EPOLLIN | EpollCalls.EPOLLERR | EpollCalls.EPOLLHUP)) != 0) {
      ops = Link.READ;
    }
    if ((events & (EpollCalls.EPOLLOUT | EpollCalls.EPOLLERR | EpollCalls.EPOLLHUP)) != 0) {
      ops |= Link.WRITE;
    }
    ops &= wanted;
    if (ops != 0) {
      ready.ready(ops);
    }
  }

  /** The kernel did not take it; it is told as an event, and fails then. */
  final void unwatched(LinkException reason) {
    unwatched = reason;
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
