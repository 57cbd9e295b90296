package dev.ferrule.cli;

import dev.ferrule.testkit.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A server of the JDK's own that takes one connection and plays a script on it. */
final class ScriptedServer implements AutoCloseable {
  @FunctionalInterface
  interface Script {
    void play(Socket socket) throws IOException;
  }

  private final ServerSocket listener;
  private final CompletableFuture<Void> played = new CompletableFuture<>();

  private ScriptedServer(ServerSocket listener) {
    this.listener = listener;
  }

  static ScriptedServer plain(Script script) throws IOException {
    ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    ScriptedServer server = new ScriptedServer(listener);
    Thread.ofPlatform().daemon().start(() -> server.play(script));
    return server;
  }

  /** With TLS from the first byte. */
  static ScriptedServer ssl(Issued identity, Script script) throws IOException {
    return plain(socket -> script.play(secure(socket, identity)));
  }

  private void play(Script script) {
    try (Socket socket = listener.accept()) {
      script.play(socket);
      played.complete(null);
    } catch (IOException | RuntimeException e) {
      played.completeExceptionally(e);
    }
  }

  /** TLS on a plain connection; closing the result leaves the plain one open. */
  static SSLSocket secure(Socket plain, Issued identity) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      char[] none = new char[0];
      store.setKeyEntry(
          "server", identity.key(), none, identity.chain().toArray(X509Certificate[]::new));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, none);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      SSLSocket socket =
          (SSLSocket) context.getSocketFactory().createSocket(plain, null, plain.getPort(), false);
      socket.setUseClientMode(false);
      socket.startHandshake();
      return socket;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** Waits for the end of the script; fails as the script failed. */
  void await() {
    played.join();
  }

  /** Waits for the end of the script, however it comes. */
  void awaitAnyEnd() {
    played.handle((nothing, failure) -> failure).join();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
