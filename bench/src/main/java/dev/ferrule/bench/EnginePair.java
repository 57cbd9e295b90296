package dev.ferrule.bench;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Two bare engines of the JDK that echo in memory: what {@code SSLEngine} itself costs. */
final class EnginePair {
  /** What the JDK's provider agrees on with itself. */
  static final String SUITE = "TLS_AES_256_GCM_SHA384";

  private final SSLEngine client;
  private final SSLEngine server;
  private final ByteBuffer message;
  private final ByteBuffer records;
  private final ByteBuffer plain;

  EnginePair(SSLContext context, int size) throws SSLException {
    client = context.createSSLEngine("127.0.0.1", 1);
    client.setUseClientMode(true);
    server = context.createSSLEngine();
    server.setUseClientMode(false);
    message = ByteBuffer.allocate(size);
    records = ByteBuffer.allocate(2 * client.getSession().getPacketBufferSize());
    plain = ByteBuffer.allocate(2 * client.getSession().getApplicationBufferSize());
    shakeHands();
    String suite = client.getSession().getCipherSuite();
    if (!suite.equals(SUITE)) {
      throw new IllegalStateException("other cryptography than " + SUITE + ": " + suite);
    }
  }

  /** There and back: two wraps and two unwraps, as an echo over sockets has. */
  int echo() throws SSLException {
    carry(client, server, message.clear());
    return carry(server, client, plain);
  }

  /** What arrived is left in {@code plain}, ready to be read. */
  private int carry(SSLEngine from, SSLEngine to, ByteBuffer data) throws SSLException {
    records.clear();
    while (data.hasRemaining()) {
      from.wrap(data, records);
    }
    records.flip();
    plain.clear();
    while (records.hasRemaining()) {
      to.unwrap(records, plain);
    }
    return plain.flip().remaining();
  }

  private void shakeHands() throws SSLException {
    ByteBuffer toServer = ByteBuffer.allocate(records.capacity());
    ByteBuffer toClient = ByteBuffer.allocate(records.capacity());
    client.beginHandshake();
    server.beginHandshake();
    while (shaking(client) || shaking(server)) {
      handshake(client, toClient, toServer);
      handshake(server, toServer, toClient);
    }
    // The session ticket, which the server sent last.
    toClient.flip();
    while (toClient.hasRemaining()) {
      client.unwrap(toClient, plain.clear());
    }
  }

  /** Reads until it has something to say, and says it; what it did not read waits for next time. */
  private void handshake(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    in.flip();
    while (in.hasRemaining() && engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
      engine.unwrap(in, plain.clear());
      work(engine);
    }
    in.compact();
    message.limit(0);
    while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      engine.wrap(message, out);
      work(engine);
    }
  }

  private static boolean shaking(SSLEngine engine) {
    return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
  }

  private static void work(SSLEngine engine) {
    Runnable task;
    while ((task = engine.getDelegatedTask()) != null) {
      task.run();
    }
  }
}
