package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpEof;
import dev.ferrule.proxy.ProxyHeader;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Flight;
import dev.ferrule.tests.Pki;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the Flight Recorder gets of what does not go well: one event of each handshake that was
 * begun, and one of each connection that had been up, which say who ended it.
 */
class FlightOfFailuresTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private static List<RecordedEvent> recorded(Runnable code) {
    return Flight.of(code, "Handshake", "Close");
  }

  private static RecordedEvent only(List<RecordedEvent> events, String name, String side) {
    return Flight.only(
        Flight.named(events, name).stream()
            .filter(event -> side.equals(event.getString("side")))
            .toList(),
        name);
  }

  /** Failure, who ended it, and the alerts. */
  private static String handshake(List<RecordedEvent> events, String side) {
    RecordedEvent event = only(events, "Handshake", side);
    return "%s by %s, sent %s, received %s"
        .formatted(
            event.getString("failure"),
            event.getString("endedBy"),
            event.getString("alertSent"),
            event.getString("alertReceived"));
  }

  private static String close(List<RecordedEvent> events, String side) {
    RecordedEvent event = only(events, "Close", side);
    return event.getString("reason") + " by " + event.getString("endedBy");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_refusal_names_the_alert_and_who_found_the_fault(Protocol version) {
    Pair pair =
        new Pair()
            .client(c ->
                c.trust(List.of(ThrowawayCa.create().certificate()))
                    .minProtocol(version)
                    .maxProtocol(version));
    List<RecordedEvent> events = recorded(pair::run);
    String alert = Faults.heard(pair.client).alert().orElseThrow();
    assertThat(handshake(events, "client"))
        .isEqualTo("UNKNOWN_ISSUER by failure, sent " + alert + ", received null");
    assertThat(handshake(events, "server"))
        .isEqualTo("PEER_REFUSED_CERTIFICATE by peer, sent null, received " + alert);
    assertThat(close(events, "client")).isEqualTo("UNKNOWN_ISSUER by failure");
    assertThat(close(events, "server")).isEqualTo("PEER_REFUSED_CERTIFICATE by peer");
  }

  @Test
  void a_refusal_behind_the_handshake_is_the_peers_and_the_handshake_was_done() {
    Pair pair =
        new Pair()
            .server(s ->
                s.clientAuth(ClientAuth.REQUIRED).trust(Pki.TRUST).minProtocol(Protocol.TLS_1_3));
    List<RecordedEvent> events = recorded(pair::run);
    assertThat(handshake(events, "client")).startsWith("null by null");
    assertThat(handshake(events, "server")).startsWith("CERTIFICATE_REQUIRED by failure, sent ");
    assertThat(close(events, "client")).isEqualTo("PEER_REQUIRES_CERTIFICATE by peer");
  }

  /** A client of a server that is none, and what the server does when it has heard the client. */
  private static List<RecordedEvent> silent(
      Consumer<SslClientSetup> settings, Consumer<TcpSocket> heard) {
    return recorded(() ->
        Loops.run(loop -> {
          TcpServer server =
              Tcp.server(loop, "127.0.0.1", 0)
                  .onRead((socket, data) -> {
                    data.position(data.limit());
                    heard.accept(socket);
                  })
                  .onEvent(event -> {})
                  .open();
          SslClientSetup setup =
              Ssl.connect(loop, "127.0.0.1", server.port())
                  .trust(Pki.TRUST)
                  .handshakeTimeout(LONG)
                  .onEvent(event -> {})
                  .onClose(server::close);
          settings.accept(setup);
          setup.open();
        }));
  }

  @Test
  void a_reset_and_an_end_in_the_handshake_are_the_peers() {
    List<RecordedEvent> reset = silent(c -> {}, TcpSocket::abort);
    assertThat(handshake(reset, "client"))
        .isEqualTo("ECONNRESET by peer, sent null, received null");
    assertThat(close(reset, "client")).isEqualTo("ECONNRESET by peer");
    List<RecordedEvent> end = silent(c -> {}, TcpSocket::close);
    assertThat(handshake(end, "client")).isEqualTo("TRUNCATED by peer, sent null, received null");
    assertThat(close(end, "client")).isEqualTo("TRUNCATED by peer");
  }

  @Test
  void a_time_limit_is_a_limit() {
    List<RecordedEvent> events =
        silent(c -> c.handshakeTimeout(Duration.ofMillis(20)), socket -> {});
    assertThat(handshake(events, "client")).startsWith("ETIMEDOUT by limit");
    assertThat(close(events, "client")).isEqualTo("ETIMEDOUT by limit");
  }

  @Test
  void what_the_program_gives_up_is_closed_whatever_the_peer_does_then() {
    for (Consumer<TcpSocket> then :
        List.<Consumer<TcpSocket>>of(TcpSocket::abort, TcpSocket::close)) {
      SslSocket[] client = new SslSocket[1];
      List<RecordedEvent> events =
          silent(
              c -> c.onConnect(socket -> client[0] = socket),
              served -> {
                client[0].close();
                served.loop().delay(Duration.ofMillis(5), () -> then.accept(served));
              });
      assertThat(handshake(events, "client")).startsWith("CLOSED by program");
      assertThat(close(events, "client")).isEqualTo("CLOSED by program");
    }
  }

  @Test
  void the_end_of_the_loop_is_the_loops() {
    List<RecordedEvent> events =
        recorded(() ->
            Loops.runUntilExit(
                EventLoop.setup(),
                loop -> {
                  TcpServer server =
                      Tcp.server(loop, "127.0.0.1", 0)
                          .onRead((socket, data) -> loop.exit())
                          .onEvent(event -> {})
                          .open();
                  Ssl.connect(loop, "127.0.0.1", server.port()).trust(Pki.TRUST).open();
                }));
    assertThat(handshake(events, "client")).startsWith("EXIT by loop");
    assertThat(close(events, "client")).isEqualTo("EXIT by loop");
  }

  @Test
  void where_nothing_was_up_there_was_no_handshake() {
    List<RecordedEvent> events =
        recorded(() ->
            Loops.run(
                EventLoop.setup()
                    .resolver(host -> {
                      throw new UnknownHostException(host);
                    }),
                loop -> {
                  TcpServer server = Tcp.server(loop, "127.0.0.1", 0).open();
                  int port = server.port();
                  server.close();
                  Ssl.connect(loop, "127.0.0.1", port).onEvent(event -> {}).open();
                  Ssl.connect(loop, "gone.test", port).onEvent(event -> {}).open();
                }));
    assertThat(Flight.named(events, "Handshake")).isEmpty();
    assertThat(Flight.named(events, "Close")).isEmpty();
  }

  @Test
  void an_upgrade_and_going_back_are_one_handshake_and_one_connection() {
    Pair pair = new Pair();
    pair.server(s ->
        s.onEvent(event -> {
          if (event instanceof TcpEof eof) {
            ((SslSocket) eof.socket()).unwrap().onConnect(TcpSocket::close).open();
          }
        }));
    pair.onSecure(
        socket -> socket.unwrap().onEvent(event -> {}).onRead((plain, data) -> {}).open());
    List<RecordedEvent> events = recorded(pair::run);
    for (String side : List.of("client", "server")) {
      assertThat(handshake(events, side)).startsWith("null by null");
      assertThat(close(events, side)).isIn("CLOSED by program", "EOF by peer");
    }
  }

  @Test
  void an_upgrade_that_fails_is_one_failed_handshake() {
    List<RecordedEvent> events =
        recorded(() ->
            Loops.run(loop -> {
              TcpServer server =
                  Tcp.server(loop, "127.0.0.1", 0)
                      .onConnect(socket -> socket.write("220 go ahead\r\n"))
                      .onRead((socket, data) -> socket.write("500 what?\r\n"))
                      .onEvent(event -> {})
                      .open();
              Tcp.connect(loop, "127.0.0.1", server.port())
                  .onRead((plain, data) -> {
                    data.position(data.limit());
                    Ssl.wrap(plain)
                        .asClient("localhost")
                        .onEvent(event -> {})
                        .onClose(server::close)
                        .open();
                  })
                  .open();
            }));
    assertThat(handshake(events, "client")).startsWith("NOT_SSL by peer");
    assertThat(close(events, "client")).isEqualTo("NOT_SSL by peer");
  }

  @Test
  void a_proxy_in_front_of_plain_tcp_is_no_handshake_and_one_in_front_of_ssl_one() {
    ProxyHeader header =
        ProxyHeader.v2(
            new InetSocketAddress(InetAddress.ofLiteral("198.51.100.7"), 4_000),
            new InetSocketAddress(InetAddress.ofLiteral("203.0.113.9"), 443));
    List<RecordedEvent> plain =
        recorded(() ->
            Loops.run(loop -> {
              TcpServer server =
                  Tcp.server(loop, "127.0.0.1", 0)
                      .proxiedBy("127.0.0.1")
                      .onRead((socket, data) -> socket.close())
                      .open();
              Tcp.connect(loop, "127.0.0.1", server.port())
                  .proxyHeader(header)
                  .data("hello")
                  .onClose(server::close)
                  .onEvent(event -> {})
                  .open();
            }));
    assertThat(Flight.named(plain, "Handshake")).isEmpty();
    assertThat(Flight.named(plain, "Close")).hasSize(2);
    Pair pair =
        new Pair()
            .server(s -> s.proxiedBy("127.0.0.1"))
            .client(c -> c.proxyHeader(header))
            .onSecure(SslSocket::close);
    List<RecordedEvent> secure = recorded(pair::run);
    assertThat(handshake(secure, "client")).startsWith("null by null");
    assertThat(handshake(secure, "server")).startsWith("null by null");
  }

  @Test
  void raced_addresses_have_an_event_each_and_all_are_of_clients() {
    List<RecordedEvent> events = recorded(FlightOfFailuresTest::race);
    List<RecordedEvent> clients =
        Flight.named(events, "Handshake").stream()
            .filter(event -> event.getString("side").equals("client"))
            .toList();
    assertThat(clients)
        .extracting(event -> event.getString("failure") + " by " + event.getString("endedBy"))
        .containsExactlyInAnyOrder("null by null", "CLOSED by program");
    assertThat(clients).allMatch(event -> event.getString("peer") != null);
    assertThat(Flight.named(events, "Close"))
        .as("of the silent server's as well")
        .extracting(event -> event.getString("side"))
        .containsExactlyInAnyOrder("client", "client", "server", "server");
  }

  /** The first address accepts and says nothing. */
  private static void race() {
    InetAddress first = InetAddress.ofLiteral("127.0.0.2");
    InetAddress second = InetAddress.ofLiteral("127.0.0.3");
    Loops.run(
        EventLoop.setup().resolver(host -> List.of(first, second)),
        loop -> {
          SslServer good =
              Ssl.server(loop, "127.0.0.3", 0).credentials(Pki.LOCAL).onEvent(event -> {}).open();
          TcpServer silent =
              Tcp.server(loop, "127.0.0.2", good.port())
                  .onRead((socket, data) -> data.position(data.limit()))
                  .onEvent(event -> {})
                  .open();
          Ssl.connect(loop, "localhost", good.port())
              .trust(Pki.TRUST)
              .attemptDelay(Duration.ofMillis(20))
              .firstHandshakeWins()
              .onSecure((socket, session) -> socket.close())
              .onClose(() -> {
                good.close();
                silent.close();
              })
              .open();
        });
  }
}
