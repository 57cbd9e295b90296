package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.testkit.Loops;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BulkTest {
  private static final int SIZE = 64 << 20;
  private static final int PIECE = 100_003; // fits nothing

  /** Reads one side of a conversation, ends its own side when all is there. */
  private static final class Reader {
    final MessageDigest digest = sha256();

    void read(TcpSocket socket, ByteBuffer data) {
      digest.update(data);
    }

    String result() {
      return HexFormat.of().formatHex(digest.digest());
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] random(long seed) {
    byte[] bytes = new byte[SIZE];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static String digest(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  /** Writes pieces until told to hold off, and goes on when told to; ends its side at the end. */
  private static final class Writer {
    private final ByteBuffer left;

    Writer(byte[] all) {
      left = ByteBuffer.wrap(all);
    }

    void go(TcpSocket socket) {
      boolean more = true;
      while (more && left.hasRemaining()) {
        ByteBuffer piece = left.slice(left.position(), Math.min(PIECE, left.remaining()));
        left.position(left.position() + piece.remaining());
        more = socket.write(piece);
      }
      if (!left.hasRemaining()) {
        socket.shutdownOutput();
      }
    }
  }

  @Test
  void sixty_four_mebibytes_each_way_at_once_with_heed_to_the_marks() {
    byte[] up = random(1);
    byte[] down = random(2);
    Reader atServer = new Reader();
    Reader atClient = new Reader();
    Loops.run(loop -> {
      Writer serverWriter = new Writer(down);
      Writer clientWriter = new Writer(up);
      TcpServer server =
          Loopback.server(loop)
              .halfOpen()
              .onConnect(serverWriter::go)
              .onDrain(serverWriter::go)
              .onRead(atServer::read)
              .open();
      Loopback.client(loop, server)
          .halfOpen()
          .onConnect(clientWriter::go)
          .onDrain(clientWriter::go)
          .onRead(atClient::read)
          .open();
    });
    assertThat(atServer.result()).isEqualTo(digest(up));
    assertThat(atClient.result()).isEqualTo(digest(down));
  }

  @Test
  void sixty_four_mebibytes_each_way_in_one_write_each() {
    byte[] up = random(3);
    byte[] down = random(4);
    Reader atServer = new Reader();
    Reader atClient = new Reader();
    Loops.run(loop -> {
      TcpServer server =
          Loopback.server(loop)
              .halfOpen()
              .onConnect(s -> send(s, down))
              .onRead(atServer::read)
              .open();
      Loopback.client(loop, server)
          .halfOpen()
          .onConnect(s -> send(s, up))
          .onRead(atClient::read)
          .open();
    });
    assertThat(atServer.result()).isEqualTo(digest(up));
    assertThat(atClient.result()).isEqualTo(digest(down));
  }

  private static void send(TcpSocket socket, byte[] all) {
    socket.write(all);
    socket.shutdownOutput();
  }
}
