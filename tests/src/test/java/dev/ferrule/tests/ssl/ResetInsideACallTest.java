package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpReset;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.testkit.NetworkConditions;
import dev.ferrule.testkit.SimulatedNetwork;
import dev.ferrule.tests.Pki;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A write of the program finds that the peer has reset the connection, and the link is ready to be
 * read in the same turn, before anything is told: it reads like one that has ended. What is told is
 * the reset, behind what came before it; never a clean end, and over SSL no truncated one.
 */
class ResetInsideACallTest {
  /** Plain TCP, or the highest version of SSL. */
  enum Kind {
    PLAIN,
    TLS_1_2,
    TLS_1_3
  }

  /** More than waits in the loop's buffers until the end of a dispatch. */
  private static final byte[] MUCH = new byte[1 << 20];

  private final Heard heard = new Heard();
  private final ResetPoller[] poller = new ResetPoller[1];
  private Consumer<TcpSocket> before = socket -> {};
  private boolean streams;
  private TcpSocket peer;

  @ParameterizedTest
  @EnumSource
  void is_told_as_a_reset(Kind kind) {
    run(kind, socket -> socket.write(MUCH));
    assertToldAs("TcpReset", "close");
  }

  @ParameterizedTest
  @EnumSource
  void is_told_behind_what_came_before_it(Kind kind) {
    run(kind, this::writeBehindTheRest);
    assertToldAs("read", "TcpReset", "close");
    assertThat(heard.text).hasToString("the rest");
  }

  /** Over plain TCP nothing tells a FIN from the end that is read behind a reset. */
  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void is_told_behind_the_clean_end_that_came_before_it(Kind kind) {
    run(
        kind,
        socket -> {
          peer.write("the rest");
          peer.close();
          socket.write(MUCH);
        });
    assertToldAs("read", "TcpEof", "TcpReset", "close");
  }

  @ParameterizedTest
  @EnumSource
  void is_told_to_who_has_paused(Kind kind) {
    before = TcpSocket::disableReading;
    run(kind, this::writeBehindTheRest);
    assertToldAs("TcpReset", "close");
  }

  @ParameterizedTest
  @EnumSource
  void is_told_to_who_pauses_in_the_same_call(Kind kind) {
    run(
        kind,
        socket -> {
          socket.write(MUCH);
          socket.disableReading();
        });
    assertToldAs("TcpReset", "close");
  }

  @ParameterizedTest
  @EnumSource
  void is_told_to_who_reads_a_stream(Kind kind) {
    streams = true;
    run(kind, this::writeBehindTheRest);
    assertToldAs("read", "TcpReset", "close");
    assertThat(heard.text).hasToString("the rest");
  }

  /** What was written is lost, and that is news to who closes. */
  @ParameterizedTest
  @EnumSource
  void is_told_to_who_closes_in_the_same_call(Kind kind) {
    run(
        kind,
        socket -> {
          peer.write("the rest");
          socket.write(MUCH);
          socket.close();
        });
    assertToldAs("TcpReset", "close");
  }

  @ParameterizedTest
  @EnumSource
  void is_told_to_who_ends_the_output_in_the_same_call(Kind kind) {
    run(
        kind,
        socket -> {
          socket.write(MUCH);
          socket.shutdownOutput();
        });
    assertToldAs("TcpReset", "close");
  }

  @ParameterizedTest
  @EnumSource
  void is_told_to_who_is_closing_already(Kind kind) {
    run(
        kind,
        socket -> {
          socket.disableWriting();
          socket.write("lost");
          socket.close();
        });
    assertToldAs("TcpReset", "close");
  }

  private void writeBehindTheRest(TcpSocket socket) {
    peer.write("the rest");
    socket.write(MUCH);
  }

  private void assertToldAs(String... order) {
    assertThat(heard.order).containsExactly(order);
    assertThat(heard.events.getLast())
        .isInstanceOfSatisfying(
            TcpReset.class, reset -> assertThat(reset.code()).isEqualTo("ECONNRESET"));
  }

  /** The peer resets; then {@code call} is made, before the loop polls in the same turn. */
  private void run(Kind kind, Consumer<TcpSocket> call) {
    SimulatedNetwork network = SimulatedNetwork.of(NetworkConditions.holding(8 << 20));
    network
        .setup()
        .poller(ResetPoller.over(network, poller))
        .run(loop -> {
          TcpServer server = serve(loop, kind);
          TcpSocket client = connect(loop, kind, server.port());
          loop.delay(Duration.ofSeconds(1), () -> before.accept(client));
          loop.delay(
              Duration.ofSeconds(2),
              () -> {
                server.close();
                poller[0].reset();
                call.accept(client);
              });
        });
  }

  private TcpServer serve(EventLoop loop, Kind kind) {
    return kind == Kind.PLAIN
        ? Tcp.server(loop, "127.0.0.1", 0)
            .onConnect(socket -> peer = socket)
            .onEvent(event -> {})
            .open()
        : Ssl.server(loop, "127.0.0.1", 0)
            .credentials(Pki.LOCAL)
            .onConnect(socket -> peer = socket)
            .onEvent(event -> {})
            .open();
  }

  private TcpSocket connect(EventLoop loop, Kind kind, int port) {
    var setup =
        kind == Kind.PLAIN
            ? Tcp.connect(loop, "127.0.0.1", port)
            : Ssl.connect(loop, "127.0.0.1", port)
                .trust(Pki.TRUST)
                .maxProtocol(Protocol.valueOf(kind.name()));
    setup.onEvent(heard::event).onClose(heard::close);
    if (streams) {
      setup.onStream((socket, stream) -> {
        ByteBuffer data = ByteBuffer.allocate(100);
        stream.read(data);
        heard.read(data.flip());
      });
    } else {
      setup.onRead((socket, data) -> heard.read(data));
    }
    return setup.open();
  }
}
