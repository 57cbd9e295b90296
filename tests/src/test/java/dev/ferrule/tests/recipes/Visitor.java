package dev.ferrule.tests.recipes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.KeyType;
import dev.ferrule.tests.JdkContexts;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/** A client by the JDK's blocking sockets; nothing that it waits for takes long. */
final class Visitor implements AutoCloseable {
  private static final int LONGEST = 10_000; // milliseconds
  private static final SSLContext CONTEXT = JdkContexts.of(Pki.client(KeyType.EC_P256));
  private static final byte[] HELLO = madeHello();

  /** A record's header and the beginning of what it announces. */
  private static final byte[] HALF_A_RECORD = {23, 3, 3, 0, 80, 1, 2, 3, 4, 5};

  private final Socket below;
  private Socket socket;

  private Visitor(Socket below) {
    this.below = below;
    this.socket = below;
  }

  static Visitor to(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(LONGEST);
    return new Visitor(socket);
  }

  private static byte[] madeHello() {
    try {
      SSLEngine engine = CONTEXT.createSSLEngine("localhost", 0);
      engine.setUseClientMode(true);
      ByteBuffer hello = ByteBuffer.allocate(1 << 16);
      engine.wrap(ByteBuffer.allocate(0), hello);
      return Arrays.copyOf(hello.array(), hello.position());
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] hello() {
    return HELLO.clone();
  }

  static byte[] halfAHello() {
    return Arrays.copyOf(HELLO, HELLO.length / 2);
  }

  Visitor secure() throws IOException {
    SSLSocket secure =
        (SSLSocket)
            CONTEXT.getSocketFactory().createSocket(below, "localhost", below.getPort(), false);
    secure.startHandshake();
    socket = secure;
    return this;
  }

  /** Ends TLS on its side and on the other's; the connection goes on. */
  void unwrap() throws IOException {
    socket.close();
    socket = below;
  }

  void sayHello() throws IOException {
    below.getOutputStream().write(HELLO);
  }

  void sayHalfAHello() throws IOException {
    below.getOutputStream().write(halfAHello());
  }

  void sendHalfARecord() throws IOException {
    below.getOutputStream().write(HALF_A_RECORD);
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  void expect(String text) throws IOException {
    byte[] heard = socket.getInputStream().readNBytes(text.length());
    assertThat(new String(heard, US_ASCII)).isEqualTo(text);
  }

  /** Waits for the first byte of an answer. */
  void hear() throws IOException {
    assertThat(below.getInputStream().read()).isNotNegative();
  }

  void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Leaves without a word of TLS. */
  void leave() throws IOException {
    below.close();
  }

  void reset() throws IOException {
    below.setSoLinger(true, 0);
    below.close();
  }

  @Override
  public void close() throws IOException {
    below.close();
  }
}
