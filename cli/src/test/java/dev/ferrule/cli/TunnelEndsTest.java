package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However two peers end, each sees of the other what it would see without tunnels. */
class TunnelEndsTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();
  private static final int CASES = 60;
  private static final int MOST = 400_000;

  @TempDir private static Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"--quiet", "--poller=nio --provider=jdk"})
  void of_random_pairs_of_peers_each_sees_the_other_s_bytes_and_kind_of_end(String options)
      throws Exception {
    String[] more = options.split(" ", -1);
    WrittenFiles files = CA.issue("localhost", "127.0.0.1").write(folder);
    String ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        RunningTool server =
            tunnel(
                more,
                "--to=127.0.0.1:" + listener.getLocalPort(),
                "--cert=" + files.certificate(),
                "--key=" + files.key());
        RunningTool client = tunnel(more, "--client", "--to=" + server.address(), "--ca=" + ca);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String address = client.address();
      for (int i = 0; i < CASES; i++) {
        try (Pair pair = Pair.open(address, listener, threads)) {
          pair.play(random, "seed " + seed + ", case " + i);
        }
      }
    }
  }

  private static RunningTool tunnel(String[] more, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("tunnel", "--listen=127.0.0.1:0"));
    all.addAll(List.of(more));
    all.addAll(List.of(arguments));
    return RunningTool.start(folder, all.toArray(String[]::new));
  }

  /** The two ends of one connection through the tunnels. */
  private record Pair(Socket client, Socket target, ExecutorService threads)
      implements AutoCloseable {
    static Pair open(String address, ServerSocket listener, ExecutorService threads)
        throws IOException {
      Target at = Target.parse(address);
      Socket client = new Socket(at.host(), at.port());
      listener.setSoTimeout(20_000);
      Socket target = listener.accept();
      client.setSoTimeout(20_000);
      target.setSoTimeout(20_000);
      return new Pair(client, target, threads);
    }

    void play(Random random, String what) throws Exception {
      byte[] there = bytes(random);
      byte[] back = bytes(random);
      boolean clientFirst = random.nextBoolean();
      Socket first = clientFirst ? client : target;
      Socket second = clientFirst ? target : client;
      if (random.nextInt(3) == 0) {
        cut(first, second, there, what);
        return;
      }
      assertThat(passed(first, second, there)).as(what).isEqualTo(there);
      assertThat(passed(second, first, back)).as("%s, and back", what).isEqualTo(back);
    }

    private static byte[] bytes(Random random) {
      byte[] bytes = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(MOST)];
      random.nextBytes(bytes);
      return bytes;
    }

    /** Sends, ends in order, and reads to the end at the other side. */
    private byte[] passed(Socket from, Socket to, byte[] bytes) throws Exception {
      Callable<Void> send =
          () -> {
            from.getOutputStream().write(bytes);
            from.shutdownOutput();
            return null;
          };
      Future<Void> sent = threads.submit(send);
      byte[] read = to.getInputStream().readAllBytes();
      sent.get();
      return read;
    }

    /** Sends, and is reset: the other side must not take that for an end. */
    private static void cut(Socket from, Socket to, byte[] bytes, String what) throws IOException {
      from.getOutputStream().write(bytes, 0, Math.min(bytes.length, 10_000));
      from.setSoLinger(true, 0);
      from.close();
      assertThatThrownBy(() -> to.getInputStream().readAllBytes())
          .as("%s, cut", what)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("reset");
    }

    @Override
    public void close() throws IOException {
      client.close();
      target.close();
    }
  }
}
