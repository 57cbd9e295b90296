package dev.ferrule.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs what the examples show, on loopback. */
class ExamplesTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();
  private static final String HOST = "127.0.0.1";

  @TempDir private static Path folder;
  private static WrittenFiles files;
  private static SslContext trusting;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);

  @BeforeAll
  static void issue() throws IOException {
    files = CA.issue(HOST).write(folder);
    trusting = SslContext.client().trust(List.of(CA.certificate())).build();
  }

  private List<String> lines() {
    return bytes.toString(UTF_8).lines().toList();
  }

  /** The server of the examples. */
  private static TcpServer serve(EventLoop loop) {
    return Server.serve(loop, 0, files.certificate(), files.key());
  }

  /** A plain server that takes one connection; its port. */
  private static int servesOne(EventLoop loop, Consumer<TcpSocket> service) {
    TcpServer[] server = new TcpServer[1];
    server[0] =
        Tcp.server(loop, HOST, 0)
            .onConnect(socket -> {
              server[0].close();
              service.accept(socket);
            })
            .open();
    return server[0].port();
  }

  private static void answerStartTls(TcpSocket socket) {
    socket.onRead((plain, data) -> {
      data.position(data.limit());
      plain.write("go ahead");
      answerSecurely(plain);
    });
  }

  private static void answerSecurely(TcpSocket plain) {
    Ssl.wrap(plain)
        .asServer()
        .certificate(files.certificate())
        .key(files.key())
        .onRead((socket, data) -> socket.write("ferrule", TcpSocket::close))
        .open();
  }

  @Test
  void client_and_server_exchange_a_line() {
    EventLoop.run(loop -> {
      TcpServer server = serve(loop);
      Client.ask(loop, HOST, server.port(), out).context(trusting).onClose(server::close).open();
    });
    assertThat(lines())
        .containsExactly(
            "GOT: THIS IS A SECURE LINE!", "EV: TcpEof: the peer ended the connection cleanly");
  }

  @Test
  void a_stream_keeps_what_came_until_it_is_read() {
    EventLoop.run(loop -> {
      TcpServer server = serve(loop);
      Streams.ask(loop, HOST, server.port(), trusting, out).socket().onClose(server::close);
    });
    assertThat(lines()).contains("READ: THIS IS A SECURE LINE!");
  }

  @Test
  void a_plain_connection_goes_on_over_SSL() {
    EventLoop.run(loop -> {
      int port = servesOne(loop, ExamplesTest::answerStartTls);
      Wrap.ask(loop, HOST, port, trusting, out);
    });
    assertThat(lines()).startsWith("PLAIN: go ahead", "SECURE: ferrule").endsWith("closed");
  }

  @Test
  void a_wrapped_stream_goes_on_with_what_is_decrypted() {
    EventLoop.run(loop -> {
      int port = servesOne(loop, ExamplesTest::answerSecurely);
      Streams.wrap(loop, HOST, port, trusting, out);
    });
    assertThat(lines()).contains("READ: ferrule");
  }

  @Test
  void a_socket_is_wrapped_before_it_is_connected_and_written_to_at_once() {
    EventLoop.run(loop -> {
      TcpServer server = serve(loop);
      WrapAtOnce.ask(loop, HOST, server.port(), trusting, out).onClose(server::close);
    });
    assertThat(lines())
        .containsExactly(
            "GOT: THIS IS A SECURE LINE!", "EV: TcpEof: the peer ended the connection cleanly");
  }
}
