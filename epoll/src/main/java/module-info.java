/**
 * The poller on Linux' epoll; it needs native access, and no library but the system's C library.
 */
@org.jspecify.annotations.NullMarked
module dev.ferrule.epoll {
  requires dev.ferrule;
  requires static org.jspecify;

  provides dev.ferrule.spi.PollerProvider with
      dev.ferrule.epoll.EpollPollerProvider;
}
