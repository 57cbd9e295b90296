package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Provided;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that do not speak SSL where it is expected, in both roles. */
class PlainPeersTest {
  @Test
  void an_http_client_on_an_ssl_port_is_named_and_told_in_its_language() {
    Heard client = new Heard();
    Heard server = clientSays("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8), client);
    server.ssl(Side.PEER, Stage.HELLO, "speaks plain HTTP", "SSL was expected");
    assertThat(client.text.toString()).startsWith("HTTP/1.1 400 ").contains("https");
  }

  @Test
  void an_ssh_client_on_an_ssl_port_is_named() {
    Heard client = new Heard();
    Heard server = clientSays("SSH-2.0-OpenSSH_9.9\r\n".getBytes(UTF_8), client);
    server.ssl(Side.PEER, Stage.HELLO, "speaks SSH");
    assertThat(client.text).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"802e0103010015000000100100800700c0", "802e010002001500000010010080"})
  void a_hello_of_ssl_2_is_answered_with_an_alert(String hello) {
    Heard client = new Heard();
    SslError error =
        clientSays(HexFormat.of().parseHex(hello), client).ssl(Side.OURS, Stage.HELLO, "SSL 2.0");
    assertThat(error.alert()).hasValue("protocol_version");
    assertThat(client.text.toString()).isEqualTo("\25\3\0\0\2\2F");
  }

  @Test
  void random_bytes_on_an_ssl_port_are_shown_in_hex_and_no_further() {
    byte[] noise = new byte[400];
    new Random(25).nextBytes(noise);
    noise[0] = (byte) 0xC7;
    SslError error =
        clientSays(noise, new Heard()).ssl(Side.PEER, Stage.HELLO, "does not speak SSL", "C7 ");
    assertThat(error.message().length()).isLessThan(200);
  }

  @Test
  void noise_that_begins_like_a_record_is_refused_with_an_alert() {
    byte[] noise = new byte[5 + 200];
    new Random(26).nextBytes(noise);
    System.arraycopy(new byte[] {22, 3, 1, 0, (byte) 200}, 0, noise, 0, 5);
    SslError error = clientSays(noise, new Heard()).only(SslError.class);
    assertThat(error.side()).isEqualTo(Side.OURS);
    assertThat(error.alert()).get().isIn(Provided.NOISE_ALERTS);
  }

  @ParameterizedTest
  @CsvSource({
    "'HTTP/1.1 400 Bad Request\r\n\r\n', speaks plain HTTP",
    "'SSH-2.0-OpenSSH_9.9\r\n', speaks SSH",
    "'220 mail.example ESMTP ready\r\n', speaks plain SMTP",
    "'* OK IMAP4rev1\r\n', speaks plain IMAP"
  })
  void a_client_names_what_a_plain_server_speaks(String greeting, String name) {
    Heard client = serverSays(greeting, null);
    SslError error = client.ssl(Side.PEER, Stage.HELLO, name, "is it the right port?");
    assertThat(error.alert()).isEmpty();
  }

  @Test
  void a_silent_server_is_a_handshake_timeout() {
    Heard client = serverSays("", Duration.ofMillis(60));
    TcpTimeout timeout = client.only(TcpTimeout.class);
    assertThat(timeout.limit()).isEqualTo(TcpTimeout.Limit.HANDSHAKE);
    assertThat(timeout.message()).contains("handshake", "0.06 s", "does the peer speak SSL");
  }

  @Test
  void a_silent_client_is_a_handshake_timeout() {
    Heard server = new Heard();
    Loops.runInline(loop -> {
      var listening = Pair.serve(loop, server, s -> s.handshakeTimeout(Duration.ofMillis(60)));
      Tcp.connect(loop, "127.0.0.1", listening.port()).open();
    });
    assertThat(server.only(TcpTimeout.class).limit()).isEqualTo(TcpTimeout.Limit.HANDSHAKE);
  }

  private static Heard clientSays(byte[] bytes, Heard client) {
    Heard server = new Heard();
    Loops.runInline(loop -> {
      var listening = Pair.serve(loop, server);
      Tcp.connect(loop, "127.0.0.1", listening.port())
          .data(bytes)
          .onRead((socket, data) -> client.text.append(StandardCharsets.ISO_8859_1.decode(data)))
          .onEvent(client::event)
          .open();
    });
    return server;
  }

  private static Heard serverSays(String greeting, Duration patience) {
    Heard client = new Heard();
    Loops.runInline(loop -> {
      AtomicReference<TcpServer> listening = new AtomicReference<>();
      listening.set(
          Tcp.server(loop, "127.0.0.1", 0)
              .onConnect(socket -> {
                listening.get().close();
                socket.write(greeting);
              })
              .onRead((socket, data) -> data.position(data.limit()))
              .onEvent(event -> {})
              .open());
      var setup =
          Ssl.connect(loop, "127.0.0.1", listening.get().port())
              .onEvent(client::event)
              .onClose(client::close);
      (patience == null ? setup : setup.handshakeTimeout(patience)).open();
    });
    return client;
  }
}
