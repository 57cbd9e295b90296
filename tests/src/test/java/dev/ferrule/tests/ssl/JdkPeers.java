package dev.ferrule.tests.ssl;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Peers by the JDK alone, on threads of their own. */
final class JdkPeers {
  static final SSLContext CONTEXT = context();

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
                .createServerSocket(0, 1, Loops.loopback().getAddress());
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

  private static SSLContext context() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "local", Pki.LOCAL.key(), new char[0], Pki.LOCAL.chain().toArray(X509Certificate[]::new));
      store.setCertificateEntry("ca", Pki.CA.certificate());
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
