package dev.ferrule.tests.ssl;

import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.JdkContexts;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Peers by the JDK alone, on threads of their own. */
final class JdkPeers {
  static final SSLContext CONTEXT = JdkContexts.of(Pki.server());

  private JdkPeers() {}

  static SSLSocket connect(int port) throws IOException {
    return (SSLSocket) CONTEXT.getSocketFactory().createSocket("127.0.0.1", port);
  }

  /** What a server does with its one connection. */
  interface Service {
    void serve(SSLSocket socket) throws IOException;
  }

  /** A server for one connection. */
  record Server(SSLServerSocket listening, Thread thread) implements AutoCloseable {
    int port() {
      return listening.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      listening.close();
      Loops.eventually(() -> !thread.isAlive());
    }
  }

  static Server serve(Service service) throws IOException {
    SSLServerSocket listening =
        (SSLServerSocket)
            CONTEXT
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try (Socket socket = listening.accept()) {
                socket.setSoTimeout(10_000);
                service.serve((SSLSocket) socket);
              } catch (IOException e) {
                return; // the side under test says what happened
              }
            });
    return new Server(listening, thread);
  }
}
