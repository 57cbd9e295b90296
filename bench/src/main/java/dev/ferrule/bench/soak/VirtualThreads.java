package dev.ferrule.bench.soak;

import dev.ferrule.BlockingSocket;
import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

/**
 * Many virtual threads, each with a connection that it has dialled, all open at once: {@code
 * [--connections N] [--rounds N]}. Each sends numbers, and gets them back from a server in a
 * process of its own. A JFR recording must not show a thread that was pinned. Exits with 1 when it
 * does, or when an answer is missing.
 */
final class VirtualThreads {
  private static final String PINNED = "jdk.VirtualThreadPinned";
  private static final int WARM_UP = 200;

  /** Handshakes at once: more would only wait longer. */
  private static final int DIALLING = 200;

  private final SslContext context;
  private final int port;

  private VirtualThreads(SslContext context, int port) {
    this.context = context;
    this.port = port;
  }

  /** The server's process is this program too, with two files as its arguments. */
  public static void main(String[] args) throws Exception {
    if (args.length == 3 && args[0].equals("--serve")) {
      serve(Path.of(args[1]), Path.of(args[2]));
      return;
    }
    int connections = 10_000;
    int rounds = 20;
    for (int i = 0; i + 1 < args.length; i += 2) {
      switch (args[i]) {
        case "--connections" -> connections = Integer.parseInt(args[i + 1]);
        case "--rounds" -> rounds = Integer.parseInt(args[i + 1]);
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    System.exit(measure(connections, rounds) ? 0 : 1);
  }

  private static void serve(Path chain, Path key) {
    EventLoop.run(loop -> {
      int open =
          Ssl.server(loop, "127.0.0.1", 0)
              .certificate(chain)
              .key(key)
              .onRead((socket, data) -> socket.write(data))
              .onEvent(event -> {})
              .open()
              .port();
      System.out.println(open);
    });
  }

  private static boolean measure(int connections, int rounds) throws Exception {
    Path folder = Files.createTempDirectory("ferrule-soak");
    ThrowawayCa ca = ThrowawayCa.create();
    Issued server = ca.issue("127.0.0.1");
    Path chain = Files.writeString(folder.resolve("chain.pem"), server.chainPem());
    Path key = Files.writeString(folder.resolve("key.pem"), server.keyPem());
    Process serving = start(chain, key);
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(serving.getInputStream(), StandardCharsets.US_ASCII))) {
      SslContext context = SslContext.client().trust(List.of(ca.certificate())).build();
      VirtualThreads threads = new VirtualThreads(context, Integer.parseInt(said.readLine()));
      threads.run(Math.min(WARM_UP, connections), rounds);
      return threads.isWhole(folder.resolve("pinned.jfr"), connections, rounds);
    } finally {
      serving.destroy();
    }
  }

  private static Process start(Path chain, Path key) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            VirtualThreads.class.getName(),
            "--serve",
            chain.toString(),
            key.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private boolean isWhole(Path file, int connections, int rounds) throws Exception {
    int answered;
    try (Recording recording = new Recording()) {
      recording.enable(PINNED).withoutThreshold();
      recording.start();
      answered = run(connections, rounds);
      recording.stop();
      recording.dump(file);
    }
    int pinned = RecordingFile.readAllEvents(file).size();
    System.out.printf(
        "%,d virtual threads, %,d answers, %,d times pinned%n", connections, answered, pinned);
    return pinned == 0 && answered == connections * rounds;
  }

  private int run(int connections, int rounds) throws InterruptedException {
    AtomicInteger answered = new AtomicInteger();
    Semaphore dialling = new Semaphore(DIALLING);
    CountDownLatch open = new CountDownLatch(connections);
    long begun = System.nanoTime();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      threads.add(
          Thread.startVirtualThread(() -> {
            try {
              answered.addAndGet(use(dialling, open, rounds));
            } catch (IOException e) {
              System.err.println(e.getMessage());
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }));
    }
    open.await();
    System.out.printf("%,d open after %s%n", connections, since(begun));
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.printf("%,d answers after %s%n", answered.get(), since(begun));
    return answered.get();
  }

  private static Duration since(long begun) {
    return Duration.ofMillis((System.nanoTime() - begun) / 1_000_000);
  }

  private int use(Semaphore dialling, CountDownLatch open, int rounds)
      throws IOException, InterruptedException {
    dialling.acquire();
    BlockingSocket<SslSocket> dialled;
    try {
      dialled = Ssl.dial("127.0.0.1", port, ssl -> ssl.context(context));
    } finally {
      dialling.release();
      open.countDown();
    }
    try (dialled) {
      open.await();
      int answers = 0;
      for (int i = 0; i < rounds; i++) {
        dialled.output().write(ByteBuffer.allocate(4).putInt(i).array());
        boolean same = ByteBuffer.wrap(dialled.input().readNBytes(4)).getInt() == i;
        answers += same ? 1 : 0;
      }
      return answers;
    }
  }
}
