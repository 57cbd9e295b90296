package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.SocketSetup;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.spi.PollerProvider;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Both ends write from everywhere over real sockets whose kernel buffers are 4 KiB, then end. The
 * kernel is slow with such buffers; {@code -Ddev.ferrule.small.kibibytes=65536} sends more.
 */
class SmallBuffersTest {
  private static final byte[] ALL =
      new byte[Integer.getInteger("dev.ferrule.small.kibibytes", 48) << 10];

  static {
    new Random(4).nextBytes(ALL);
  }

  private final List<String> events = new ArrayList<>();

  /** From where a program writes. */
  @SuppressWarnings("ImmutableEnumChecker") // they capture nothing
  enum From {
    OWN_CALLBACK((loop, write) -> write.run()),
    EXECUTE((loop, write) -> loop.execute(write)),
    TIMER((loop, write) -> loop.delay(Duration.ofMillis(1), write)),
    NOTIFIER((loop, write) -> loop.notifier(write).trigger());

    private final BiConsumer<EventLoop, Runnable> place;

    From(BiConsumer<EventLoop, Runnable> place) {
      this.place = place;
    }
  }

  /** The poller of this run, with small buffers. */
  private static LoopSetup small() {
    String name = System.getProperty(LoopSetup.POLLER_PROPERTY, "nio");
    PollerProvider real =
        LoopSetup.pollers().stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
    return EventLoop.setup().poller(SmallBuffers.of(real));
  }

  /** Writes all from somewhere, and compares what comes. */
  private <S extends TcpSocket, B extends SocketSetup<S, B>> B exchanging(
      EventLoop loop, From from, CRC32 sum, B setup) {
    return setup
        .halfOpen()
        .onConnect(socket ->
            from.place.accept(
                loop,
                () -> {
                  socket.write(ALL);
                  socket.shutdownOutput();
                }))
        .onRead((socket, data) -> sum.update(data))
        .onEvent(event -> events.add(event.getClass().getSimpleName()));
  }

  private void requireWhole(CRC32... sums) {
    CRC32 expected = new CRC32();
    expected.update(ALL);
    for (CRC32 sum : sums) {
      assertThat(sum.getValue()).isEqualTo(expected.getValue());
    }
    assertThat(events).containsExactly("TcpEof", "TcpEof");
  }

  @ParameterizedTest
  @EnumSource
  void all_arrives_both_ways_over_plain_tcp(From from) {
    CRC32 atServer = new CRC32();
    CRC32 atClient = new CRC32();
    Loops.run(
        small(),
        loop -> {
          TcpServer server =
              exchanging(loop, from, atServer, Tcp.server(loop, "127.0.0.1", 0)).open();
          exchanging(loop, from, atClient, Tcp.connect(loop, "127.0.0.1", server.port()))
              .onClose(server::close)
              .open();
        });
    requireWhole(atServer, atClient);
  }

  @ParameterizedTest
  @EnumSource
  void all_arrives_both_ways_over_ssl(From from) {
    CRC32 atServer = new CRC32();
    CRC32 atClient = new CRC32();
    Loops.run(
        small(),
        loop -> {
          TcpServer server =
              exchanging(
                      loop, from, atServer, Ssl.server(loop, "127.0.0.1", 0).credentials(Pki.LOCAL))
                  .open();
          exchanging(
                  loop,
                  from,
                  atClient,
                  Ssl.connect(loop, "127.0.0.1", server.port()).trust(Pki.TRUST))
              .onClose(server::close)
              .open();
        });
    requireWhole(atServer, atClient);
  }
}
