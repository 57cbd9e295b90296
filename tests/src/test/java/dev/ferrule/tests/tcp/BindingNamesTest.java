package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.LoopSetup;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpBindError;
import dev.ferrule.testkit.Loops;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server's address is read as a client's host is: names, addresses and zones in one form. */
class BindingNamesTest {
  private final List<String> asked = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, ",
    "[::1], ::1, ",
    "::ffff:127.0.0.1, 127.0.0.1, ",
    "LOCALHOST., localhost, localhost.",
    "bücher.example, BÜCHER.example, xn--bcher-kva.example",
    "my_host, my_host., my_host",
  })
  void a_client_reaches_a_server_at_the_same_host(String bound, String host, String name) {
    boolean[] accepted = new boolean[1];
    Loops.run(
        resolving(),
        loop -> {
          TcpServer[] server = new TcpServer[1];
          server[0] =
              Tcp.server(loop, bound, 0)
                  .onConnect(socket -> {
                    accepted[0] = true;
                    server[0].close();
                  })
                  .open();
          Tcp.connect(loop, host, server[0].port()).onConnect(TcpSocket::close).open();
        });
    assertThat(accepted[0]).isTrue();
    if (name != null) {
      assertThat(asked).first().isEqualTo(name);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "no-such-host.invalid, nobody knows it",
    "a b, the host name 'a b' contains U+0020",
    "256.1.1.1, ends in a number",
    "fe80::1%nowhere9, there is no network interface 'nowhere9' here",
  })
  void what_cannot_be_listened_on_is_an_error_that_says_why(String bound, String why) {
    Loops.run(
        resolving(),
        loop -> {
          var setup = Tcp.server(loop, bound, 0);
          assertThatThrownBy(setup::open)
              .isInstanceOf(TcpBindError.class)
              .hasMessageContaining("cannot listen on " + bound)
              .hasMessageContaining(why);
          assertThat(loop.stats().isEmpty()).isTrue();
        });
  }

  private LoopSetup resolving() {
    return Loops.inline()
        .resolver(name -> {
          asked.add(name);
          if (name.endsWith(".invalid")) {
            throw new UnknownHostException("nobody knows it");
          }
          return List.of(InetAddress.ofLiteral("127.0.0.1"));
        });
  }
}
