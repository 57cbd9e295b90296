/** SSL sockets, servers and contexts, and the provider that comes with the JDK. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // javac does not see the modules of qualified exports from here
module dev.ferrule.ssl {
  requires transitive dev.ferrule;
  requires static org.jspecify;

  exports dev.ferrule.ssl;
  exports dev.ferrule.ssl.spi;
  exports dev.ferrule.ssl.ciphers to
      dev.ferrule.boringssl,
      dev.ferrule.openssl,
      dev.ferrule.cli;
  exports dev.ferrule.ssl.hello to
      dev.ferrule.boringssl,
      dev.ferrule.openssl,
      dev.ferrule.cli;
  exports dev.ferrule.ssl.keys to
      dev.ferrule.boringssl,
      dev.ferrule.openssl,
      dev.ferrule.cli;
  exports dev.ferrule.ssl.library to
      dev.ferrule.boringssl,
      dev.ferrule.openssl;
  exports dev.ferrule.ssl.records to
      dev.ferrule.boringssl,
      dev.ferrule.openssl,
      dev.ferrule.cli;
  exports dev.ferrule.ssl.tickets to
      dev.ferrule.fleet;
  exports dev.ferrule.ssl.trust to
      dev.ferrule.boringssl,
      dev.ferrule.openssl,
      dev.ferrule.cli;

  uses dev.ferrule.ssl.spi.SslProvider;

  provides dev.ferrule.ssl.spi.SslProvider with
      dev.ferrule.ssl.jdk.JdkProvider;
}
