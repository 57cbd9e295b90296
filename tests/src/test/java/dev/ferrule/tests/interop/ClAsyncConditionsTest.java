package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.CallbackError;
import dev.ferrule.event.DnsError;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpEof;
import dev.ferrule.event.TcpError;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.event.TcpReset;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.Ports;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What event-cb hears, and when: tcp-ssl-error and its relatives. */
class ClAsyncConditionsTest {
  private final List<Event> clientEvents = new ArrayList<>();
  private final List<Event> serverEvents = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();
  private Runnable cut;

  private SslServer server(EventLoop loop) {
    SslServer[] server = new SslServer[1];
    server[0] =
        Ends.server(loop).onConnect(socket -> server[0].close()).onEvent(serverEvents::add).open();
    return server[0];
  }

  @Test
  void tcp_ssl_error_says_side_stage_alert_and_code_on_both_ends() {
    Loops.run(loop -> {
      SslServer server = server(loop);
      SslSocket _ =
          Ssl.connect(loop, "localhost", server.port()) // trusts the system's issuers only
              .onEvent(clientEvents::add)
              .open();
    });
    SslError client = (SslError) clientEvents.get(0);
    assertThat(client).isInstanceOf(TcpError.class).hasMessageContaining("unknown issuer");
    assertThat(client.side()).isEqualTo(SslError.Side.OURS);
    assertThat(client.stage()).isEqualTo(SslError.Stage.CERTIFICATE);
    assertThat(client.code()).isEqualTo("UNKNOWN_ISSUER");
    SslError server = (SslError) serverEvents.get(0);
    assertThat(server.side()).isEqualTo(SslError.Side.PEER);
    assertThat(server.alert().orElseThrow())
        .isIn("unknown_ca", "certificate_unknown"); // the JDK has one name
    assertThat(clientEvents).hasSize(1);
    assertThat(serverEvents).hasSize(1);
  }

  @Test
  void a_certificate_for_another_host_is_an_error() {
    Loops.run(loop -> {
      SslServer server = server(loop);
      SslSocket _ =
          Ends.client(loop, server.port())
              .serverName("elsewhere.example")
              .onEvent(clientEvents::add)
              .open();
    });
    assertThat(clientEvents).singleElement().isInstanceOf(SslError.class);
    assertThat(clientEvents.get(0).message()).contains("'localhost'", "'elsewhere.example'");
  }

  @Test
  void tcp_eof_is_the_clean_end_and_truncation_is_an_error() {
    Loops.run(loop -> {
      SslServer clean = Ends.server(loop).onSecure((socket, session) -> socket.close()).open();
      SslSocket _ =
          Ends.client(loop, clean.port())
              .onEvent(event -> {
                clientEvents.add(event);
                clean.close();
                truncate(loop);
              })
              .open();
    });
    assertThat(clientEvents).hasSize(2);
    assertThat(clientEvents.get(0)).isInstanceOf(TcpEof.class).isNotInstanceOf(EventError.class);
    assertThat(clientEvents.get(1)).isInstanceOf(SslTruncated.class);
  }

  /** A relay that ends, with a FIN and no close_notify, once the client has received something. */
  private void truncate(EventLoop loop) {
    TcpServer[] relay = new TcpServer[1];
    SslServer server = greeter(loop);
    relay[0] =
        Tcp.server(loop, "127.0.0.1", 0)
            .onConnect(from -> {
              relay[0].close();
              from.attach(pass(loop, server.port(), from));
            })
            .onRead((from, data) -> ((TcpSocket) from.attachment()).write(data))
            .onEvent(event -> {})
            .open();
    SslSocket _ =
        Ends.client(loop, relay[0].port())
            .onRead((socket, data) -> cut.run())
            .onEvent(clientEvents::add)
            .open();
  }

  private TcpSocket pass(EventLoop loop, int port, TcpSocket from) {
    TcpSocket to =
        Tcp.connect(loop, "127.0.0.1", port)
            .onRead((same, data) -> from.write(data))
            .onEvent(event -> {})
            .open();
    cut =
        () -> {
          to.abort();
          from.close();
        };
    return to;
  }

  private SslServer greeter(EventLoop loop) {
    SslServer[] server = new SslServer[1];
    server[0] =
        Ends.server(loop)
            .onSecure((socket, session) -> {
              socket.write("hai");
              server[0].close();
            })
            .onEvent(serverEvents::add)
            .open();
    return server[0];
  }

  @Test
  void tcp_refused_tcp_reset_and_dns_error_are_told_of_a_closed_socket() {
    Loops.run(
        EventLoop.setup().resolver(ClAsyncConditionsTest::nobody),
        loop -> {
          SslServer[] rude = new SslServer[1];
          rude[0] =
              Ends.server(loop)
                  .onSecure((socket, session) -> {
                    socket.abort();
                    rude[0].close();
                  })
                  .open();
          for (int port : new int[] {Ports.refusing(), rude[0].port()}) {
            SslSocket _ = Ends.client(loop, port).onEvent(this::ofClosed).open();
          }
          SslSocket _ = Ssl.connect(loop, "nobody.example", 1).onEvent(clientEvents::add).open();
        });
    assertThat(clientEvents).hasSize(3);
    assertThat(clientEvents).hasAtLeastOneElementOfType(TcpRefused.class);
    assertThat(clientEvents).hasAtLeastOneElementOfType(TcpReset.class);
    assertThat(clientEvents).hasAtLeastOneElementOfType(DnsError.class);
  }

  private static List<InetAddress> nobody(String host) throws UnknownHostException {
    throw new UnknownHostException(host);
  }

  private void ofClosed(Event event) {
    clientEvents.add(event);
    assertThat(((TcpError) event).socket()).isInstanceOf(SslSocket.class);
    assertThat(((SslSocket) ((TcpError) event).socket()).isClosed()).isTrue();
  }

  @Test
  void the_default_handler_throws_errors_and_lets_information_pass() {
    Loops.run(loop -> {
      SslServer[] server = new SslServer[1];
      server[0] =
          Ends.server(loop)
              .onSecure((socket, session) -> {
                socket.close();
                server[0].close();
              })
              .open();
      SslSocket _ = Ends.client(loop, server[0].port()).open(); // hears a TcpEof
    });
    assertThatThrownBy(() ->
            Loops.run(loop -> {
              SslSocket _ = Ssl.connect(loop, "localhost", server(loop).port()).open();
            }))
        .isInstanceOf(SslError.class);
  }

  @Test
  void an_event_handler_of_the_loop_hears_what_nobody_else_does() {
    Loops.run(
        EventLoop.setup().defaultEventHandler(clientEvents::add),
        loop -> {
          SslSocket _ = Ssl.connect(loop, "localhost", server(loop).port()).open();
        });
    assertThat(clientEvents).singleElement().isInstanceOf(SslError.class);
  }

  @Test
  void errors_of_callbacks_go_to_event_cb_and_the_connection_lives_on() {
    Loops.run(
        EventLoop.setup().catchCallbackErrors(),
        loop -> {
          SslServer echo = Ends.server(loop).onRead(TcpSocket::write).open();
          SslSocket _ =
              Ends.client(loop, echo.port())
                  .onSecure((socket, session) -> {
                    socket.write("x");
                    throw new IllegalStateException("mine");
                  })
                  .onRead((socket, data) -> {
                    heard.add(UTF_8.decode(data).toString());
                    socket.close();
                    echo.close();
                  })
                  .onEvent(clientEvents::add)
                  .open();
        });
    assertThat(heard).containsExactly("x");
    assertThat(clientEvents).singleElement().isInstanceOf(CallbackError.class);
  }
}
