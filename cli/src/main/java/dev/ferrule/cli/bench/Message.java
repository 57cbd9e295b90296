package dev.ferrule.cli.bench;

import dev.ferrule.TcpSocket;
import java.nio.ByteBuffer;

/**
 * What one client sends, and what it expects back. A message is sent in pieces, and the next of
 * them when the last have gone out, so that one of any size waits in a buffer of bounded size.
 * Belongs to its loop.
 */
final class Message {
  /** More than that in one go would keep others waiting. */
  static final int AT_ONCE = 256 * 1024;

  private static final int WRITES_AT_ONCE = 16;

  private final Payload payload;
  private final int client;
  private final int size;
  private final boolean endless;
  private long number; // of messages begun so far
  private long beginning; // in the payload
  private long sent;
  private long received;

  /** Messages of {@code size} bytes, or one without an end in pieces of that size. */
  Message(Payload payload, int client, Load load) {
    this.payload = payload;
    this.client = client;
    this.size = load.size();
    this.endless = load.workload() == Workload.SINK;
  }

  /** The next one. */
  void begin() {
    beginning = Payload.beginning(client, number++);
    sent = 0;
    received = 0;
  }

  /** Bytes that were handed to the socket. */
  long sent() {
    return sent;
  }

  /** Whether all of it has come back. */
  boolean isAnswered() {
    return received == size;
  }

  /** Sends on, until the socket wants a pause or it is others' turn. */
  void send(TcpSocket socket) {
    int room = AT_ONCE;
    for (int i = 0; i < WRITES_AT_ONCE && room > 0; i++) {
      long left = endless ? size : size - sent;
      int length = (int) Math.min(left, Math.min(room, Payload.CHUNK));
      if (length == 0) {
        return;
      }
      long at = beginning + sent;
      sent += length;
      room -= length;
      if (!socket.write(payload.part(at, length))) {
        return; // goes on when the queue is drained
      }
    }
  }

  /** Takes what came back; false when it is not what was sent. */
  boolean take(ByteBuffer data) {
    int length = data.remaining();
    long at = beginning + received;
    received += length;
    if (received > sent) {
      data.position(data.limit());
      return false;
    }
    return payload.matches(at, data);
  }
}
