package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.AddressInUse;
import dev.ferrule.event.TcpBindError;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** tcp-ssl-server: what it binds to, what it shows, and how it closes. */
class ClAsyncServerTest {
  private final List<String> heard = new ArrayList<>();

  private static void greet(EventLoop loop, SslServer server) {
    SslSocket _ =
        Ends.client(loop, server.port())
            .data("hai")
            .onRead((socket, data) -> {
              socket.close();
              server.close();
            })
            .open();
  }

  private static void serves(SslServerSetup setup, EventLoop loop) {
    SslServer server = setup.onRead(TcpSocket::write).open();
    assertThat(server.port()).isPositive(); // of port 0, a free one
    greet(loop, server);
  }

  @Test
  void nil_as_the_address_is_every_address() {
    Loops.run(
        loop -> serves(Ssl.server(loop, null, 0).credentials(Pki.server().credentials()), loop));
  }

  @Test
  void backlog_minus_1_is_the_systems_default_and_less_is_refused() {
    Loops.run(loop -> {
      serves(Ends.server(loop).backlog(-1), loop);
      serves(Ends.server(loop).backlog(5), loop);
      assertThatThrownBy(() -> Ends.server(loop).backlog(-2))
          .isInstanceOf(IllegalArgumentException.class);
    });
  }

  @Test
  void errors_of_binding_are_thrown_by_the_call_and_address_in_use_has_its_own_type() {
    Loops.run(loop -> {
      SslServer first = Ends.server(loop).open();
      assertThatThrownBy(() ->
              Ssl.server(loop, "127.0.0.1", first.port())
                  .credentials(Pki.server().credentials())
                  .open())
          .isInstanceOf(AddressInUse.class)
          .isInstanceOf(TcpBindError.class)
          .hasMessageContaining("in use");
      SslServerSetup elsewhere =
          Ssl.server(loop, "192.0.2.1", 0).credentials(Pki.server().credentials());
      assertThatThrownBy(elsewhere::open)
          .isInstanceOf(TcpBindError.class)
          .isNotInstanceOf(AddressInUse.class);
      first.close();
    });
  }

  @Test
  void connect_cb_comes_for_each_client_before_read_cb_and_without_data_too() {
    Loops.run(loop -> {
      SslServer server =
          Ends.server(loop)
              .onConnect(socket -> heard.add("connect"))
              .onRead((socket, data) -> {
                heard.add("read");
                socket.write(data);
              })
              .open();
      SslSocket _ =
          Ends.client(loop, server.port())
              .onSecure((silent, session) -> {
                silent.close();
                greet(loop, server);
              })
              .open();
    });
    assertThat(heard).containsExactly("connect", "connect", "read");
  }

  @Test
  void close_tcp_server_is_graceful_and_twice_is_harmless() {
    Loops.run(loop -> {
      TcpServer[] server = new TcpServer[1];
      server[0] =
          Ends.server(loop)
              .onSecure((socket, session) -> {
                server[0].close();
                server[0].close();
                assertThat(server[0].isClosed()).isTrue();
                socket.write("still here");
              })
              .open();
      SslSocket _ =
          Ends.client(loop, server[0].port())
              .onRead((socket, data) -> {
                heard.add(UTF_8.decode(data).toString());
                socket.close();
              })
              .open();
    });
    assertThat(heard).containsExactly("still here");
  }

  @Test
  void the_certificate_file_may_be_a_chain_with_its_issuer(@TempDir Path folder)
      throws IOException {
    ThrowawayCa ca = ThrowawayCa.create();
    Issued issued = ca.request("127.0.0.1").throughIntermediate().issue();
    Path chain = Files.writeString(folder.resolve("chain.pem"), issued.chainPem() + ca.pem());
    Path key = Files.writeString(folder.resolve("key.pem"), issued.keyPem());
    Loops.run(loop -> {
      SslServer server = Ssl.server(loop, "127.0.0.1", 0).certificate(chain).key(key).open();
      SslSocket _ =
          Ssl.connect(loop, "127.0.0.1", server.port())
              .trust(List.of(ca.certificate()))
              .onSecure((socket, session) -> {
                heard.add("chain of " + session.peerChain().size());
                socket.close();
                server.close();
              })
              .open();
    });
    assertThat(heard.get(0)).matches("chain of [23]");
  }

  @Test
  void keytype_pem_and_asn1_are_told_by_the_files_themselves(@TempDir Path folder)
      throws Exception {
    Issued issued = Pki.server().issued();
    Path certificate = Files.write(folder.resolve("c.der"), issued.certificate().getEncoded());
    Path key = Files.write(folder.resolve("k.der"), issued.key().getEncoded());
    Loops.run(loop -> {
      serves(Ssl.server(loop, "127.0.0.1", 0).certificate(certificate).key(key), loop);
      serves(
          Ssl.server(loop, "127.0.0.1", 0)
              .certificate(Pki.server().chain())
              .key(Pki.server().key()),
          loop);
    });
  }

  @Test
  void a_wrong_path_content_or_key_is_thrown_at_once_and_named(@TempDir Path folder)
      throws IOException {
    Path missing = folder.resolve("missing.pem");
    Path nonsense = Files.writeString(folder.resolve("nonsense.pem"), "nothing of the kind");
    Path other =
        Files.writeString(folder.resolve("other.pem"), ThrowawayCa.create().issue("a").keyPem());
    Path good = Pki.server().chain();
    Loops.run(loop -> {
      refuses(Ssl.server(loop, null, 0).certificate(missing).key(other), "missing.pem");
      refuses(Ssl.server(loop, null, 0).certificate(nonsense).key(other), "nonsense.pem");
      refuses(Ssl.server(loop, null, 0).certificate(good).key(nonsense), "nonsense.pem");
      refuses(Ssl.server(loop, null, 0).certificate(good).key(other), "other.pem");
    });
  }

  @Test
  void a_server_without_a_certificate_is_refused_at_once() {
    Loops.run(loop -> refuses(Ssl.server(loop, null, 0), "certificate"));
  }

  private static void refuses(SslServerSetup setup, String named) {
    assertThatThrownBy(setup::open)
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining(named);
  }
}
