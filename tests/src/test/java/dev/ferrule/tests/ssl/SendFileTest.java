package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.EventError;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.SentFiles;
import dev.ferrule.tests.SentFiles.Expected;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files over SSL: read, and encrypted as the peer takes them. */
class SendFileTest {
  private static final int LARGE = 3 << 20;
  private static final byte[] CONTENT = SentFiles.bytes(LARGE, 2);

  @TempDir private Path folder;
  private final List<String> log = new ArrayList<>();
  private final Expected expected = new Expected();

  /** A server whose first client gets what {@code serving} sends. */
  private void serve(Protocol version, Consumer<SslSocket> serving, Consumer<TcpSocket> connected) {
    Loops.run(loop -> open(loop, version, serving, connected));
  }

  private void open(
      EventLoop loop,
      Protocol version,
      Consumer<SslSocket> serving,
      Consumer<TcpSocket> connected) {
    SslServer server =
        Ssl.server(loop, "127.0.0.1", 0)
            .credentials(Pki.LOCAL)
            .onSecure((s, session) -> serving.accept(s))
            .onEvent(e -> log.add(e instanceof EventError error ? error.code() : "end"))
            .open();
    Ssl.connect(loop, "127.0.0.1", server.port())
        .trust(Pki.TRUST)
        .maxProtocol(version)
        .onConnect(connected)
        .onRead((s, data) -> expected.read(data))
        .onEvent(e -> log.add("client " + e.getClass().getSimpleName()))
        .onClose(((TcpServer) server)::close)
        .open();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_part_of_a_file_arrives_between_what_was_written_before_and_behind_it(Protocol version) {
    Path file = SentFiles.file(folder, CONTENT);
    expected.then("head".getBytes(UTF_8));
    expected.then(Arrays.copyOfRange(CONTENT, 7, LARGE - 3));
    expected.then("tail".getBytes(UTF_8));
    serve(
        version,
        socket -> {
          socket.write("head");
          socket.sendFile(file, 7, LARGE - 10, s -> log.add("sent by " + (s == socket)));
          socket.write("tail", TcpSocket::close);
        },
        s -> {});
    expected.assertWhole();
    assertThat(log).containsExactly("sent by true", "client TcpEof");
  }

  /** More than fits into memory, if it were kept there: what waits is in the file. */
  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void what_waits_for_a_peer_that_does_not_read_stays_in_the_file(Protocol version) {
    long length = 1L << 40;
    Path file = SentFiles.sparse(folder, length);
    TcpSocket[] reader = new TcpSocket[1];
    serve(
        version,
        socket -> {
          socket.sendFile(file, 0, length, s -> log.add("sent"));
          socket
              .loop()
              .delay(
                  Duration.ZERO,
                  () -> {
                    assertThat(socket.queued()).isBetween(length - (64 << 20), length);
                    socket.abort();
                    reader[0].abort();
                  });
        },
        s -> {
          reader[0] = s;
          s.disableReading();
        });
    assertThat(log).doesNotContain("sent");
  }

  @Test
  void a_file_written_before_the_handshake_goes_out_behind_it_and_the_side_may_end() {
    Path file = SentFiles.file(folder, CONTENT);
    Expected served = new Expected();
    served.then(CONTENT);
    Loops.run(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .halfOpen()
              .onRead((s, data) -> served.read(data))
              .onEvent(e -> ((TcpSocket) e.socket()).sendFile(file, 0, 50_000, TcpSocket::close))
              .open();
      expected.then(Arrays.copyOf(CONTENT, 50_000));
      SslSocket client =
          Ssl.connect(loop, "127.0.0.1", server.port())
              .trust(Pki.TRUST)
              .minProtocol(Protocol.TLS_1_3)
              .onRead((s, data) -> expected.read(data))
              .onEvent(e -> {})
              .onClose(((TcpServer) server)::close)
              .open();
      client.sendFile(file, 0, LARGE);
      client.shutdownOutput();
    });
    served.assertWhole();
    expected.assertWhole();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_file_that_becomes_shorter_fails_the_socket_and_its_peer_sees_no_clean_end(
      Protocol version) {
    long length = 64 << 20;
    Path file = SentFiles.sparse(folder, length);
    TcpSocket[] reader = new TcpSocket[1];
    Loops.run(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .onSecure((s, session) -> {
                s.sendFile(file, 0, length, x -> log.add("sent"));
                s.close();
                loop.delay(
                    Duration.ZERO,
                    () -> {
                      SentFiles.truncate(file, 1000);
                      reader[0].enableReading();
                    });
              })
              .onEvent(e -> log.add(e instanceof EventError error ? error.code() : "end"))
              .open();
      Ssl.connect(loop, "127.0.0.1", server.port())
          .trust(Pki.TRUST)
          .maxProtocol(version)
          .onConnect(s -> {
            reader[0] = s;
            s.disableReading();
          })
          .onRead((s, data) -> {})
          .onEvent(e -> log.add("client " + e.getClass().getSimpleName()))
          .onClose(((TcpServer) server)::close)
          .open();
    });
    assertThat(log).containsExactlyInAnyOrder("EFILE", "client TcpReset");
  }

  @Test
  void it_is_sent_behind_what_ssl_leaves_when_the_socket_is_plain_again() {
    Path file = SentFiles.file(folder, CONTENT);
    expected.then(CONTENT);
    expected.then(CONTENT);
    Loops.run(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .onSecure((s, session) -> {
                s.sendFile(file, 0, LARGE);
                s.unwrap()
                    .onConnect(plain -> plain.sendFile(file, 0, LARGE, TcpSocket::close))
                    .open();
              })
              .open();
      Ssl.connect(loop, "127.0.0.1", server.port())
          .trust(Pki.TRUST)
          .onSecure((s, session) ->
              s.unwrap()
                  .onRead((plain, data) -> expected.read(data))
                  .onEvent(e -> log.add("client " + e.getClass().getSimpleName()))
                  .onClose(((TcpServer) server)::close)
                  .open())
          .onRead((s, data) -> expected.read(data))
          .open();
    });
    expected.assertWhole();
    assertThat(log).containsExactly("client TcpEof");
  }
}
