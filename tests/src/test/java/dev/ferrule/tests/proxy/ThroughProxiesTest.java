package dev.ferrule.tests.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.Proxy;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslHandshakeFacts;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients whose way leads through proxies that do what they are asked for. */
class ThroughProxiesTest {
  private static final int MANY = 700_000;

  private final List<String> log = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private long received;

  /** The kinds of proxies. */
  enum Kind {
    HTTP,
    SOCKS5;

    Proxy at(int port) {
      return this == HTTP ? Proxy.http("127.0.0.1", port) : Proxy.socks5("127.0.0.1", port);
    }
  }

  /** Nothing but addresses is looked up here. */
  private static LoopSetup unresolving() {
    return EventLoop.setup()
        .resolver(host -> {
          throw new UnknownHostException(host);
        });
  }

  private static TcpServer plainEcho(EventLoop loop) {
    return Tcp.server(loop, "127.0.0.1", 0).onRead(TcpSocket::write).onEvent(event -> {}).open();
  }

  private static SslServer echo(EventLoop loop) {
    return Ssl.server(loop, "127.0.0.1", 0)
        .credentials(Pki.LOCAL)
        .onRead((socket, data) -> socket.write(data))
        .onEvent(event -> {})
        .open();
  }

  private static SslContext trusting() {
    return SslContext.client().trust(Pki.TRUST).build();
  }

  @ParameterizedTest
  @EnumSource
  void the_name_of_the_host_is_the_proxys_to_resolve(Kind kind) {
    List<String> asked = new ArrayList<>();
    Loops.run(
        unresolving(),
        loop -> {
          TcpServer server = plainEcho(loop);
          TestProxy proxy = TestProxy.open(loop);
          Tcp.connect(loop, "names.example", server.port())
              .through(kind.at(proxy.port()))
              .data("hello")
              .onConnect(socket -> log.add("connected"))
              .onRead(this::hear)
              .onEvent(events::add)
              .onClose(() -> {
                asked.addAll(proxy.asked);
                proxy.close();
                server.close();
              })
              .open();
        });
    assertThat(events).isEmpty();
    assertThat(log).containsExactly("connected", "hello");
    assertThat(asked).singleElement().asString().startsWith("names.example:");
  }

  @ParameterizedTest
  @EnumSource
  void ssl_goes_through_with_user_and_password(Kind kind) {
    Loops.run(
        unresolving(),
        loop -> {
          TestProxy proxy = TestProxy.authenticating(loop);
          Proxy known =
              kind.at(proxy.port()).user(TestProxy.USER, TestProxy.PASSWORD.toCharArray());
          exchange(loop, List.of(known), proxy::close);
        });
    transferred();
  }

  @Test
  void several_proxies_are_gone_through_in_a_row() {
    List<String> asked = new ArrayList<>();
    Loops.run(
        unresolving(),
        loop -> {
          TestProxy one = TestProxy.open(loop);
          TestProxy two = TestProxy.open(loop);
          TestProxy three = TestProxy.open(loop);
          exchange(
              loop,
              List.of(
                  Proxy.socks5("127.0.0.1", one.port()),
                  Proxy.http("second.example", two.port()),
                  Proxy.socks5("third.example", three.port())),
              () -> {
                List.of(one, two, three).forEach(proxy -> asked.addAll(proxy.asked));
                List.of(one, two, three).forEach(TestProxy::close);
              });
        });
    transferred();
    assertThat(asked.stream().map(where -> where.replaceAll(":.*", "")))
        .containsExactly("second.example", "third.example", "localhost");
  }

  @ParameterizedTest
  @EnumSource
  void ssl_is_inside_of_the_ssl_of_a_proxy(Kind kind) {
    Loops.run(loop -> {
      TestProxy proxy = TestProxy.secure(loop, Pki.LOCAL);
      exchange(loop, List.of(Ssl.proxy(kind.at(proxy.port()), trusting())), proxy::close);
    });
    transferred();
  }

  @Test
  void ssl_is_inside_of_the_ssl_of_two_proxies() {
    Loops.run(loop -> {
      TestProxy one = TestProxy.secure(loop, Pki.LOCAL);
      TestProxy two = TestProxy.secure(loop, Pki.LOCAL);
      exchange(
          loop,
          List.of(
              Ssl.proxy(Proxy.http("127.0.0.1", one.port()), trusting()),
              Ssl.proxy(Proxy.socks5("127.0.0.1", two.port()), trusting())),
          () -> {
            one.close();
            two.close();
          });
    });
    transferred();
  }

  /** Closes when all has come back. */
  private void count(TcpSocket socket, ByteBuffer data) {
    received += data.remaining();
    if (received == MANY) {
      socket.close();
    }
  }

  /** Closes when something has come. */
  private void hear(TcpSocket socket, ByteBuffer data) {
    log.add(UTF_8.decode(data).toString());
    socket.close();
  }

  /** Sends much, which comes back, and closes. */
  private void exchange(EventLoop loop, List<Proxy> proxies, Runnable end) {
    SslServer server = echo(loop);
    Ssl.connect(loop, "localhost", server.port())
        .trust(Pki.TRUST)
        .through(proxies.getFirst(), proxies.subList(1, proxies.size()).toArray(Proxy[]::new))
        .data(new byte[MANY])
        .onConnect(socket -> log.add("connected"))
        .onSecure((socket, session) -> log.add("secure"))
        .onRead(this::count)
        .onEvent(events::add)
        .onClose(() -> {
          server.close();
          end.run();
        })
        .open();
  }

  private void transferred() {
    assertThat(events).isEmpty();
    assertThat(log).containsExactly("connected", "secure");
    assertThat(received).isEqualTo(MANY);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_certificate_of_a_proxy_that_is_refused_is_named_as_the_proxys(boolean unknown) {
    Credentials stranger = Pki.credentials(Pki.CA.request("stranger.example").issue());
    SslContext context = unknown ? SslContext.client().build() : trusting();
    Loops.run(loop -> {
      TestProxy proxy = TestProxy.secure(loop, stranger);
      Ssl.connect(loop, "peer.example", 443)
          .trust(Pki.TRUST)
          .through(Ssl.proxy(Proxy.http("127.0.0.1", proxy.port()), context))
          .onEvent(events::add)
          .onClose(proxy::close)
          .open();
    });
    SslError error = (SslError) events.getFirst();
    assertThat(events).hasSize(1);
    assertThat(error.failure())
        .isEqualTo(unknown ? SslFailure.UNKNOWN_ISSUER : SslFailure.HOST_MISMATCH);
    assertThat(error.message()).startsWith("the proxy https://127.0.0.1:");
    SslHandshakeFacts facts = error.handshake().orElseThrow();
    assertThat(facts.host()).contains("127.0.0.1");
    assertThat(facts.peerCertificates().getFirst().subject()).contains("stranger.example");
  }

  @Test
  void plain_text_is_inside_of_the_ssl_of_a_proxy() {
    Loops.run(loop -> {
      TcpServer server = plainEcho(loop);
      TestProxy proxy = TestProxy.secure(loop, Pki.LOCAL);
      Tcp.connect(loop, "localhost", server.port())
          .through(Ssl.proxy(Proxy.http("127.0.0.1", proxy.port()), trusting()))
          .data(new byte[MANY])
          .onRead(this::count)
          .onEvent(events::add)
          .onClose(() -> {
            server.close();
            proxy.close();
          })
          .open();
    });
    assertThat(events).isEmpty();
    assertThat(received).isEqualTo(MANY);
  }

  @Test
  void a_socket_behind_a_proxy_is_wrapped_in_its_connect_callback() {
    Loops.run(loop -> {
      SslServer server = echo(loop);
      TestProxy proxy = TestProxy.open(loop);
      Tcp.connect(loop, "localhost", server.port())
          .through(Proxy.socks5("127.0.0.1", proxy.port()))
          .onConnect(ThroughProxiesTest::wrap)
          .onRead(this::hear)
          .onEvent(events::add)
          .onClose(() -> {
            server.close();
            proxy.close();
          })
          .open();
    });
    assertThat(events).isEmpty();
    assertThat(log).containsExactly("hello");
  }

  private static void wrap(TcpSocket socket) {
    SslSocket _ =
        Ssl.wrap(socket)
            .asClient("localhost")
            .trust(Pki.TRUST)
            .onSecure((secure, session) -> secure.write("hello"))
            .open();
  }

  @Test
  void an_address_is_asked_for_as_an_address_and_a_file_is_refused() {
    List<String> asked = new ArrayList<>();
    Loops.run(loop -> {
      TcpServer server = plainEcho(loop);
      TestProxy proxy = TestProxy.open(loop);
      Proxy by = Proxy.http("127.0.0.1", proxy.port());
      assertThatThrownBy(
              () -> Tcp.connect(loop, UnixDomainSocketAddress.of("/tmp/s")).through(by).open())
          .isInstanceOf(IllegalArgumentException.class);
      InetAddress six = InetAddress.ofLiteral("::1");
      Tcp.connect(loop, new InetSocketAddress(six, server.port()))
          .through(by)
          .onConnect(TcpSocket::close)
          .onClose(() -> {
            asked.addAll(proxy.asked);
            proxy.close();
            server.close();
          })
          .open();
    });
    assertThat(asked).singleElement().asString().startsWith("[0:0:0:0:0:0:0:1]:");
  }

  @Test
  void a_url_names_a_proxy_and_no_text_shows_its_password() {
    Proxy proxy = Proxy.of("socks5h://ann:pass%20word@[::1]:1081");
    assertThat(proxy).hasToString("socks5://[::1]:1081");
    assertThat(Proxy.of("http://proxy.example").port()).isEqualTo(80);
    assertThat(Proxy.of("socks5://proxy.example").port()).isEqualTo(1080);
    for (String wrong : List.of("ftp://a", "http://", "proxy:3128", "http://a b", "https://a")) {
      assertThatThrownBy(() -> Proxy.of(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Proxy.http("a", 1).user("a:b", 'c'))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Proxy.socks5("a", 1).user("")).hasMessageContaining("empty");
  }
}
