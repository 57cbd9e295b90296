package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.BlockingSocket;
import dev.ferrule.TcpSocket;
import dev.ferrule.Timer;
import dev.ferrule.event.TcpEof;
import dev.ferrule.tests.ssl.BlockingPair.Kind;
import dev.ferrule.tests.ssl.BlockingPair.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A thread that waits, and what comes at the same moment: bytes and its time limit, an interrupt,
 * callbacks that take over, a close by another thread. The seed is in the name of what fails.
 */
class BlockingRacesTest {
  private static final int ROUNDS = 6;
  private static final int TOTAL = 60_000;

  /** Bytes by their place in the stream. */
  private static byte at(long place) {
    return (byte) (place * 31 + (place >>> 8) * 7);
  }

  /** Sends pieces, one each millisecond, and ends. */
  private static void drip(TcpSocket server, Random sizes) {
    int[] sent = new int[1];
    Timer[] drip = new Timer[1];
    drip[0] =
        server
            .loop()
            .interval(
                Duration.ofMillis(1),
                () -> {
                  byte[] piece =
                      new byte[Math.min(TOTAL - sent[0], 1 + sizes.nextInt(2 * TOTAL / 100))];
                  for (int i = 0; i < piece.length; i++) {
                    piece[i] = at(sent[0]++);
                  }
                  server.write(piece);
                  if (sent[0] == TOTAL) {
                    drip[0].cancel();
                    server.shutdownOutput();
                  }
                });
    server.onClose(drip[0]::cancel);
  }

  /** Reads by threads and by callbacks in turn; what each got is a part. */
  private static final class Reading {
    private final List<ByteArrayOutputStream> parts = new CopyOnWriteArrayList<>();
    private volatile BlockingSocket<?> socket;
    private TcpSocket back;
    private volatile boolean ended;

    Reading(BlockingSocket<?> first) {
      socket = first;
    }

    private ByteArrayOutputStream part() {
      ByteArrayOutputStream next = new ByteArrayOutputStream();
      parts.add(next);
      return next;
    }

    /** Until it is told that the callbacks have taken over, or of the end. */
    int read(ByteArrayOutputStream part, Random random) throws IOException {
      while (!ended) {
        byte[] some = new byte[1 + random.nextInt(3000)];
        socket.readTimeout(Duration.ofNanos(1 + random.nextInt(2_000_000)));
        try {
          int n = socket.input().read(some);
          ended = n < 0;
          part.write(some, 0, Math.max(n, 0));
        } catch (SocketTimeoutException e) {
          assertThat(e.bytesTransferred).isZero();
        } catch (InterruptedIOException e) {
          assertThat(Thread.interrupted()).isTrue();
        } catch (SocketException e) {
          assertThat(e).hasMessageContaining("went back to its callbacks");
          return 1;
        }
      }
      return 0;
    }

    void back() {
      ByteArrayOutputStream part = part();
      back = socket.callbacks();
      back.onRead((s, data) -> {
        while (data.hasRemaining()) {
          part.write(data.get());
        }
      });
    }

    void again() {
      socket = back.blocking();
    }

    byte[] all() throws IOException {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (ByteArrayOutputStream part : parts) {
        part.writeTo(all);
      }
      return all.toByteArray();
    }
  }

  private static void phase(BlockingPair pair, Reading reading, Random random) throws Exception {
    ByteArrayOutputStream part = reading.part();
    long seed = random.nextLong();
    CompletableFuture<Integer> result = new CompletableFuture<>();
    Thread reader =
        Thread.ofVirtual()
            .start(() -> {
              try {
                result.complete(reading.read(part, new Random(seed)));
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    LockSupport.parkNanos(random.nextInt(3_000_000));
    if (random.nextInt(3) == 0) {
      reader.interrupt();
    }
    pair.onLoop(reading::back);
    result.get(10, TimeUnit.SECONDS);
    LockSupport.parkNanos(random.nextInt(1_500_000));
    pair.onLoop(reading::again);
  }

  @ParameterizedTest
  @EnumSource
  void no_byte_is_lost_to_limits_interrupts_and_callbacks_in_the_middle_of_a_read(Kind kind) {
    byte[] expected = new byte[TOTAL];
    for (int i = 0; i < TOTAL; i++) {
      expected[i] = at(i);
    }
    for (int round = 0; round < ROUNDS; round++) {
      long seed = System.nanoTime();
      Random random = new Random(seed);
      BlockingPair pair = new BlockingPair(kind);
      pair.client(setup -> setup.halfOpen().maxUnread(1 + random.nextInt(4000)))
          .served(socket -> drip(socket, new Random(seed)))
          .run(first -> {
            Reading reading = new Reading(first);
            while (!reading.ended) {
              phase(pair, reading, random);
            }
            assertThat(reading.all()).as("seed %d", seed).isEqualTo(expected);
            reading.socket.close();
          });
    }
  }

  /** Takes what comes in one millisecond, and nothing in the next. */
  private static void takeByTurns(TcpSocket server, AtomicLong received) {
    boolean[] pauses = new boolean[1];
    Runnable turn =
        () -> {
          pauses[0] ^= true;
          if (pauses[0]) {
            server.disableReading();
          } else {
            server.enableReading();
          }
        };
    Timer turns = server.loop().interval(Duration.ofMillis(1), turn);
    server.onRead((s, data) -> {
      received.addAndGet(data.remaining());
      data.position(data.limit());
    });
    server.onClose(turns::cancel);
  }

  private static int write(BlockingSocket<?> socket, AtomicLong written, Random sizes)
      throws IOException {
    while (true) {
      byte[] some = new byte[sizes.nextInt(50_000)];
      socket.output().write(some);
      written.addAndGet(some.length);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_close_by_another_thread_sends_what_writes_have_returned_and_ends_cleanly(Kind kind) {
    for (int round = 0; round < 2 * ROUNDS; round++) {
      long seed = System.nanoTime();
      Random random = new Random(seed);
      AtomicLong received = new AtomicLong();
      AtomicLong written = new AtomicLong();
      BlockingPair pair = new BlockingPair(kind);
      pair.client(setup -> setup.waterMarks(1, 1 + random.nextInt(60_000)))
          .served(socket -> takeByTurns(socket, received))
          .run(socket -> {
            Waiting writer = BlockingPair.waiting(() -> write(socket, written, new Random(seed)));
            LockSupport.parkNanos(random.nextInt(5_000_000));
            socket.close();
            assertThat(writer.result().get(10, TimeUnit.SECONDS))
                .as("seed %d", seed)
                .isInstanceOf(SocketException.class);
          });
      assertThat(received.get()).as("seed %d", seed).isGreaterThanOrEqualTo(written.get());
      assertThat(pair.serverEvents).as("seed %d", seed).allMatch(TcpEof.class::isInstance);
    }
  }
}
