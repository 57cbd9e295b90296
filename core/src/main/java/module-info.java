/** An event loop with timers, name resolution, TCP sockets, servers and streams. */
@org.jspecify.annotations.NullMarked
module dev.ferrule {
  requires static transitive org.jspecify;

  exports dev.ferrule;
  exports dev.ferrule.event;
  exports dev.ferrule.spi;

  uses dev.ferrule.spi.PollerProvider;

  provides dev.ferrule.spi.PollerProvider with
      dev.ferrule.nio.NioPollerProvider;
}
