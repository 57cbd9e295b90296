package dev.ferrule.epoll;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.SocketOptions;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/** A {@link Listener} on a non-blocking socket. */
final class EpollListener extends Watched implements Listener {
  private final SocketAddress local;
  private final boolean shared;
  private final boolean adopted;
  private final SocketOptions options;

  EpollListener(
      EpollPoller poller, int fd, SocketAddress local, boolean shared, SocketOptions options) {
    this(poller, fd, local, shared, false, options);
  }

  /** One whose socket listened already. */
  EpollListener(EpollPoller poller, int fd, SocketAddress local, SocketOptions options) {
    this(poller, fd, local, false, true, options);
  }

  private EpollListener(
      EpollPoller poller,
      int fd,
      SocketAddress local,
      boolean shared,
      boolean adopted,
      SocketOptions options) {
    super(poller, fd, false);
    this.local = local;
    this.shared = shared;
    this.adopted = adopted;
    this.options = options;
  }

  @Override
  public @Nullable Link accept() throws IOException {
    return acceptFor(poller);
  }

  @Override
  public @Nullable Link acceptFor(Poller home) throws IOException {
    check();
    if (!(home instanceof EpollPoller other)) {
      throw new IllegalArgumentException("an epoll listener accepts for epoll pollers only");
    }
    Scratch scratch = poller.scratch;
    int flags = Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC;
    int n;
    do {
      n = Libc.accept4(scratch.errno, fd, scratch.address, scratch.room(scratch.address), flags);
    } while (n == -Errno.EINTR);
    if (n >= 0) {
      Object remote = Sockaddr.packed(scratch);
      boolean unix = local instanceof UnixDomainSocketAddress;
      if (unix && !options.isEmpty()) {
        optionsOfUnix(n);
      }
      return EpollLink.accepted(other, n, remote, unix);
    }
    if (n == -Errno.EAGAIN) {
      return null;
    }
    throw Errno.acceptFailure(-n);
  }

  /** The connections of a Unix-domain listener inherit nothing. */
  private void optionsOfUnix(int accepted) throws LinkException {
    try {
      new SocketOptionCalls(poller.scratch).server(accepted, Libc.AF_UNIX, options);
    } catch (LinkException e) {
      Libc.close(accepted);
      throw e;
    }
  }

  @Override
  public SocketAddress localAddress() {
    return local;
  }

  @Override
  public int descriptor() {
    return closed ? -1 : fd;
  }

  @Override
  public void closeHandedOver() {
    if (closed) {
      return;
    }
    poller.unwatch(this);
    release();
    if (shared) {
      SharedAddresses.left(local);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closeHandedOver();
    if (!adopted && local instanceof UnixDomainSocketAddress unix) {
      try {
        Files.deleteIfExists(unix.getPath());
      } catch (IOException e) {
        // The listener is closed all the same; only the file of its address stays.
        return;
      }
    }
  }
}
