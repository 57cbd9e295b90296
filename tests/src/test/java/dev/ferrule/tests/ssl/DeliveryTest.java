package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.testkit.NetworkConditions;
import dev.ferrule.testkit.SimulatedNetwork;
import dev.ferrule.tests.Acknowledging;
import dev.ferrule.tests.Pki;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** As its namesake over plain TCP, where SSL has a part in it. */
class DeliveryTest {
  private static final int MUCH = 1 << 20;

  private final List<String> log = new ArrayList<>();
  private long arrived;

  private TcpServer counting(EventLoop loop) {
    TcpServer[] server = new TcpServer[1];
    server[0] =
        Ssl.server(loop, "127.0.0.1", 0)
            .credentials(Pki.LOCAL)
            .onConnect(socket -> server[0].close())
            .onRead((socket, data) -> arrived += data.remaining())
            .onEvent(event -> log.add("server " + event.getClass().getSimpleName()))
            .open();
    return server[0];
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_link_that_takes_all_at_the_next_call_gets_all(Protocol version) {
    SimulatedNetwork network = new SimulatedNetwork(0, end -> new Acknowledging(50_000));
    long begun = network.clock().getAsLong();
    network
        .setup()
        .run(loop ->
            Ssl.connect(loop, "127.0.0.1", counting(loop).port())
                .trust(Pki.TRUST)
                .maxProtocol(version)
                .onConnect(socket -> {
                  socket.write(new byte[MUCH]);
                  socket.close();
                })
                .open());
    assertThat(arrived).isEqualTo(MUCH);
    assertThat(log).containsExactly("server TcpEof");
    assertThat(network.clock().since(begun)).isZero();
  }

  /** The second handshake resumes: before TLS 1.3 its last word is the client's. */
  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_drain_callback_that_is_owed_at_the_wrap_comes(Protocol version) {
    SslContext servers = SslContext.server().credentials(Pki.LOCAL).build();
    SslContext clients = SslContext.client().trust(Pki.TRUST).maxProtocol(version).build();
    for (int i = 0; i < 2; i++) {
      arrived = 0;
      SimulatedNetwork.of(NetworkConditions.IDEAL)
          .setup()
          .run(loop -> {
            TcpServer server = wrapping(loop, servers);
            Tcp.connect(loop, "127.0.0.1", server.port())
                .onRead((socket, data) -> {
                  arrived += data.remaining();
                  data.position(data.limit());
                  if (arrived == 10_000) {
                    wrap(socket, clients);
                  }
                })
                .onClose(server::close)
                .open();
          });
    }
    assertThat(log).containsExactly("sent", "drained", "sent", "drained");
  }

  private TcpServer wrapping(EventLoop loop, SslContext context) {
    return Tcp.server(loop, "127.0.0.1", 0)
        .waterMarks(0, 1_000)
        .onDrain(socket -> log.add("drained"))
        .onConnect(socket -> {
          assertThat(socket.write(new byte[10_000], same -> log.add("sent"))).isFalse();
          Ssl.wrap(socket).asServer(context).open();
        })
        .onRead((socket, data) -> {})
        .onEvent(event -> {})
        .open();
  }

  private static void wrap(TcpSocket socket, SslContext context) {
    EventLoop loop = socket.loop();
    Ssl.wrap(socket)
        .asClient("localhost")
        .context(context)
        .onSecure((secure, session) -> loop.delay(Duration.ofSeconds(1), secure::close))
        .open();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void silence_counts_once_reading_is_enabled_after_the_handshake(Protocol version) {
    SimulatedNetwork.of(NetworkConditions.IDEAL)
        .setup()
        .run(loop -> {
          TcpServer server = counting(loop);
          var client =
              Ssl.connect(loop, "127.0.0.1", server.port())
                  .trust(Pki.TRUST)
                  .maxProtocol(version)
                  .readTimeout(Duration.ofSeconds(1))
                  .onSecure((socket, session) -> socket.enableReading())
                  .onRead((socket, data) -> {})
                  .onEvent(event -> log.add("client " + event.getClass().getSimpleName()))
                  .open();
          client.disableReading();
          loop.delay(Duration.ofSeconds(9), client::abort);
        });
    assertThat(log).startsWith("client TcpTimeout");
  }
}
