package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.EventError;
import dev.ferrule.event.Notice;
import dev.ferrule.ssl.KernelTls;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.SentFiles;
import dev.ferrule.tests.SentFiles.Expected;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of a server that asks for kernel TLS, under attack: by the kernel where it can ({@code
 * ./build ktls}), and read and encrypted elsewhere.
 */
class KernelSendFileTest {
  private static final long LONG = 32 << 20;
  private static final long PART = 8 << 20;
  private static final byte[] CONTENT = SentFiles.bytes(300_000, 6);

  @TempDir private Path folder;
  private final List<String> log = new ArrayList<>();
  private final Expected expected = new Expected();
  private TcpSocket reader;
  private KernelTls kernel;

  private void note(Object event) {
    if (!(event instanceof Notice)) {
      log.add(event instanceof EventError error ? error.code() : event.getClass().getSimpleName());
    }
  }

  /** What {@code serving} does is seen by a client that reads, or not before it is told to. */
  private void serve(boolean reads, Consumer<SslSocket> serving) {
    Loops.run(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .kernelTls()
              .onSecure((s, session) -> {
                kernel = session.kernel();
                serving.accept(s);
              })
              .onEvent(this::note)
              .open();
      Ssl.connect(loop, "127.0.0.1", server.port())
          .trust(Pki.TRUST)
          .onConnect(s -> {
            reader = s;
            if (!reads) {
              s.disableReading();
            }
          })
          .onRead((s, data) -> expected.read(data))
          .onEvent(e -> log.add("client " + e.getClass().getSimpleName()))
          .onClose(((TcpServer) server)::close)
          .open();
    });
    assertThat(kernel.sends()).isEqualTo(KernelTlsHere.REASON.isEmpty());
  }

  @Test
  void many_files_parts_of_nothing_and_writes_in_a_row_arrive_in_their_order() {
    Path file = SentFiles.file(folder, CONTENT);
    int parts = 200;
    for (int i = 0; i < parts; i++) {
      expected.then(("part " + i).getBytes(UTF_8));
      expected.then(Arrays.copyOfRange(CONTENT, i * 13, i * 13 + i * 97));
    }
    serve(
        true,
        socket -> {
          for (int i = 0; i < parts; i++) {
            socket.write("part " + i);
            socket.sendFile(file, i * 13L, i * 97L);
            socket.sendFile(file, CONTENT.length, 0);
          }
          socket.close();
        });
    expected.assertWhole();
    assertThat(log).containsExactly("client TcpEof");
  }

  @Test
  void offsets_beyond_four_gigabytes_are_what_they_say() {
    long length = 5L << 30;
    Path file = SentFiles.sparse(folder, length);
    byte[] end = new byte[1 << 20];
    end[end.length - 1] = 1;
    expected.then(end);
    serve(true, socket -> socket.sendFile(file, length - end.length, end.length, TcpSocket::close));
    expected.assertWhole();
  }

  @Test
  void a_file_that_becomes_shorter_fails_the_socket_and_its_peer_sees_no_clean_end() {
    Path file = SentFiles.sparse(folder, LONG);
    expected.then(new byte[(int) LONG]);
    serve(
        false,
        socket -> {
          socket.sendFile(file, 0, LONG, x -> log.add("sent"));
          socket.close();
          socket
              .loop()
              .delay(
                  Duration.ZERO,
                  () -> {
                    SentFiles.truncate(file, 1000);
                    reader.enableReading();
                  });
        });
    assertThat(log).containsExactlyInAnyOrder("EFILE", "client TcpReset");
  }

  @Test
  void an_abort_in_the_middle_closes_the_file() {
    Path file = SentFiles.sparse(folder, LONG);
    serve(
        false,
        socket -> {
          socket.sendFile(file, 0, LONG, x -> log.add("sent"));
          socket.write("behind");
          socket
              .loop()
              .delay(
                  Duration.ZERO,
                  () -> {
                    assertThat(socket.queued()).isPositive();
                    socket.abort();
                    reader.abort();
                  });
        });
    assertThat(log).doesNotContain("sent");
  }

  @Test
  void a_peer_that_resets_in_the_middle_is_told_and_the_files_are_closed() {
    Path file = SentFiles.sparse(folder, LONG);
    serve(
        false,
        socket -> {
          socket.sendFile(file, 0, LONG, x -> log.add("sent"));
          socket.sendFile(file, 0, LONG, x -> log.add("sent"));
          socket.loop().delay(Duration.ZERO, () -> reader.abort());
        });
    assertThat(log).containsExactly("ECONNRESET");
  }

  /**
   * The peer replaces its keys, and asks for that, while a file is sent. A kernel that cannot
   * replace keys ends the connection, and says so.
   */
  @Test
  void a_key_update_in_the_middle_of_a_file_changes_nothing_of_it() {
    Path file = SentFiles.sparse(folder, PART);
    AtomicLong arrived = new AtomicLong();
    TcpServer[] own = new TcpServer[1];
    Loops.run(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .kernelTls()
              .onConnect(s -> own[0].close())
              .onSecure((s, session) -> {
                s.sendFile(file, 0, PART);
                s.sendFile(file, 0, PART, x -> log.add("sent"));
              })
              .onRead((s, data) -> {
                log.add(UTF_8.decode(data).toString());
                s.sendFile(file, 0, PART, TcpSocket::close);
              })
              .onEvent(e -> log.add(e.toString()))
              .open();
      own[0] = server;
      Thread.ofPlatform().start(() -> updateKeys(server.port(), arrived));
    });
    if (KernelTlsHere.REASON.isEmpty() && !KernelTlsHere.replacesKeys()) {
      assertThat(log.getLast()).contains("KeyUpdate", "this kernel cannot replace keys");
    } else {
      assertThat(log).contains("sent", "x");
      assertThat(arrived).hasValue(3 * PART);
    }
  }

  /** Reads some, updates the keys, and reads on to the end. */
  private static void updateKeys(int port, AtomicLong arrived) {
    try (SSLSocket peer = JdkPeers.connect(port)) {
      arrived.addAndGet(peer.getInputStream().readNBytes(100_000).length);
      peer.startHandshake();
      peer.getOutputStream().write('x');
      byte[] part = new byte[1 << 16];
      for (int n; (n = peer.getInputStream().read(part)) > 0; ) {
        arrived.addAndGet(n);
      }
    } catch (IOException e) {
      return; // the server has told what happened
    }
  }
}
