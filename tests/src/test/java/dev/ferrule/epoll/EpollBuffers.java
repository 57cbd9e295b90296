package dev.ferrule.epoll;

import dev.ferrule.spi.Link;

/**
 * Sets the sizes of a socket's kernel buffers. It lives in this package to reach the descriptor.
 */
public final class EpollBuffers {
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;

  private EpollBuffers() {}

  /** Whether it was a link of this package. */
  public static boolean set(Link link, int send, int receive) {
    if (!(link instanceof EpollLink epoll)) {
      return false;
    }
    for (int option : new int[] {SO_SNDBUF, SO_RCVBUF}) {
      Scratch scratch = epoll.poller.scratch;
      int n =
          Libc.setsockopt(
              scratch.errno,
              epoll.fd,
              Libc.SOL_SOCKET,
              option,
              scratch.ints(option == SO_SNDBUF ? send : receive, 0),
              4);
      if (n < 0) {
        throw new AssertionError("setsockopt: errno " + -n);
      }
    }
    return true;
  }
}
