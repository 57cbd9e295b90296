package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ferrule.EventLoop;
import dev.ferrule.event.AddressInUse;
import dev.ferrule.event.DnsError;
import dev.ferrule.event.TcpBindError;
import dev.ferrule.event.TcpError;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.Ports;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SSL clients and servers that never get as far as SSL. */
class ConnectingTest {
  @Test
  void a_name_that_does_not_resolve_is_a_dns_error() {
    Heard client = new Heard();
    Loops.run(
        Loops.inline()
            .resolver(host -> {
              throw new UnknownHostException(host);
            }),
        loop -> client(loop, client, "no-such.example", 443, c -> {}));
    DnsError error = client.only(DnsError.class);
    assertThat(error.message()).contains("'no-such.example'", "could not be resolved");
    assertThat(error.host()).isEqualTo("no-such.example");
  }

  @Test
  void a_port_where_nobody_listens_refuses() throws IOException {
    int port = Ports.refusing();
    Heard client = new Heard();
    Loops.runInline(loop -> client(loop, client, "127.0.0.1", port, c -> c.data("x")));
    assertThat(client.only(TcpRefused.class).message())
        .contains("127.0.0.1:" + port, "refused", "does a server listen there?");
  }

  @Test
  void an_unreachable_address_says_so() {
    Heard client = new Heard();
    // A network that is never assigned: refused by the routing table, before anything is sent.
    Loops.runInline(loop -> client(loop, client, "255.255.255.255", 443, c -> {}));
    TcpError error = client.only(TcpError.class);
    assertThat(error.message()).contains("255.255.255.255:443", "failed");
    assertThat(error.socket()).isNotNull();
  }

  @Test
  void a_host_that_does_not_answer_is_a_connect_timeout() throws IOException {
    Heard client = new Heard();
    List<Socket> fillers = new ArrayList<>();
    // A backlog that is full answers no more: the same silence as that of a host that is down.
    try (ServerSocket full = new ServerSocket()) {
      full.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
      fill(full, fillers);
      Loops.runInline(loop ->
          client(
              loop,
              client,
              "127.0.0.1",
              full.getLocalPort(),
              c -> c.connectTimeout(Duration.ofMillis(80))));
    } finally {
      for (Socket filler : fillers) {
        filler.close();
      }
    }
    TcpTimeout timeout = client.only(TcpTimeout.class);
    assertThat(timeout.limit()).isEqualTo(TcpTimeout.Limit.CONNECT);
    assertThat(timeout.message()).contains("no connection within 0.08 s");
  }

  private static void fill(ServerSocket full, List<Socket> fillers) throws IOException {
    for (int i = 0; i < 4; i++) {
      Socket filler = new Socket();
      fillers.add(filler);
      try {
        filler.connect(full.getLocalSocketAddress(), 50);
      } catch (java.net.SocketTimeoutException e) {
        return; // full
      }
    }
  }

  @Test
  void a_port_in_use_is_thrown_by_open() {
    Loops.runInline(loop -> {
      var first = Pair.serve(loop, new Heard());
      AddressInUse thrown =
          catchThrowableOfType(
              AddressInUse.class,
              () -> Ssl.server(loop, "127.0.0.1", first.port()).credentials(Pki.LOCAL).open());
      assertThat(thrown.message()).contains(":" + first.port(), "in use");
      assertThat(loop.stats().servers()).isEqualTo(1);
      first.close();
    });
  }

  @Test
  void an_address_of_another_machine_cannot_be_listened_on() {
    Loops.runInline(loop ->
        assertThatThrownBy(() -> Ssl.server(loop, "192.0.2.1", 0).credentials(Pki.LOCAL).open())
            .isInstanceOf(TcpBindError.class)
            .hasMessageContaining("192.0.2.1"));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65536, Integer.MAX_VALUE})
  void a_port_out_of_range_is_refused_at_once(int port) {
    Loops.runInline(loop -> {
      assertThatThrownBy(() -> Ssl.connect(loop, "localhost", port))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(String.valueOf(port))
          .hasMessageContaining("65535");
      assertThatThrownBy(() -> Ssl.server(loop, null, port))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(String.valueOf(port));
    });
  }

  @Test
  void an_empty_host_is_refused_at_once() {
    Loops.runInline(loop ->
        assertThatThrownBy(() -> Ssl.connect(loop, " ", 443))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("host"));
  }

  private static void client(
      EventLoop loop, Heard heard, String host, int port, Consumer<SslClientSetup> more) {
    SslClientSetup setup =
        Ssl.connect(loop, host, port).onEvent(heard::event).onClose(heard::close);
    more.accept(setup);
    setup.open();
  }
}
