package dev.ferrule.epoll;

import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.LinkException.Kind;
import dev.ferrule.spi.SocketOptions;
import dev.ferrule.spi.SocketOptions.Option;
import java.util.Map;

/**
 * Sets {@link SocketOptions} by setsockopt(2), before a socket connects or listens. The connections
 * of a listener inherit those that are about connections (socket(7), tcp(7), ip(7)), but for those
 * of Unix-domain sockets, which are set on each. The numbers are those of Linux on x86-64 and
 * aarch64.
 */
final class SocketOptionCalls {
  private static final int IPPROTO_IP = 0;
  private static final int IP_TOS = 1;
  private static final int IP_BIND_ADDRESS_NO_PORT = 24;
  private static final int IPV6_TCLASS = 67;
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;
  private static final int SO_KEEPALIVE = 9;
  private static final int TCP_KEEPIDLE = 4;
  private static final int TCP_KEEPINTVL = 5;
  private static final int TCP_KEEPCNT = 6;
  private static final int TCP_USER_TIMEOUT = 18;
  private static final int TCP_FASTOPEN = 23;
  private static final int TCP_FASTOPEN_CONNECT = 30;

  private final Scratch scratch;

  SocketOptionCalls(Scratch scratch) {
    this.scratch = scratch;
  }

  /** Sets those of a client; its address is bound elsewhere. */
  void client(int fd, int family, SocketOptions options) throws LinkException {
    for (Map.Entry<Option, Integer> one : options.values().entrySet()) {
      if (one.getKey() == Option.FAST_OPEN) {
        check(Option.FAST_OPEN, set(fd, Libc.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1));
      } else {
        both(fd, family, one.getKey(), one.getValue());
      }
    }
  }

  /** Sets those of a listener; IPV6_V6ONLY is set where it is bound. */
  void server(int fd, int family, SocketOptions options) throws LinkException {
    for (Map.Entry<Option, Integer> one : options.values().entrySet()) {
      if (one.getKey() == Option.FAST_OPEN) {
        check(Option.FAST_OPEN, set(fd, Libc.IPPROTO_TCP, TCP_FASTOPEN, one.getValue()));
      } else {
        both(fd, family, one.getKey(), one.getValue());
      }
    }
  }

  private void both(int fd, int family, Option option, int value) throws LinkException {
    int n =
        switch (option) {
          case KEEP_ALIVE -> set(fd, Libc.SOL_SOCKET, SO_KEEPALIVE, value);
          case KEEP_ALIVE_IDLE -> set(fd, Libc.IPPROTO_TCP, TCP_KEEPIDLE, value);
          case KEEP_ALIVE_INTERVAL -> set(fd, Libc.IPPROTO_TCP, TCP_KEEPINTVL, value);
          case KEEP_ALIVE_PROBES -> set(fd, Libc.IPPROTO_TCP, TCP_KEEPCNT, value);
          case USER_TIMEOUT -> set(fd, Libc.IPPROTO_TCP, TCP_USER_TIMEOUT, value);
          case SEND_BUFFER -> set(fd, Libc.SOL_SOCKET, SO_SNDBUF, value);
          case RECEIVE_BUFFER -> set(fd, Libc.SOL_SOCKET, SO_RCVBUF, value);
          case REUSE_PORT -> set(fd, Libc.SOL_SOCKET, Libc.SO_REUSEPORT, value);
          case TRAFFIC_CLASS -> trafficClass(fd, family, value);
          case FAST_OPEN, IPV6_ONLY, LOCAL_ADDRESS -> 0;
        };
    check(option, n);
  }

  /** An IPv6 socket may have an IPv4 peer, whose packets have the other field. */
  private int trafficClass(int fd, int family, int value) {
    int n = set(fd, IPPROTO_IP, IP_TOS, value);
    return n < 0 || family != Libc.AF_INET6 ? n : set(fd, Libc.IPPROTO_IPV6, IPV6_TCLASS, value);
  }

  /** The kernel chooses the port when it knows the peer, so that ports do not run out. */
  void bindWithoutPort(int fd) {
    int _ = set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1); // only an economy
  }

  int set(int fd, int level, int name, int value) {
    return Libc.setsockopt(scratch.errno, fd, level, name, scratch.ints(value, 0), 4);
  }

  private static void check(Option option, int n) throws LinkException {
    if (n < 0) {
      throw new LinkException(
          Kind.OTHER, option.system() + " could not be set: " + Errno.text(-n), null);
    }
  }
}
