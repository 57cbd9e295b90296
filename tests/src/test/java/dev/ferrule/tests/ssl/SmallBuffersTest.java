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
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both ends write from everywhere over real sockets with small kernel buffers, then end. With 4 KiB
 * on both sides the kernel waits for timers of its own and moves some 40 KiB a second; with 4 KiB
 * to send from and more to receive into it is fast, and {@code -Ddev.ferrule.small.mebibytes=64}
 * sends more.
 */
class SmallBuffersTest {
  /** How large the kernel's buffers are, and what goes through them. */
  enum Buffers {
    SMall(4 << 10, 48 << 10),
    SMall_TO_SEND_FROM(64 << 10, Integer.getInteger("dev.ferrule.small.mebibytes", 4) << 20);

    private final int receive;
    private final int bytes;

    Buffers(int receive, int bytes) {
      this.receive = receive;
      this.bytes = bytes;
    }
  }

  private byte[] all = {};
  private final List<String> events = new ArrayList<>();

  /** From where a program writes. */
  @SuppressWarnings("ImmutableEnumChecker") // they capture nothing
  enum From {
    OWN_CallBACK((loop, write) -> write.run()),
    EXECUTE((loop, write) -> loop.execute(write)),
    TIMER((loop, write) -> loop.delay(Duration.ofMillis(1), write)),
    NOTIFIER((loop, write) -> loop.notifier(write).trigger());

    private final BiConsumer<EventLoop, Runnable> place;

    From(BiConsumer<EventLoop, Runnable> place) {
      this.place = place;
    }
  }

  static Stream<Arguments> cases() {
    return Arrays.stream(From.values())
        .flatMap(from -> Arrays.stream(Buffers.values()).map(b -> Arguments.of(from, b)));
  }

  /** The poller of this run, with small buffers. */
  private LoopSetup small(Buffers buffers) {
    all = new byte[buffers.bytes];
    new Random(4).nextBytes(all);
    String name = System.getProperty(LoopSetup.POLLER_PROPERTY, "nio");
    PollerProvider real =
        LoopSetup.pollers().stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
    return EventLoop.setup().poller(SmallBuffers.of(real, 4 << 10, buffers.receive));
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
                  socket.write(all);
                  socket.shutdownOutput();
                }))
        .onRead((socket, data) -> sum.update(data))
        .onEvent(event -> events.add(event.getClass().getSimpleName()));
  }

  private void requireWhole(CRC32... sums) {
    CRC32 expected = new CRC32();
    expected.update(all);
    for (CRC32 sum : sums) {
      assertThat(sum.getValue()).isEqualTo(expected.getValue());
    }
    assertThat(events).containsExactly("TcpEof", "TcpEof");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void all_arrives_both_ways_over_plain_tcp(From from, Buffers buffers) {
    CRC32 atServer = new CRC32();
    CRC32 atClient = new CRC32();
    Loops.run(
        small(buffers),
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
  @MethodSource("cases")
  void all_arrives_both_ways_over_ssl(From from, Buffers buffers) {
    CRC32 atServer = new CRC32();
    CRC32 atClient = new CRC32();
    Loops.run(
        small(buffers),
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
