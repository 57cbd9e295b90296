package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.ExternalPsk;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.HexFormat;
import java.util.concurrent.locks.LockSupport;

/** A client that says on standard output what a server on this machine says to its key. */
final class PskToGnutls {
  private static final int TRIES = 500;

  private PskToGnutls() {}

  /** Takes the port, the version, the identity and the key. */
  @SuppressWarnings("SystemOut") // which is what the test reads
  public static void main(String[] args) {
    int port = Integer.parseInt(args[0]);
    Protocol version = Protocol.valueOf(args[1]);
    ExternalPsk key = ExternalPsk.of(args[2], HexFormat.of().parseHex(args[3]));
    awaitServer(port);
    EventLoop.run(loop ->
        Ssl.connect(loop, "127.0.0.1", port)
            .provider("openssl")
            .minProtocol(version)
            .maxProtocol(version)
            .externalPsk(key)
            .onSecure((socket, session) -> {
              System.out.println("secure by " + session.externalPsk().orElse("no key"));
              socket.write("hello\n");
            })
            .onRead((socket, data) -> {
              System.out.print("read " + US_ASCII.decode(data));
              socket.close();
            })
            .onEvent(event -> {
              if (event instanceof SslError error) {
                System.out.println(error.code() + ": " + error.message());
              }
            })
            .open());
  }

  private static void awaitServer(int port) {
    for (int tries = 0; tries < TRIES; tries++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (IOException e) {
        LockSupport.parkNanos(20_000_000);
      }
    }
    throw new IllegalStateException("the server does not listen");
  }
}
