package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.BlockingSocket;
import dev.ferrule.TcpServer;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Virtual threads that wait for their sockets pin no carrier, as a JFR recording shows. The soak of
 * bench does it with 10,000.
 */
class PinningTest {
  private static final int THREADS = 300;
  private static final int ROUNDS = 5;
  private static final String EVENT = "jdk.VirtualThreadPinned";

  @TempDir Path folder;

  private List<RecordedEvent> recorded(Runnable action) throws IOException {
    Path file = Files.createTempFile(folder, "pinned", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable(EVENT).withoutThreshold();
      recording.start();
      action.run();
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file).stream()
        .filter(
            event -> event.getEventType().getName().equals(EVENT)) // Ferrule's own are there too
        .toList();
  }

  /** Waits inside a static initializer, which does pin. */
  private static final class Pins {
    static final long WAITED = pinned();

    private static long pinned() {
      long begun = System.nanoTime();
      LockSupport.parkNanos(20_000_000);
      return System.nanoTime() - begun;
    }
  }

  @Test
  void a_thread_that_is_pinned_is_seen() throws IOException {
    List<RecordedEvent> seen =
        recorded(() -> {
          try {
            Thread.ofVirtual().start(() -> LockSupport.parkNanos(Pins.WAITED)).join();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    assertThat(seen).isNotEmpty();
  }

  @Test
  void no_thread_is_pinned_while_it_waits_for_its_socket() throws IOException {
    exchange(); // loads the classes
    assertThat(recorded(PinningTest::exchange)).isEmpty();
  }

  private static void exchange() {
    SslContext clients = SslContext.client().trust(Pki.TRUST).build();
    AtomicInteger done = new AtomicInteger();
    AtomicInteger open = new AtomicInteger(THREADS);
    CountDownLatch all = new CountDownLatch(THREADS);
    Loops.run(loop -> {
      TcpServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .onRead((socket, data) -> socket.write(data))
              .onEvent(event -> {})
              .open();
      for (int i = 0; i < THREADS; i++) {
        var _ =
            Ssl.connect(loop, "127.0.0.1", server.port())
                .context(clients)
                .onClose(() -> {
                  if (open.decrementAndGet() == 0) {
                    server.close();
                  }
                })
                .openAsync()
                .thenAccept(socket -> {
                  BlockingSocket<?> blocking = socket.blocking();
                  Thread.ofVirtual().start(() -> use(blocking, all, done));
                });
      }
    });
    assertThat(done).hasValue(THREADS);
  }

  private static void use(BlockingSocket<?> socket, CountDownLatch all, AtomicInteger done) {
    try (socket) {
      all.countDown();
      all.await(); // all are open at once
      for (int i = 0; i < ROUNDS; i++) {
        socket.output().write(ByteBuffer.allocate(4).putInt(i).array());
        socket.output().flush();
        assertThat(ByteBuffer.wrap(socket.input().readNBytes(4)).getInt()).isEqualTo(i);
      }
      done.incrementAndGet();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
