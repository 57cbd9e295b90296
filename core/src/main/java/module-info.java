/** An event loop with timers, name resolution, TCP sockets, servers and streams. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // javac does not see the modules of qualified exports from here
module dev.ferrule {
  requires static jdk.jfr; // where it is missing, nothing is recorded
  requires static org.jspecify;

  exports dev.ferrule;
  exports dev.ferrule.event;
  exports dev.ferrule.proxy;
  exports dev.ferrule.spi;
  exports dev.ferrule.access to
      dev.ferrule.ssl;
  exports dev.ferrule.connection to
      dev.ferrule.ssl,
      dev.ferrule.testkit;
  exports dev.ferrule.jfr to
      dev.ferrule.ssl;
  exports dev.ferrule.loop to
      dev.ferrule.cli,
      dev.ferrule.testkit;
  exports dev.ferrule.host to
      dev.ferrule.ssl,
      dev.ferrule.boringssl,
      dev.ferrule.openssl,
      dev.ferrule.cli;

  uses dev.ferrule.spi.PollerProvider;

  provides dev.ferrule.spi.PollerProvider with
      dev.ferrule.nio.NioPollerProvider;
}
