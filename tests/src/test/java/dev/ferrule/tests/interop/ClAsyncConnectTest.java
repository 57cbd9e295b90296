package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.EventLoop;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.event.SocketClosed;
import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** tcp-ssl-connect: whom it connects to, and what it sends in what order. */
class ClAsyncConnectTest {
  private final List<String> heard = new ArrayList<>();
  private final StringBuilder received = new StringBuilder();

  /** A server that hears one connection out, and notes what it received. */
  private SslServer listener(EventLoop loop) {
    SslServer[] server = new SslServer[1];
    server[0] =
        Ends.server(loop)
            .onConnect(socket -> server[0].close())
            .onRead((socket, data) -> received.append(UTF_8.decode(data)))
            .onEvent(this::note)
            .open();
    return server[0];
  }

  private void note(Event event) {
    heard.add(event.getClass().getSimpleName());
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1"})
  void host_is_a_name_or_an_address(String host) {
    Loops.run(loop -> {
      SslServer server = listener(loop);
      SslSocket _ =
          Ssl.connect(loop, host, server.port())
              .trust(Pki.TRUST)
              .data("hai")
              .onWrite(TcpSocket::close)
              .open();
    });
    assertThat(received).hasToString("hai");
  }

  @ParameterizedTest
  @ValueSource(strings = {"::1", "[::1]"})
  void host_may_be_an_ipv6_address(String host) throws IOException {
    assumeTrue(
        NetworkInterface.getByInetAddress(InetAddress.ofLiteral("::1")) != null,
        "there is no IPv6 loopback here");
    Loops.run(loop -> {
      SslServer[] server = new SslServer[1];
      server[0] =
          Ssl.server(loop, "::1", 0)
              .credentials(Pki.server().credentials())
              .onConnect(socket -> server[0].close())
              .onRead((socket, data) -> received.append(UTF_8.decode(data)))
              .open();
      SslSocket _ =
          Ssl.connect(loop, host, server[0].port())
              .trust(Pki.TRUST)
              .data("hai")
              .onWrite(TcpSocket::close)
              .open();
    });
    assertThat(received).hasToString("hai");
  }

  @Test
  void address_may_be_a_unix_domain_socket(@TempDir Path folder) {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    Loops.run(loop -> {
      SslServer[] server = new SslServer[1];
      server[0] =
          Ssl.server(loop, address)
              .credentials(Pki.server().credentials())
              .onConnect(socket -> server[0].close())
              .onRead((socket, data) -> received.append(UTF_8.decode(data)))
              .open();
      assertThat(server[0].port()).isEqualTo(-1);
      SslSocket _ =
          Ssl.connect(loop, address)
              .serverName("localhost")
              .trust(Pki.TRUST)
              .data("hai")
              .onWrite(TcpSocket::close)
              .open();
    });
    assertThat(received).hasToString("hai");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65_536})
  void a_port_outside_0_to_65535_is_refused_at_once(int port) {
    Loops.run(loop ->
        assertThatThrownBy(() -> Ssl.connect(loop, "localhost", port))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("65535"));
  }

  @Test
  void data_goes_first_then_later_writes_then_those_of_connect_cb() {
    Loops.run(loop -> {
      SslServer server = listener(loop);
      SslSocket client =
          Ends.client(loop, server.port())
              .data("data ")
              .onConnect(socket -> socket.write("connect "))
              .onSecure((socket, session) -> socket.write("secure "))
              .onWrite(TcpSocket::close)
              .open();
      client.write("later ");
      client.write("latest ".getBytes(UTF_8), 0, 7);
    });
    assertThat(received).hasToString("data later latest connect secure ");
    assertThat(heard).containsExactly("TcpEof");
  }

  @Test
  void data_is_bytes_or_a_string_and_is_held_until_the_handshake_is_done() {
    Loops.run(loop -> {
      SslServer server = listener(loop);
      SslSocket client =
          Ends.client(loop, server.port())
              .data("hé".getBytes(UTF_8))
              .data("llo")
              .onConnect(socket -> heard.add("queued " + socket.queued()))
              .onWrite(TcpSocket::close)
              .open();
      assertThat(client.queued()).isEqualTo(6);
    });
    assertThat(received).hasToString("héllo");
    assertThat(heard.get(0)).isEqualTo("queued 6");
  }

  @Test
  void an_ssl_socket_may_be_passed_wherever_a_socket_may() {
    Loops.run(loop -> {
      SslServer server = listener(loop);
      TcpSocket client =
          Ends.client(loop, server.port()).onEvent(event -> note(checked(event))).open();
      client.attach(this);
      client.onWrite(TcpSocket::close);
      client.write(ByteBuffer.wrap("as any other".getBytes(UTF_8)));
      assertThat(client.loop()).isSameAs(loop);
      assertThat(client.attachment()).isSameAs(this);
    });
    assertThat(received).hasToString("as any other");
  }

  private static Event checked(Event event) {
    assertThat(event).isInstanceOf(TcpEof.class);
    return event;
  }

  @Test
  void a_second_close_is_harmless_and_a_write_after_close_says_that_it_is_too_late() {
    Loops.run(loop -> {
      SslServer server = listener(loop);
      SslSocket client =
          Ends.client(loop, server.port())
              .data("once")
              .onWrite(socket -> {
                socket.close();
                socket.close();
                assertThat(socket.isClosed()).isTrue();
                assertThatThrownBy(() -> socket.write("more")).isInstanceOf(SocketClosed.class);
              })
              .open();
      client.onClose(() -> {
        heard.add("close-cb");
        client.close();
        client.abort();
      });
    });
    assertThat(received).hasToString("once");
    assertThat(heard).containsExactlyInAnyOrder("TcpEof", "close-cb");
  }
}
