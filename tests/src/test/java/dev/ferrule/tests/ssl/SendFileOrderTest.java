package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.RandomConditions;
import dev.ferrule.testkit.SimulatedLink;
import dev.ferrule.testkit.SimulatedNetwork;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.SentFiles;
import dev.ferrule.tests.SentFiles.Expected;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random mixes of writes and files, over plain TCP and SSL, real and simulated, arrive in order.
 */
class SendFileOrderTest {
  private static final int RUNS = 20;
  private static final int LENGTH = 700_000;
  private static final byte[] CONTENT = SentFiles.bytes(LENGTH, 3);
  private static final SslContext SERVERS = SslContext.server().credentials(Pki.LOCAL).build();
  private static final SslContext KERNEL =
      SslContext.server().credentials(Pki.LOCAL).kernelTls().build();
  private static final SslContext CLIENTS = SslContext.client().trust(Pki.TRUST).build();

  @TempDir private static Path folder;
  private static Path file;

  @BeforeAll
  static void write() {
    file = SentFiles.file(folder, CONTENT);
  }

  /** What one socket sends, a few pieces in each turn of its loop. */
  private static final class Sender {
    final Expected expected = new Expected();
    private final Random random;
    private int left;

    Sender(long seed) {
      random = new Random(seed);
      left = 1 + random.nextInt(20);
    }

    void send(TcpSocket socket) {
      for (int pieces = 1 + random.nextInt(4); pieces > 0 && left > 0; pieces--) {
        left--;
        int from = random.nextInt(LENGTH);
        int most = random.nextBoolean() ? 40_000 : LENGTH;
        int length = random.nextInt(Math.min(most, LENGTH - from) + 1);
        byte[] part = Arrays.copyOfRange(CONTENT, from, from + length);
        expected.then(part);
        if (random.nextBoolean()) {
          socket.sendFile(file, from, length);
        } else {
          socket.write(part);
        }
      }
      if (left > 0) {
        socket.loop().delay(Duration.ZERO, () -> send(socket));
      } else {
        socket.close();
      }
    }
  }

  @Test
  void over_plain_tcp() {
    each(seed -> {
      Sender sender = new Sender(seed);
      Loops.run(loop -> plain(loop, sender));
      sender.expected.assertWhole();
    });
  }

  @Test
  void over_ssl() {
    each(seed -> {
      Sender sender = new Sender(seed);
      Loops.run(loop -> ssl(loop, SERVERS, sender));
      sender.expected.assertWhole();
    });
  }

  /** And without it, where it is not there. */
  @Test
  void over_the_kernel_s_tls() {
    each(seed -> {
      Sender sender = new Sender(seed);
      Loops.run(loop -> ssl(loop, KERNEL, sender));
      sender.expected.assertWhole();
    });
  }

  @Test
  void over_links_that_split_and_stall_as_they_like() {
    each(seed -> {
      SimulatedNetwork network =
          new SimulatedNetwork(seed, end -> new RandomConditions(seed + end));
      Sender sender = new Sender(seed);
      LoopSetup setup = network.setup();
      setup.run(loop -> {
        if (seed % 2 == 0) {
          plain(loop, sender);
        } else {
          ssl(loop, SERVERS, sender);
        }
      });
      sender.expected.assertWhole();
      assertThat(network.links()).allMatch(SimulatedLink::isClosed);
    });
  }

  private interface Run {
    void with(long seed);
  }

  private static void each(Run run) {
    long first = Long.getLong("dev.ferrule.seed", 1);
    for (long seed = first; seed < first + RUNS; seed++) {
      try {
        run.with(seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("with -Ddev.ferrule.seed=" + seed, e);
      }
    }
  }

  private static void plain(EventLoop loop, Sender sender) {
    TcpServer server = Tcp.server(loop, "127.0.0.1", 0).onConnect(sender::send).open();
    Tcp.connect(loop, "127.0.0.1", server.port())
        .onRead((s, data) -> sender.expected.read(data))
        .onClose(server::close)
        .open();
  }

  private static void ssl(EventLoop loop, SslContext servers, Sender sender) {
    TcpServer server =
        Ssl.server(loop, "127.0.0.1", 0)
            .context(servers)
            .onSecure((s, session) -> sender.send(s))
            .open();
    Ssl.connect(loop, "127.0.0.1", server.port())
        .context(CLIENTS)
        .onRead((s, data) -> sender.expected.read(data))
        .onClose(server::close)
        .open();
  }
}
