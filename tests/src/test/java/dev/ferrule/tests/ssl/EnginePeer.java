package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/**
 * A client that makes its records by hand with an SSLEngine, to send what no honest client does.
 */
final class EnginePeer {
  private final SSLEngine engine = JdkPeers.CONTEXT.createSSLEngine("localhost", 0);
  private final ByteBuffer in = ByteBuffer.allocate(1 << 20);
  private final ByteBuffer out = ByteBuffer.allocate(1 << 17);
  private final ByteBuffer plain = ByteBuffer.allocate(1 << 16);
  private final Consumer<EnginePeer> secured;
  final StringBuilder text = new StringBuilder();
  TcpSocket socket;
  boolean ended;
  String refusal = ""; // after the handshake
  private boolean told;

  private EnginePeer(Consumer<EnginePeer> secured) {
    this.secured = secured;
    engine.setUseClientMode(true);
  }

  /** Connects, and calls when the handshake is done. */
  static EnginePeer connect(EventLoop loop, int port, Consumer<EnginePeer> secured) {
    EnginePeer peer = new EnginePeer(secured);
    peer.socket =
        Tcp.connect(loop, "127.0.0.1", port)
            .onConnect(socket -> peer.guarded(() -> socket.write(peer.wrap(""))))
            .onRead((socket, data) -> peer.guarded(() -> peer.read(data)))
            .onEvent(event -> peer.ended = true)
            .open();
    return peer;
  }

  /** Sends so many KeyUpdates, each of which asks for one in return, then a word. */
  void keyUpdates(int number) {
    guarded(() -> {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int i = 0; i < number; i++) {
        engine.beginHandshake(); // in TLS 1.3 that is a KeyUpdate
        all.writeBytes(wrap(""));
      }
      all.writeBytes(wrap("behind"));
      socket.write(all.toByteArray());
    });
  }

  /** The records that carry a text, and whatever the handshake has to say before it. */
  byte[] wrap(String words) throws SSLException {
    ByteBuffer source = ByteBuffer.wrap(words.getBytes(UTF_8));
    out.clear();
    do {
      engine.wrap(source, out);
    } while (source.hasRemaining()
        || engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP);
    return Arrays.copyOf(out.array(), out.position());
  }

  private void read(ByteBuffer data) throws SSLException {
    in.put(data).flip();
    while (in.hasRemaining()) {
      SSLEngineResult result = engine.unwrap(in, plain.clear());
      text.append(new String(plain.array(), 0, plain.position(), UTF_8));
      for (Runnable task; (task = engine.getDelegatedTask()) != null; ) {
        task.run();
      }
      if (result.getStatus() != SSLEngineResult.Status.OK) {
        break;
      }
      if (!told && engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP) {
        socket.write(wrap(""));
      }
    }
    in.compact();
    if (!told && done()) {
      told = true;
      secured.accept(this);
    }
  }

  private boolean done() {
    return engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING
        && !engine.getSession().getProtocol().equals("NONE");
  }

  private interface Step {
    void run() throws SSLException;
  }

  private void guarded(Step step) {
    try {
      step.run();
    } catch (SSLException e) {
      if (!told) {
        throw new IllegalStateException(e);
      }
      refusal = e.getMessage();
      socket.abort();
    }
  }
}
