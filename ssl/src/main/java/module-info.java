/** SSL sockets, servers and contexts, and the provider that comes with the JDK. */
@org.jspecify.annotations.NullMarked
module dev.ferrule.ssl {
  requires transitive dev.ferrule;
  requires static transitive org.jspecify;

  exports dev.ferrule.ssl;
  exports dev.ferrule.ssl.spi;

  uses dev.ferrule.ssl.spi.SslProvider;

  provides dev.ferrule.ssl.spi.SslProvider with
      dev.ferrule.ssl.jdk.JdkProvider;
}
