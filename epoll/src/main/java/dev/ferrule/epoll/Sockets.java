package dev.ferrule.epoll;

import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.LinkException.Kind;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.SocketOptions;
import dev.ferrule.spi.SocketOptions.Option;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;

/**
 * Opens sockets that connect, or are bound and listen. When a later step fails, it closes the
 * socket.
 */
final class Sockets {
  private static final boolean IPV4_ONLY = Boolean.getBoolean("java.net.preferIPv4Stack");

  /**
   * As in java.nio, the wildcard address of either family means both families where IPv6 is
   * available.
   */
  private static final InetAddress WILDCARD_6 = InetAddress.ofLiteral("::");

  private static final InetAddress WILDCARD_4 = InetAddress.ofLiteral("0.0.0.0");

  private final Scratch scratch;
  private final SocketOptionCalls options;

  /** Whether the last client's connect(2) was done at once. */
  boolean atOnce;

  Sockets(Scratch scratch) {
    this.scratch = scratch;
    this.options = new SocketOptionCalls(scratch);
  }

  /** Opens a socket and starts to connect it; EINPROGRESS is not a failure. */
  int connecting(SocketAddress remote, SocketOptions asked) throws IOException {
    int family = Sockaddr.family(remote);
    int fd = open(family);
    if (fd < 0) {
      throw Errno.failure(-fd);
    }
    int length;
    try {
      if (!asked.isEmpty()) {
        prepare(fd, family, asked);
      }
      length = Sockaddr.write(scratch.address, remote);
    } catch (IOException | RuntimeException e) {
      Libc.close(fd);
      throw e;
    }
    int n = Libc.connect(scratch.errno, fd, scratch.address, length);
    atOnce = n >= 0;
    if (n >= 0 || n == -Errno.EINPROGRESS || n == -Errno.EINTR) {
      return fd; // after EINTR the connection goes on: connect(2)
    }
    Libc.close(fd);
    if (n == -Errno.EAGAIN && family == Libc.AF_UNIX) {
      throw new LinkException(
          Kind.OTHER, "too many clients wait for the server already (EAGAIN)", null);
    }
    throw Errno.failure(-n);
  }

  /** Sets the options of a client and binds it to the address that was asked for. */
  private void prepare(int fd, int family, SocketOptions asked) throws IOException {
    options.client(fd, family, asked);
    InetSocketAddress local = asked.localAddress();
    if (local == null) {
      return;
    }
    InetSocketAddress address =
        wildcard(local) ? at(family == Libc.AF_INET ? WILDCARD_4 : WILDCARD_6, local) : local;
    if (address.getPort() == 0) {
      options.bindWithoutPort(fd);
    } else {
      set(fd, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, 1); // attempts at several addresses share it
    }
    int length = Sockaddr.write(scratch.address, address);
    int n = Libc.bind(scratch.errno, fd, scratch.address, length);
    if (n < 0) {
      throw new LinkException(
          Errno.kind(-n), "it cannot be bound to " + local + ": " + Errno.text(-n), null);
    }
  }

  /** Opens a socket that listens on {@code local}, which no other socket may share. */
  int listening(SocketAddress local, int backlog, SocketOptions asked) throws IOException {
    int fd = bound(local, 0, asked);
    try {
      listen(fd, backlog);
      return fd;
    } catch (IOException e) {
      Libc.close(fd);
      if (local instanceof UnixDomainSocketAddress unix) {
        Files.deleteIfExists(unix.getPath());
      }
      throw e;
    }
  }

  /**
   * Opens a socket that listens on an address which other listeners of this process may share.
   * SO_REUSEPORT alone would silently share it with any process of the same user. So the first
   * listener binds the address once without that option and closes that socket: this fails if
   * another process listens there. It does not detect a process that uses SO_REUSEPORT and binds
   * between the two steps or later.
   */
  int sharing(SocketAddress local, int backlog, SocketOptions asked) throws IOException {
    if (!(local instanceof InetSocketAddress inet)) {
      throw new LinkException(Kind.OTHER, "only an IP address can be shared by listeners", null);
    }
    synchronized (SharedAddresses.LOCK) {
      if (inet.getPort() != 0 && !isShared(inet)) {
        Libc.close(bound(local, 0, asked));
      }
      int fd = bound(local, Libc.SO_REUSEPORT, asked);
      try {
        listen(fd, backlog);
        SharedAddresses.joined(localAddress(fd));
        return fd;
      } catch (IOException e) {
        Libc.close(fd);
        throw e;
      }
    }
  }

  /**
   * A duplicate of a descriptor whose socket listens already, with the options of one that was
   * opened here.
   */
  int adopted(int descriptor, SocketOptions asked) throws IOException {
    int fd = Libc.duplicate(scratch.errno, descriptor);
    if (fd < 0) {
      throw new LinkException(
          Errno.kind(-fd), "descriptor " + descriptor + ": " + Errno.text(-fd), null);
    }
    try {
      if (!listens(fd)) {
        throw new LinkException(
            Kind.OTHER, "descriptor " + descriptor + " is no socket that listens", null);
      }
      SocketAddress local = localAddress(fd);
      options.server(fd, Sockaddr.family(local), asked);
      int n = Libc.dontBlock(scratch.errno, fd);
      if (n >= 0 && local instanceof InetSocketAddress) {
        n = set(fd, Libc.IPPROTO_TCP, Libc.TCP_NODELAY, 1); // accepted connections inherit it
      }
      if (n < 0) {
        throw Errno.failure(-n);
      }
      return fd;
    } catch (IOException | RuntimeException e) {
      Libc.close(fd);
      throw e;
    }
  }

  private boolean listens(int fd) {
    return option(fd, Libc.SO_TYPE) == Libc.SOCK_STREAM && option(fd, Libc.SO_ACCEPTCONN) == 1;
  }

  /** The value of an option of SOL_SOCKET, or the negated errno. */
  private int option(int fd, int name) {
    MemorySegment value = scratch.ints(0, 0);
    int n = Libc.getsockopt(scratch.errno, fd, Libc.SOL_SOCKET, name, value, scratch.room(value));
    return n < 0 ? n : value.get(ValueLayout.JAVA_INT, 0);
  }

  private static boolean isShared(InetSocketAddress local) {
    return wildcard(local)
        ? SharedAddresses.has(at(WILDCARD_6, local)) || SharedAddresses.has(at(WILDCARD_4, local))
        : SharedAddresses.has(local);
  }

  /**
   * Opens a socket that is bound to {@code local}; {@code option} is SO_REUSEPORT, or 0 for none.
   */
  private int bound(SocketAddress local, int option, SocketOptions asked) throws IOException {
    int fd;
    if (local instanceof InetSocketAddress inet && wildcard(inet)) {
      boolean only6 = asked.has(Option.IPV6_ONLY);
      fd = IPV4_ONLY ? -Errno.EAFNOSUPPORT : bind(at(WILDCARD_6, inet), option, asked);
      boolean no6 = fd == -Errno.EAFNOSUPPORT || fd == -Errno.EADDRNOTAVAIL;
      if (no6 && !only6) { // the system has no IPv6
        fd = bind(at(WILDCARD_4, inet), option, asked);
      }
    } else {
      fd = bind(local, option, asked);
    }
    if (fd < 0) {
      throw Errno.failure(-fd);
    }
    return fd;
  }

  private static boolean wildcard(InetSocketAddress address) {
    return !address.isUnresolved() && address.getAddress().isAnyLocalAddress();
  }

  private static InetSocketAddress at(InetAddress wildcard, InetSocketAddress port) {
    return new InetSocketAddress(wildcard, port.getPort());
  }

  /** The descriptor, or the negated errno. */
  private int bind(SocketAddress local, int option, SocketOptions asked) throws IOException {
    int family = Sockaddr.family(local);
    int length = Sockaddr.write(scratch.address, local);
    int fd = open(family);
    if (fd < 0) {
      return fd;
    }
    try {
      options.server(fd, family, asked);
    } catch (IOException e) {
      Libc.close(fd);
      throw e;
    }
    int n = 0;
    if (family != Libc.AF_UNIX) {
      // Without SO_REUSEADDR, a server cannot be restarted for a minute after it closed
      // connections.
      n = set(fd, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, 1);
    }
    if (n >= 0 && family != Libc.AF_UNIX) {
      n = set(fd, Libc.IPPROTO_TCP, Libc.TCP_NODELAY, 1); // accepted connections inherit it
    }
    if (n >= 0 && option != 0) {
      n = set(fd, Libc.SOL_SOCKET, option, 1);
    }
    if (n >= 0 && family == Libc.AF_INET6) {
      n = set(fd, Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, asked.has(Option.IPV6_ONLY) ? 1 : 0);
    }
    if (n >= 0) {
      n = Libc.bind(scratch.errno, fd, scratch.address, length);
    }
    if (n >= 0) {
      return fd;
    }
    Libc.close(fd);
    return n;
  }

  private void listen(int fd, int backlog) throws IOException {
    int n = Libc.listen(scratch.errno, fd, backlog > 0 ? backlog : Poller.BACKLOG);
    if (n < 0) {
      throw Errno.failure(-n);
    }
  }

  /** The descriptor, or the negated errno. */
  private int open(int family) {
    int type = Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC;
    return Libc.socket(scratch.errno, family, type);
  }

  private int set(int fd, int level, int name, int value) {
    return options.set(fd, level, name, value);
  }

  /** The address that the socket is bound to. */
  SocketAddress localAddress(int fd) throws IOException {
    MemorySegment address = scratch.address;
    int n = Libc.getsockname(scratch.errno, fd, address, scratch.room(address));
    if (n < 0) {
      throw Errno.failure(-n);
    }
    return Sockaddr.unpack(Sockaddr.packed(scratch));
  }
}
