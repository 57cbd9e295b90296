package dev.ferrule.epoll;

import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.LinkException.Kind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;

/** Opens sockets: connecting, bound, listening. What it opened and could not use, it closes. */
final class Sockets {
  /** The kernel cuts it down to net.core.somaxconn, whose default this is: listen(2). */
  private static final int DEFAULT_BACKLOG = 4096;

  private static final boolean IPV4_ONLY = Boolean.getBoolean("java.net.preferIPv4Stack");

  /** As java.nio has it: a wildcard of either family means both of them, where there is IPv6. */
  private static final InetAddress WILDCARD_6 = InetAddress.ofLiteral("::");

  private static final InetAddress WILDCARD_4 = InetAddress.ofLiteral("0.0.0.0");

  private final Scratch scratch;

  Sockets(Scratch scratch) {
    this.scratch = scratch;
  }

  /** A socket that connects; the errno of {@code EINPROGRESS} is no failure. */
  int connecting(SocketAddress remote) throws IOException {
    int family = Sockaddr.family(remote);
    int length = Sockaddr.write(scratch.address, remote); // before there is anything to close
    int fd = open(family);
    if (fd < 0) {
      throw Errno.failure(-fd);
    }
    int n = Libc.connect(scratch.errno, fd, scratch.address, length);
    if (n >= 0 || n == -Errno.EINPROGRESS || n == -Errno.EINTR) {
      return fd; // interrupted, it goes on by itself: connect(2)
    }
    Libc.close(fd);
    if (n == -Errno.EAGAIN && family == Libc.AF_UNIX) {
      throw new LinkException(
          Kind.OTHER, "too many clients wait for the server already (EAGAIN)", null);
    }
    throw Errno.failure(-n);
  }

  /** A socket that listens on {@code local} alone. */
  int listening(SocketAddress local, int backlog) throws IOException {
    int fd = bound(local, 0);
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
   * A socket that listens where others of this process may listen too. SO_REUSEPORT alone would
   * join any process of the same user without a word. So the first one here binds the address
   * without it, once and for a moment: that fails if anybody listens there. What it cannot see is a
   * process that comes in between, or later, with SO_REUSEPORT of its own.
   */
  int sharing(SocketAddress local, int backlog) throws IOException {
    if (!(local instanceof InetSocketAddress inet)) {
      throw new LinkException(Kind.OTHER, "only an IP address can be shared by listeners", null);
    }
    synchronized (SharedAddresses.LOCK) {
      if (inet.getPort() != 0 && !isShared(inet)) {
        Libc.close(bound(local, 0));
      }
      int fd = bound(local, Libc.SO_REUSEPORT);
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

  private static boolean isShared(InetSocketAddress local) {
    return wildcard(local)
        ? SharedAddresses.has(at(WILDCARD_6, local)) || SharedAddresses.has(at(WILDCARD_4, local))
        : SharedAddresses.has(local);
  }

  /** A socket that is bound to {@code local}; {@code option} is SO_REUSEPORT or 0 for none. */
  private int bound(SocketAddress local, int option) throws IOException {
    int fd;
    if (local instanceof InetSocketAddress inet && wildcard(inet)) {
      fd = IPV4_ONLY ? -Errno.EAFNOSUPPORT : bind(at(WILDCARD_6, inet), option);
      if (fd == -Errno.EAFNOSUPPORT || fd == -Errno.EADDRNOTAVAIL) { // no IPv6 here
        fd = bind(at(WILDCARD_4, inet), option);
      }
    } else {
      fd = bind(local, option);
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
  private int bind(SocketAddress local, int option) throws IOException {
    int family = Sockaddr.family(local);
    int length = Sockaddr.write(scratch.address, local);
    int fd = open(family);
    if (fd < 0) {
      return fd;
    }
    int n = 0;
    if (family != Libc.AF_UNIX) {
      // Else a server cannot be started again for a minute after it closed connections.
      n = set(fd, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, 1);
    }
    if (n >= 0 && family != Libc.AF_UNIX) {
      n = set(fd, Libc.IPPROTO_TCP, Libc.TCP_NODELAY, 1); // each connection begins with it
    }
    if (n >= 0 && option != 0) {
      n = set(fd, Libc.SOL_SOCKET, option, 1);
    }
    if (n >= 0 && family == Libc.AF_INET6) {
      n = set(fd, Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, 0);
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
    int n = Libc.listen(scratch.errno, fd, backlog > 0 ? backlog : DEFAULT_BACKLOG);
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
    return Libc.setsockopt(scratch.errno, fd, level, name, scratch.ints(value, 0), 4);
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
