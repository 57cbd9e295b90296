package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.BlockingSocket;
import dev.ferrule.TcpSocket;
import dev.ferrule.tests.ssl.BlockingPair.Kind;
import dev.ferrule.tests.ssl.BlockingPair.Waiting;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random writes and reads of two threads against an echo by callbacks, with random bounds: each
 * byte comes back once, in order. The seed is in the name of what fails.
 */
class BlockingTrafficTest {
  private static final int ROUNDS = 12;

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Sizes of every magnitude. */
  private static int size(Random random, int most) {
    return 1 + random.nextInt(Math.min(most, 1 << random.nextInt(19)));
  }

  @ParameterizedTest
  @EnumSource
  void each_byte_comes_back_once_and_in_order(Kind kind) {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = System.nanoTime();
      Random random = new Random(seed);
      int unread = size(random, 300_000);
      int high = size(random, 300_000);
      int low = random.nextInt(high);
      new BlockingPair(kind)
          .client(setup -> setup.maxUnread(unread).waterMarks(low, high))
          .server(setup -> setup.waterMarks(low, high))
          .served(BlockingTrafficTest::echoWithBackpressure)
          .run(socket -> exchange(socket, seed));
    }
  }

  private static void echoWithBackpressure(TcpSocket socket) {
    socket.onRead((s, data) -> {
      if (!s.write(data)) {
        s.disableReading();
      }
    });
    socket.onDrain(TcpSocket::enableReading);
  }

  private static void exchange(BlockingSocket<?> socket, long seed) throws Exception {
    int total = size(new Random(seed), 1 << 18) * 8;
    Waiting writer = BlockingPair.waiting(() -> write(socket, seed, total));
    String read = read(socket, seed, total);
    assertThat(writer.result().join()).as("seed %d", seed).isEqualTo(read);
  }

  private static String write(BlockingSocket<?> socket, long seed, int total) throws IOException {
    Random random = new Random(seed + 1);
    MessageDigest digest = digest();
    OutputStream out = socket.output();
    for (int left = total; left > 0; ) {
      byte[] piece = new byte[Math.min(left, size(random, 1 << 18))];
      random.nextBytes(piece);
      digest.update(piece);
      out.write(piece);
      left -= piece.length;
      if (random.nextInt(4) == 0) {
        out.flush();
      }
    }
    return hex(digest);
  }

  private static String read(BlockingSocket<?> socket, long seed, int total) throws IOException {
    Random random = new Random(seed + 2);
    MessageDigest digest = digest();
    for (int left = total; left > 0; ) {
      byte[] piece = new byte[size(random, 1 << 18)];
      int n = socket.input().read(piece);
      assertThat(n).as("seed %d", seed).isPositive();
      digest.update(piece, 0, n);
      left -= n;
    }
    return hex(digest);
  }
}
