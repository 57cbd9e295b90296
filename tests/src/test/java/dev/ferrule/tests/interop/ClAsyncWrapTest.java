package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.AsyncStream;
import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.SslUpgradeSetup;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * wrap-in-ssl, on sockets that connected and, as STARTTLS needs it, on those that were accepted.
 */
class ClAsyncWrapTest {
  private final List<String> heard = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();

  private static SslUpgradeSetup asClient(TcpSocket plain) {
    return Ssl.wrap(plain).asClient("localhost").trust(Pki.TRUST);
  }

  /** A server that says GO in plain text to STARTTLS, is wrapped then, and echoes. */
  private int startTls(EventLoop loop) {
    TcpServer[] server = new TcpServer[1];
    server[0] =
        Tcp.server(loop, "127.0.0.1", 0)
            .onConnect(socket -> server[0].close())
            .onRead((plain, data) -> {
              heard.add(UTF_8.decode(data).toString());
              plain.write("GO");
              Ssl.wrap(plain)
                  .asServer()
                  .credentials(Pki.server().credentials())
                  .onRead(TcpSocket::write)
                  .open();
            })
            .onEvent(events::add)
            .open();
    return server[0].port();
  }

  private void upgrade(TcpSocket plain, ByteBuffer go) {
    heard.add(UTF_8.decode(go).toString());
    SslSocket secure =
        asClient(plain)
            .onRead((socket, data) -> {
              heard.add("echoed " + UTF_8.decode(data));
              socket.close();
            })
            .open();
    secure.write("secret");
  }

  @Test
  void starttls_wraps_the_socket_that_connected_and_the_one_that_was_accepted() {
    Loops.run(loop -> {
      TcpSocket _ =
          Tcp.connect(loop, "127.0.0.1", startTls(loop))
              .data("STARTTLS")
              .onRead(this::upgrade)
              .onEvent(events::add)
              .open();
    });
    assertThat(heard).containsExactly("STARTTLS", "GO", "echoed secret");
  }

  @Test
  void callbacks_and_limits_are_attached_to_the_new_socket_and_close_cb_is_its_last() {
    Loops.run(loop -> {
      SslServer server = Ends.server(loop).onRead(TcpSocket::write).open();
      TcpSocket _ =
          Tcp.connect(loop, "127.0.0.1", server.port())
              .readTimeout(Duration.ofMillis(400))
              .onRead((socket, data) -> heard.add(socket.getClass().getSimpleName() + " read"))
              .onEvent(events::add)
              .onConnect(plain -> {
                SslSocket secure =
                    asClient(plain)
                        .onClose(() -> {
                          heard.add("close-cb");
                          server.close();
                        })
                        .open();
                secure.write("hai");
              })
              .open();
    });
    assertThat(heard).containsExactly("SslSocket read", "close-cb");
    assertThat(events).singleElement().isInstanceOf(TcpTimeout.class);
  }

  @Test
  void a_stream_is_wrapped_and_goes_on_with_what_it_decrypts() {
    Loops.run(loop -> {
      SslServer server = Ends.server(loop).onRead(TcpSocket::write).open();
      AsyncStream _ =
          Tcp.connect(loop, "127.0.0.1", server.port())
              .onStream((socket, same) -> {
                ByteBuffer data = ByteBuffer.allocate(10);
                same.read(data);
                heard.add(UTF_8.decode(data.flip()) + " by " + socket.getClass().getSimpleName());
                same.close();
                server.close();
              })
              .onConnect(plain -> {
                AsyncStream same = plain.stream();
                SslSocket secure = Ssl.wrap(same).asClient("localhost").trust(Pki.TRUST).open();
                assertThat(same.socket()).isSameAs(secure);
                same.write("hai");
              })
              .openStream();
    });
    assertThat(heard).containsExactly("hai by SslSocket");
  }

  @Test
  void the_old_socket_says_that_it_was_wrapped() {
    Loops.run(loop -> {
      SslServer server = Ends.server(loop).onEvent(events::add).open();
      TcpSocket _ =
          Tcp.connect(loop, "127.0.0.1", server.port())
              .onConnect(plain -> {
                SslSocket secure = asClient(plain).open();
                assertThatThrownBy(() -> plain.write("x"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("wrapped");
                assertThatThrownBy(() -> Ssl.wrap(plain).asClient("localhost"))
                    .isInstanceOf(IllegalStateException.class);
                secure.close();
                server.close();
              })
              .open();
    });
  }

  @Test
  void plain_text_behind_the_point_of_upgrade_is_an_error_and_not_data() {
    Loops.run(loop -> {
      TcpSocket _ =
          Tcp.connect(loop, "127.0.0.1", startTlsThatLooksAtTheFirstLineOnly(loop))
              .data("STARTTLS\nINJECTED\n")
              .onEvent(event -> {})
              .open();
    });
    assertThat(events).singleElement().isInstanceOf(SslError.class);
    assertThat(((SslError) events.get(0)).code()).isEqualTo("INJECTED");
    assertThat(heard).isEmpty();
  }

  private int startTlsThatLooksAtTheFirstLineOnly(EventLoop loop) {
    TcpServer[] server = new TcpServer[1];
    server[0] =
        Tcp.server(loop, "127.0.0.1", 0)
            .onConnect(socket -> server[0].close())
            .onRead((plain, data) -> {
              data.position(data.position() + "STARTTLS\n".length());
              Ssl.wrap(plain)
                  .asServer()
                  .credentials(Pki.server().credentials())
                  .onRead((secure, more) -> heard.add(UTF_8.decode(more).toString()))
                  .open();
            })
            .onEvent(events::add)
            .open();
    return server[0].port();
  }

  @Test
  void certificate_key_and_password_show_a_client_with_an_encrypted_key(@TempDir Path folder)
      throws Exception {
    Path key = encrypted(folder, "sesame");
    Loops.run(loop -> {
      SslServer server =
          Ends.server(loop)
              .trust(Pki.TRUST)
              .clientAuth(ClientAuth.REQUIRED)
              .onSecure((socket, session) -> {
                heard.add(session.peerChain().get(0).getSubjectX500Principal().getName());
                socket.close();
              })
              .open();
      TcpSocket _ =
          Tcp.connect(loop, "127.0.0.1", server.port())
              .onEvent(events::add)
              .onConnect(plain ->
                  asClient(plain)
                      .certificate(Pki.client(KeyType.EC_P256).chain())
                      .key(key)
                      .password("sesame".toCharArray())
                      .onClose(server::close)
                      .open())
              .open();
    });
    assertThat(heard).containsExactly("CN=client.example");
  }

  private static Path encrypted(Path folder, String password) throws Exception {
    PemObject locked =
        new JcaPKCS8Generator(
                Pki.client(KeyType.EC_P256).issued().key(),
                new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                    .setProvider(new BouncyCastleProvider())
                    .setPassword(password.toCharArray())
                    .build())
            .generate();
    return Files.write(folder.resolve("locked.der"), locked.getContent());
  }
}
