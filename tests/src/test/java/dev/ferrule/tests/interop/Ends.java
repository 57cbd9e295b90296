package dev.ferrule.tests.interop;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.tests.Pki;

/** Servers and clients with the certificates of these tests, to be refined and opened. */
final class Ends {
  private Ends() {}

  static SslServerSetup server(EventLoop loop) {
    return Ssl.server(loop, "127.0.0.1", 0).credentials(Pki.server().credentials());
  }

  static SslServerSetup server(EventLoop loop, Protocol protocol) {
    return server(loop).minProtocol(protocol).maxProtocol(protocol);
  }

  static SslClientSetup client(EventLoop loop, int port) {
    return Ssl.connect(loop, "127.0.0.1", port).trust(Pki.TRUST);
  }
}
