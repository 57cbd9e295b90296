package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.BlockingSocket;
import dev.ferrule.EventLoop;
import dev.ferrule.TcpSocket;
import dev.ferrule.tests.ssl.BlockingPair.Kind;
import dev.ferrule.tests.ssl.BlockingPair.Waiting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Threads that read and write, ended or sent back to callbacks at random moments: nobody waits for
 * ever and no byte is lost. The seed is in the name of what fails.
 */
class BlockingSchedulesTest {
  private static final int ROUNDS = 40;
  private static final int PHASES = 60;

  /** What ends the threads' work. */
  private enum End {
    CLOSE,
    ABORT,
    CALLBACKS,
    LOOP,
    PEER_CLOSES,
    PEER_ABORTS,
    INTERRUPTS
  }

  @ParameterizedTest
  @EnumSource
  void every_thread_ends_whatever_ends_the_socket_and_when(Kind kind) {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = System.nanoTime();
      Random random = new Random(seed);
      End end = End.values()[random.nextInt(End.values().length)];
      BlockingPair pair = new BlockingPair(kind).echoing();
      int bound = 1 + random.nextInt(100_000);
      pair.client(setup -> setup.maxUnread(bound).waterMarks(bound / 2, bound));
      pair.runUntilExit(socket -> {
        Waiting reader = BlockingPair.waiting(() -> read(socket));
        Waiting writer = BlockingPair.waiting(() -> write(socket));
        LockSupport.parkNanos(random.nextInt(3_000_000));
        end(end, pair, socket, reader, writer);
        reader.result().get(10, TimeUnit.SECONDS);
        writer.result().get(10, TimeUnit.SECONDS);
        assertThat(reader.result()).as("seed %d, %s", seed, end).isCompleted();
        exit(pair);
      });
    }
  }

  /** The loop may have nothing to wait for, and so have ended. */
  private static void exit(BlockingPair pair) {
    try {
      pair.loop.group().execute(EventLoop::exit);
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("ended");
    }
  }

  private static int read(BlockingSocket<?> socket) throws IOException {
    byte[] some = new byte[5000];
    int n;
    do {
      n = socket.input().read(some);
    } while (n >= 0);
    return n;
  }

  private static int write(BlockingSocket<?> socket) throws IOException {
    Random sizes = new Random();
    while (true) {
      socket.output().write(new byte[sizes.nextInt(40_000)]);
      if (sizes.nextInt(5) == 0) {
        socket.output().flush();
      }
    }
  }

  private static void end(
      End end, BlockingPair pair, BlockingSocket<?> socket, Waiting reader, Waiting writer)
      throws IOException {
    switch (end) {
      case CLOSE -> socket.close();
      case ABORT -> socket.abort();
      case CALLBACKS -> pair.onLoop(socket::callbacks);
      case LOOP -> exit(pair);
      case PEER_CLOSES -> pair.onLoop(() -> pair.server.close());
      case PEER_ABORTS -> pair.onLoop(() -> pair.server.abort());
      case INTERRUPTS -> {
        reader.thread().interrupt();
        writer.thread().interrupt();
      }
    }
  }

  /** Bytes by their place in the stream. */
  private static byte at(long place) {
    return (byte) (place * 31 + (place >>> 8) * 7);
  }

  /** One client that goes back and forth. */
  private static final class Traveller {
    private final BlockingPair pair;
    private final Random random;
    private BlockingSocket<?> socket;
    private TcpSocket back;
    private long written;
    private volatile long read;
    private volatile boolean wrong;

    Traveller(BlockingPair pair, BlockingSocket<?> socket, Random random) {
      this.pair = pair;
      this.socket = socket;
      this.random = random;
    }

    private byte[] next() {
      byte[] bytes = new byte[random.nextInt(1 << (1 + random.nextInt(16)))];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = at(written++);
      }
      return bytes;
    }

    private void check(ByteBuffer data) {
      long place = read;
      while (data.hasRemaining()) {
        wrong |= data.get() != at(place++);
      }
      read = place;
    }

    void phase() throws IOException {
      socket.output().write(next());
      if (read < written && random.nextBoolean()) {
        byte[] some = new byte[1 + random.nextInt(50_000)];
        check(ByteBuffer.wrap(some, 0, socket.input().read(some)));
      }
      pair.onLoop(() -> {
        back = socket.callbacks();
        if (random.nextBoolean()) {
          back.onRead((s, data) -> check(data));
        }
        back.write(next());
      });
      if (random.nextBoolean()) {
        LockSupport.parkNanos(random.nextInt(300_000));
      }
      pair.onLoop(() -> socket = back.blocking());
    }

    void rest() throws IOException {
      socket.shutdownOutput();
      byte[] some = new byte[10_000];
      for (int n; (n = socket.input().read(some)) >= 0; ) {
        check(ByteBuffer.wrap(some, 0, n));
      }
      socket.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void no_byte_is_lost_between_streams_and_callbacks(Kind kind) {
    long seed = System.nanoTime();
    BlockingPair pair = new BlockingPair(kind).echoing();
    pair.client(setup -> setup.maxUnread(30_000).maxQueued(1L << 30))
        .server(setup -> setup.maxQueued(1L << 30));
    pair.run(first -> {
      Traveller traveller = new Traveller(pair, first, new Random(seed));
      for (int i = 0; i < PHASES; i++) {
        traveller.phase();
      }
      traveller.rest();
      assertThat(traveller.wrong).as("seed %d", seed).isFalse();
      assertThat(traveller.read).as("seed %d", seed).isEqualTo(traveller.written);
    });
  }
}
