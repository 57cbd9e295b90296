package dev.ferrule.tests.ssl;

import dev.ferrule.TcpSocket;
import java.util.Arrays;

/** Where a connection may be cut in two, each side hearing nothing more. */
enum Cut {
  BEFORE_ANY_BYTE(true),
  HALF_CLIENT_HELLO(true),
  AFTER_CLIENT_HELLO(true),
  HALF_SERVER_FLIGHT(false),
  AFTER_SERVER_FLIGHT(false);

  /** Whether it is the client's first burst that is cut, and not the server's. */
  final boolean inHello;

  Cut(boolean inHello) {
    this.inHello = inHello;
  }

  /** Passes what comes before the cut and then cuts. */
  Relay.Tamper by(boolean reset) {
    return (relay, up, bytes) -> {
      boolean last = up == inHello;
      if (!last) {
        relay.forward(up, bytes);
        return;
      }
      byte[] passed =
          switch (this) {
            case BEFORE_ANY_BYTE -> new byte[0];
            case HALF_CLIENT_HELLO, HALF_SERVER_FLIGHT -> Arrays.copyOf(bytes, bytes.length / 2);
            case AFTER_CLIENT_HELLO, AFTER_SERVER_FLIGHT -> bytes;
          };
      TcpSocket to = up ? relay.server : relay.client;
      to.write(java.nio.ByteBuffer.wrap(passed), done -> relay.cut(reset));
    };
  }
}
