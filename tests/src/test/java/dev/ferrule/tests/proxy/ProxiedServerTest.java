package dev.ferrule.tests.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.proxy.ProxyHeader;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslAdmission;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Flight;
import dev.ferrule.tests.Pki;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;

/** Servers behind proxies, with Ferrule's own clients in the place of the proxy. */
class ProxiedServerTest {
  private static final InetSocketAddress CLIENT = at("198.51.100.7", 4_000);
  private static final InetSocketAddress SERVER = at("203.0.113.9", 443);
  private static final ProxyHeader HEADER =
      ProxyHeader.v2(CLIENT, SERVER).with(ProxyHeader.UNIQUE_ID, new byte[] {1, 2, 3});

  private final List<String> log = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private void note(TcpSocket socket) {
    log.add(socket.proxied().flatMap(ProxyHeader::source).map(Object::toString).orElse("nobody"));
    assertThat(socket.remoteAddress()).asString().startsWith("/127.0.0.1:");
  }

  private Tcp.Server plain(EventLoop loop) {
    return Tcp.server(loop, "127.0.0.1", 0)
        .onConnect(this::note)
        .onRead((socket, data) -> {
          log.add(UTF_8.decode(data).toString());
          socket.close();
        })
        .onEvent(events::add);
  }

  @Test
  void the_connect_callback_knows_the_client_and_the_bytes_behind_are_the_clients() {
    for (ProxyHeader header : List.of(HEADER, ProxyHeader.v1(CLIENT, SERVER))) {
      Loops.run(loop -> {
        TcpServer server = plain(loop).proxiedBy("10.0.0.0/8", "127.0.0.1").open();
        Tcp.connect(loop, "127.0.0.1", server.port())
            .proxyHeader(header)
            .data("hello")
            .onClose(server::close)
            .onEvent(event -> {})
            .open();
      });
    }
    assertThat(events).isEmpty();
    assertThat(log).containsExactly("" + CLIENT, "hello", "" + CLIENT, "hello");
  }

  @Test
  void it_comes_before_ssl() {
    Loops.run(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .proxiedBy("127.0.0.0/8")
              .onConnect(this::note)
              .onSecure((socket, session) -> log.add("secure"))
              .onRead((socket, data) -> socket.write(data))
              .onEvent(event -> {})
              .open();
      Ssl.connect(loop, "localhost", server.port())
          .trust(Pki.TRUST)
          .proxyHeader(HEADER)
          .data("hello")
          .onRead((socket, data) -> {
            log.add(UTF_8.decode(data).toString());
            socket.close();
          })
          .onClose(server::close)
          .onEvent(events::add)
          .open();
    });
    assertThat(events).isEmpty();
    assertThat(log).containsExactly("" + CLIENT, "secure", "hello");
  }

  @Test
  void a_socket_that_is_wrapped_still_knows_its_client() {
    Loops.run(loop -> {
      TcpServer server =
          Tcp.server(loop, "127.0.0.1", 0)
              .proxiedBy("127.0.0.1")
              .onConnect(socket -> {
                var secure = Ssl.wrap(socket).asServer().credentials(Pki.LOCAL).open();
                note(secure);
              })
              .onEvent(event -> {})
              .open();
      Ssl.connect(loop, "localhost", server.port())
          .trust(Pki.TRUST)
          .proxyHeader(HEADER)
          .onSecure((socket, session) -> socket.close())
          .onClose(server::close)
          .onEvent(events::add)
          .open();
    });
    assertThat(events).isEmpty();
    assertThat(log).containsExactly("" + CLIENT);
  }

  @Test
  void a_socket_whose_wrap_is_refused_still_knows_its_client() {
    Loops.run(loop -> {
      TcpServer[] server = new TcpServer[1];
      server[0] =
          Tcp.server(loop, "127.0.0.1", 0)
              .proxiedBy("127.0.0.1")
              .onRead((socket, data) ->
                  Ssl.wrap(socket)
                      .asServer()
                      .credentials(Pki.LOCAL)
                      .onEvent(event -> {
                        events.add(event);
                        note((TcpSocket) ((SslError) event).socket());
                      })
                      .open())
              .open();
      Tcp.connect(loop, "127.0.0.1", server[0].port())
          .proxyHeader(HEADER)
          .data("not consumed before the wrap")
          .onClose(() -> server[0].close())
          .onEvent(event -> {})
          .open();
    });
    assertThat(((SslError) events.getFirst()).failure()).isEqualTo(SslFailure.INJECTED);
    assertThat(log).containsExactly("" + CLIENT);
  }

  private void visit(EventLoop loop, SslServer server, InetSocketAddress client, Runnable then) {
    Ssl.connect(loop, "localhost", server.port())
        .trust(Pki.TRUST)
        .proxyHeader(ProxyHeader.v2(client, SERVER))
        .onSecure((socket, session) -> {
          log.add("served " + client.getHostString());
          socket.close();
        })
        .onEvent(event -> log.add("refused " + client.getHostString()))
        .onClose(then)
        .open();
  }

  private static boolean isOfServer(RecordedEvent event) {
    return event.hasField("side") && event.getString("side").equals("server");
  }

  @Test
  void admission_and_recordings_are_about_the_client_and_not_about_its_proxy() {
    SslAdmission one = SslAdmission.limits().perAddress(1, Duration.ofHours(1)).build();
    InetSocketAddress other = at("198.51.100.8", 4_000);
    List<RecordedEvent> recorded =
        Flight.of(
            () ->
                Loops.run(loop -> {
                  SslServer server =
                      Ssl.server(loop, "127.0.0.1", 0)
                          .credentials(Pki.LOCAL)
                          .proxiedBy("127.0.0.1")
                          .admission(one)
                          .onRead((socket, data) -> data.position(data.limit()))
                          .onEvent(event -> {})
                          .open();
                  visit(
                      loop,
                      server,
                      CLIENT,
                      () ->
                          visit(
                              loop,
                              server,
                              other,
                              () -> visit(loop, server, CLIENT, server::close)));
                }),
            "Handshake",
            "Close",
            "Admission");
    assertThat(log)
        .containsExactly("served 198.51.100.7", "served 198.51.100.8", "refused 198.51.100.7");
    assertThat(recorded.stream().filter(ProxiedServerTest::isOfServer))
        .extracting(event -> event.getString("peer"))
        .containsOnly("198.51.100.7:4000", "198.51.100.8:4000");
    assertThat(recorded)
        .filteredOn(event -> event.getEventType().getName().endsWith("Admission"))
        .extracting(event -> event.getString("peer"))
        .containsExactly("198.51.100.7:4000");
  }

  @Test
  void who_comes_from_another_address_is_an_error_and_nothing_of_it_is_read() {
    Loops.run(loop -> {
      TcpServer server = plain(loop).proxiedBy("10.0.0.0/8", "::1").open();
      Tcp.connect(loop, "127.0.0.1", server.port())
          .proxyHeader(HEADER)
          .onClose(server::close)
          .onEvent(event -> {})
          .open();
    });
    assertThat(log).isEmpty();
    refused("none of the proxies");
  }

  private void refused(String sentence) {
    assertThat(events).hasSize(1);
    EventError error = (EventError) events.getFirst();
    assertThat(error.code()).isEqualTo("EPROXY");
    assertThat(error.message()).contains("127.0.0.1:", sentence);
    events.clear();
  }

  /** One byte in each turn, whatever the header says. */
  private void send(EventLoop loop, TcpServer server, String text, boolean closes) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    int[] sent = new int[1];
    Tcp.connect(loop, "127.0.0.1", server.port())
        .onConnect(socket -> next(socket, bytes, sent, closes))
        .onWrite(socket -> next(socket, bytes, sent, closes))
        .onClose(server::close)
        .onEvent(event -> {})
        .open();
  }

  private static void next(TcpSocket socket, byte[] bytes, int[] sent, boolean closes) {
    if (sent[0] < bytes.length) {
      socket.write(bytes, sent[0]++, 1);
    } else if (closes) {
      socket.close();
    }
  }

  @Test
  void a_header_that_comes_byte_by_byte_is_read_and_a_malformed_one_refused() {
    Loops.run(loop -> {
      TcpServer server = plain(loop).proxiedBy("127.0.0.1").open();
      send(loop, server, "PROXY TCP4 198.51.100.7 203.0.113.9 4000 443\r\nx", false);
    });
    assertThat(log).containsExactly("" + CLIENT, "x");
    for (String wrong : List.of("GET / HTTP/1.1\r\n\r\n", "PROXY TCP4 1.1.1.1 oh no\r\n")) {
      Loops.run(loop -> send(loop, plain(loop).proxiedBy("127.0.0.1").open(), wrong, false));
      refused("sent ");
    }
    Loops.run(loop -> send(loop, plain(loop).proxiedBy("127.0.0.1").open(), "PROXY T", true));
    refused("closed the connection");
    assertThat(log).hasSize(2);
  }

  @Test
  void one_that_sends_no_header_is_a_timeout() {
    Loops.run(loop -> {
      TcpServer server =
          plain(loop).proxiedBy("127.0.0.1").handshakeTimeout(Duration.ofMillis(50)).open();
      send(loop, server, "PROXY ", false);
    });
    TcpTimeout timeout = (TcpTimeout) events.getFirst();
    assertThat(timeout.limit()).isEqualTo(TcpTimeout.Limit.PROXY);
    assertThat(log).isEmpty();
  }

  @Test
  void networks_are_written_with_a_prefix_and_nothing_behind_it() {
    Loops.run(loop -> {
      for (String wrong :
          List.of("10.0.0.1/8", "a.name", "10.0.0.0/33", "::/129", "1.2.3.4/", "")) {
        assertThatThrownBy(() -> Tcp.server(loop, "127.0.0.1", 0).proxiedBy(wrong))
            .as(wrong)
            .isInstanceOf(IllegalArgumentException.class);
      }
    });
  }
}
