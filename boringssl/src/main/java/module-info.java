/** The SSL provider on BoringSSL. Nothing is exported: it is found as a service. */
@org.jspecify.annotations.NullMarked
module dev.ferrule.boringssl {
  requires dev.ferrule;
  requires dev.ferrule.ssl;
  requires io.netty.tcnative.classes.openssl;
  requires static org.jspecify;

  provides dev.ferrule.ssl.spi.SslProvider with
      dev.ferrule.boringssl.BoringProvider;
}
