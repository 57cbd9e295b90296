package dev.ferrule.tests.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.Proxy;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.SslUpgradeSetup;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** SSL that begins and ends inside of the SSL of a proxy, which goes on around it. */
class InsideProxySslTest {
  private static final int MANY = 700_000;

  private final List<String> log = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private final List<Event> served = new ArrayList<>();
  private final List<Event> atProxies = new ArrayList<>();
  private final List<TestProxy> proxies = new ArrayList<>();
  private long received;

  /** As many proxies as are asked for, each spoken to over SSL. */
  private Proxy[] through(EventLoop loop, int count) {
    SslContext context = SslContext.client().trust(Pki.TRUST).build();
    Proxy[] through = new Proxy[count];
    for (int i = 0; i < count; i++) {
      TestProxy proxy = TestProxy.secure(loop, Pki.LOCAL);
      proxies.add(proxy);
      through[i] = Ssl.proxy(Proxy.http("127.0.0.1", proxy.port()), context);
    }
    return through;
  }

  private Tcp.Client client(EventLoop loop, TcpServer server, Proxy[] through) {
    return Tcp.connect(loop, "localhost", server.port())
        .through(through[0], List.of(through).subList(1, through.length).toArray(Proxy[]::new))
        .onEvent(events::add)
        .onClose(() -> closeAll(server));
  }

  private void closeAll(TcpServer server) {
    server.close();
    proxies.forEach(proxy -> {
      atProxies.addAll(proxy.events);
      proxy.close();
    });
  }

  /** Greets in plain text, and begins SSL when it is asked to. */
  private TcpServer mailServer(EventLoop loop) {
    return Tcp.server(loop, "127.0.0.1", 0)
        .onConnect(socket -> socket.write("220 hello\r\n"))
        .onRead((socket, data) -> {
          assertThat(UTF_8.decode(data).toString()).isEqualTo("STARTTLS\r\n");
          socket.write("220 go ahead\r\n");
          Ssl.wrap(socket).asServer().credentials(Pki.LOCAL).onRead(TcpSocket::write).open();
        })
        .onEvent(served::add)
        .open();
  }

  private static SslUpgradeSetup wrap(TcpSocket socket) {
    return Ssl.wrap(socket).asClient("localhost").trust(Pki.TRUST);
  }

  private void count(TcpSocket socket, java.nio.ByteBuffer data) {
    received += data.remaining();
    if (received == MANY) {
      socket.close();
    }
  }

  /** What a client of a mail server does. */
  private void heard(TcpSocket socket, String line, Protocol version) {
    log.add(line.strip());
    if (line.startsWith("220 hello")) {
      socket.write("STARTTLS\r\n");
    } else {
      SslSocket secure =
          wrap(socket)
              .maxProtocol(version)
              .onRead(this::count)
              .onSecure((s, session) -> log.add("" + session.protocol()))
              .open();
      secure.write(new byte[MANY]); // before its handshake
    }
  }

  @ParameterizedTest
  @CsvSource({"TLS_1_2, 1", "TLS_1_3, 1", "TLS_1_3, 2"})
  void starttls_begins_inside_of_the_ssl_of_proxies(Protocol version, int count) {
    Loops.run(loop -> {
      TcpServer server = mailServer(loop);
      client(loop, server, through(loop, count))
          .onRead((socket, data) -> heard(socket, UTF_8.decode(data).toString(), version))
          .open();
    });
    assertThat(events).isEmpty();
    assertThat(log).containsExactly("220 hello", "220 go ahead", version.toString());
    assertThat(received).isEqualTo(MANY);
    endedCleanly();
  }

  private void endedCleanly() {
    assertThat(served).allMatch(TcpEof.class::isInstance);
    assertThat(atProxies).allMatch(TcpEof.class::isInstance);
  }

  /** Goes back to plain text when its client does, says so, and echoes. */
  private SslServer clearingServer(EventLoop loop) {
    return Ssl.server(loop, "127.0.0.1", 0)
        .credentials(Pki.LOCAL)
        .onRead((socket, data) -> log.add(UTF_8.decode(data).toString()))
        .onEvent(event -> {
          served.add(event);
          if (event instanceof TcpEof eof) {
            ((SslSocket) eof.socket())
                .unwrap()
                .onConnect(plain -> plain.write("200 plain"))
                .onRead(TcpSocket::write)
                .onEvent(served::add)
                .open();
          }
        })
        .open();
  }

  private void cleared(TcpSocket plain, java.nio.ByteBuffer data) {
    if (!log.contains("200 plain")) {
      byte[] text = new byte["200 plain".length()];
      data.get(text);
      log.add(new String(text, UTF_8));
      plain.write(new byte[MANY]);
    }
    count(plain, data);
  }

  @ParameterizedTest
  @CsvSource({"TLS_1_2, 1", "TLS_1_3, 1", "TLS_1_3, 2"})
  void ssl_ends_inside_of_the_ssl_of_proxies_which_goes_on(Protocol version, int count) {
    Loops.run(loop -> {
      TcpServer server = clearingServer(loop);
      client(loop, server, through(loop, count))
          .onConnect(socket ->
              wrap(socket)
                  .maxProtocol(version)
                  .onClose(() -> log.add("SSL has ended"))
                  .onSecure((secure, session) -> {
                    secure.write("CCC");
                    secure
                        .unwrap()
                        .onRead(this::cleared)
                        .onEvent(events::add)
                        .onClose(() -> closeAll(server))
                        .open();
                  })
                  .open())
          .open();
    });
    assertThat(events).isEmpty();
    assertThat(log).contains("CCC", "SSL has ended", "200 plain").hasSize(3);
    assertThat(received).isEqualTo(MANY);
    endedCleanly();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_certificate_that_is_refused_inside_is_the_servers(Protocol version) {
    Loops.run(loop -> {
      TcpServer server = mailServer(loop);
      client(loop, server, through(loop, 1))
          .onRead((socket, data) -> {
            if (UTF_8.decode(data).toString().startsWith("220 hello")) {
              socket.write("STARTTLS\r\n");
            } else {
              Ssl.wrap(socket).asClient("localhost").maxProtocol(version).open();
            }
          })
          .open();
    });
    assertThat(events).hasSize(1);
    SslError error = (SslError) events.getFirst();
    assertThat(error.failure()).isEqualTo(SslFailure.UNKNOWN_ISSUER);
    assertThat(error.message()).doesNotContain("proxy");
    assertThat(error.handshake().orElseThrow().peerCertificates()).isNotEmpty();
    assertThat(served).singleElement().isInstanceOf(SslError.class); // it gets the alert
  }

  @Test
  void a_socket_on_its_way_through_a_proxy_cannot_be_wrapped_yet_and_one_in_ssl_not_again() {
    Loops.run(loop -> {
      TcpServer server = mailServer(loop);
      TcpSocket early =
          client(loop, server, through(loop, 1))
              .onConnect(socket -> {
                SslSocket secure = wrap(socket).open();
                assertThatThrownBy(() -> wrap(secure).open()).hasMessageContaining("SSL already");
                secure.abort();
              })
              .open();
      assertThatThrownBy(() -> wrap(early).open())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("wrap it in its connect callback");
    });
  }
}
