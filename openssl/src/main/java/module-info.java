/**
 * The SSL provider on the system's OpenSSL; it needs native access. Nothing is exported: it is
 * found as a service.
 */
@org.jspecify.annotations.NullMarked
module dev.ferrule.openssl {
  requires dev.ferrule;
  requires dev.ferrule.ssl;
  requires static org.jspecify;

  provides dev.ferrule.ssl.spi.SslProvider with
      dev.ferrule.openssl.OpensslProvider;
}
