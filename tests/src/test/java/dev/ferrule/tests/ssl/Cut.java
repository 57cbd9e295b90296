package dev.ferrule.tests.ssl;

import dev.ferrule.TcpSocket;
import java.util.Arrays;

/** Where a connection may be cut in two, each side hearing nothing more. */
enum Cut {
  BEFORE_ANY_BYTE,
  HALF_CLIENT_HELLO,
  AFTER_CLIENT_HELLO,
  HALF_SERVER_FLIGHT,
  AFTER_SERVER_FLIGHT;

  /** Passes what comes before the cut and then cuts. */
  Relay.Tamper by(boolean reset) {
    return (relay, up, bytes) -> {
      boolean last = up == (ordinal() <= AFTER_CLIENT_HELLO.ordinal());
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
