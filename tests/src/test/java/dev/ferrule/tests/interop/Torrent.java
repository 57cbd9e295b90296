package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.TcpSocket;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Sends random bytes, receives others, and keeps the SHA-256 of both. */
final class Torrent {
  private final long size;
  private final RandomGenerator random;
  private final byte[] piece = new byte[100_000];
  private final MessageDigest sent = sha256();
  private final MessageDigest received = sha256();
  private long sentBytes;
  private long receivedBytes;
  private final CountDownLatch whole = new CountDownLatch(1);
  long longestQueue;

  Torrent(long size, long seed) {
    this.size = size;
    this.random = RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(seed);
  }

  /** Whether all has come; it may be more. */
  boolean isWhole() {
    return receivedBytes >= size;
  }

  /** Waits until all has come and was sent: a peer that hangs up before may reset the rest. */
  void awaitWhole() {
    try {
      assertThat(whole.await(60, TimeUnit.SECONDS)).as("all has come").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Sends until the socket says to hold off; to be called again when it is drained. */
  void send(TcpSocket socket) {
    boolean more = true;
    while (more && sentBytes < size) {
      more = sendPiece(socket);
    }
    endWhenDone(socket);
  }

  /** Sends all, whatever the socket says. */
  void sendAll(TcpSocket socket) {
    while (sentBytes < size) {
      sendPiece(socket);
    }
    endWhenDone(socket);
  }

  private boolean sendPiece(TcpSocket socket) {
    int length = (int) Math.min(1 + random.nextInt(piece.length), size - sentBytes);
    random.nextBytes(piece);
    sent.update(piece, 0, length);
    sentBytes += length;
    boolean more = socket.write(piece, 0, length);
    longestQueue = Math.max(longestQueue, socket.queued());
    return more;
  }

  void receive(TcpSocket socket, ByteBuffer data) {
    receivedBytes += data.remaining();
    received.update(data);
    endWhenDone(socket);
  }

  private void endWhenDone(TcpSocket socket) {
    if (sentBytes == size && receivedBytes == size) {
      whole.countDown();
      if (!socket.isClosed()) {
        socket.close();
      }
    }
  }

  /** How many bytes were sent, and their hash. */
  String sent() {
    return sentBytes + " " + HexFormat.of().formatHex(sent.digest());
  }

  /** How many bytes were received, and their hash. */
  String received() {
    return receivedBytes + " " + HexFormat.of().formatHex(received.digest());
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
