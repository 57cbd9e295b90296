package dev.ferrule.tests.recipes;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.tests.JdkContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;

/** A server by the JDK's blocking sockets, which treats each connection alike. */
final class Host implements AutoCloseable {
  private static final int LONGEST = 10_000; // milliseconds
  private static final SSLContext CONTEXT = JdkContexts.of(RecipeFiles.SERVER);

  /** The header of a record with a server's hello, and the beginning of that. */
  private static final byte[] HALF_A_HELLO = {22, 3, 3, 0, 122, 2, 0, 0, 118, 3, 3, 1, 2, 3};

  /** What a host does with a connection. */
  @FunctionalInterface
  interface Service {
    void serve(Host host) throws IOException;
  }

  private final ServerSocket listener;
  private final List<Socket> held = new CopyOnWriteArrayList<>();
  private Socket below;
  private Socket socket;
  private volatile String client = "";

  private Host(ServerSocket listener) {
    this.listener = listener;
  }

  static Host start(Service service) throws IOException {
    Host host = new Host(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()));
    Thread.ofPlatform().daemon().start(() -> host.run(service));
    return host;
  }

  private void run(Service service) {
    while (accept()) {
      try {
        below.setSoTimeout(LONGEST);
        service.serve(this);
      } catch (IOException e) {
        socket = null; // the client says what happened
      }
    }
  }

  /** False once the listener has been closed. */
  private boolean accept() {
    try {
      below = listener.accept();
      held.add(below);
      socket = below;
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  void secure() throws IOException {
    SSLSocket secure =
        (SSLSocket) CONTEXT.getSocketFactory().createSocket(below, null, below.getPort(), false);
    secure.setUseClientMode(false);
    secure.setWantClientAuth(true);
    secure.startHandshake();
    socket = secure;
    client = nameOf(secure);
  }

  private static String nameOf(SSLSocket secure) {
    try {
      return secure.getSession().getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException e) {
      return "nobody";
    }
  }

  /** The name in the certificate that the last client showed. */
  String client() {
    return client;
  }

  void send(String text) throws IOException {
    send(text.getBytes(US_ASCII));
  }

  void send(byte[] data) throws IOException {
    socket.getOutputStream().write(data);
  }

  void expect(String text) throws IOException {
    byte[] heard = socket.getInputStream().readNBytes(text.length());
    if (!new String(heard, US_ASCII).equals(text)) {
      throw new IOException("heard " + new String(heard, US_ASCII));
    }
  }

  /** Sends back what it receives, to the end. */
  void echo() throws IOException {
    socket.getInputStream().transferTo(socket.getOutputStream());
    socket.close();
  }

  /** Waits for the first byte of a hello. */
  void hear() throws IOException {
    below.getInputStream().read();
  }

  void sayHalfAHello() throws IOException {
    hear();
    below.getOutputStream().write(HALF_A_HELLO);
  }

  /** Reads what is there; a close without that would be a reset. */
  void leave() throws IOException {
    below.shutdownOutput();
    below.getInputStream().readAllBytes();
    below.close();
  }

  /** Ends as TLS has it. */
  void end() throws IOException {
    socket.close();
    below.close();
  }

  void reset() throws IOException {
    below.setSoLinger(true, 0);
    below.close();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket each : held) {
      each.close();
    }
  }
}
