package dev.ferrule.examples;

import dev.ferrule.EventLoop;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslServer;
import java.nio.file.Path;

/** Answers with a line, and closes. cl-async: {@code tcp-ssl-server}. */
public final class Server {
  private Server() {}

  /** Serves on port 8443, with the certificate and the key of two files. */
  public static void main(String[] args) {
    EventLoop.run(loop -> serve(loop, 8443, Path.of("chain.pem"), Path.of("key.pem")));
  }

  static SslServer serve(EventLoop loop, int port, Path certificate, Path key) {
    return Ssl.server(loop, "127.0.0.1", port)
        .certificate(certificate)
        .key(key)
        .onRead((socket, data) -> socket.write("THIS IS A SECURE LINE!", TcpSocket::close))
        .onEvent(event -> System.err.println("EV: " + event))
        .open();
  }
}
