package dev.ferrule.tests.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.EventError;
import dev.ferrule.event.SocketClosed;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.SentFiles;
import dev.ferrule.tests.SentFiles.Expected;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files over plain TCP; {@link Loops} sees to it that each is closed. */
class SendFileTest {
  private static final int LARGE = 5 << 20;
  private static final byte[] CONTENT = SentFiles.bytes(LARGE, 1);

  @TempDir private Path folder;
  private final List<String> log = new ArrayList<>();
  private final Expected expected = new Expected();

  /** Runs {@code client} once connected, whose server checks what it gets. */
  private void send(Consumer<TcpSocket> client) {
    send(client, socket -> {});
  }

  private void send(Consumer<TcpSocket> client, Consumer<TcpSocket> accepted) {
    List<TcpSocket> served = new ArrayList<>();
    Loops.run(loop -> {
      TcpServer server =
          Loopback.server(loop)
              .onRead((s, data) -> expected.read(data))
              .onConnect(s -> {
                served.add(s);
                accepted.accept(s);
              })
              .onEvent(e -> log.add("server " + e.getClass().getSimpleName()))
              .open();
      Loopback.client(loop, server)
          .onConnect(client)
          .onEvent(e -> log.add(e instanceof EventError error ? error.code() : "end"))
          .onClose(() -> {
            server.close();
            served.forEach(TcpSocket::abort); // those that do not read hear of no end
          })
          .open();
    });
  }

  @Test
  void a_part_of_a_file_arrives_between_what_was_written_before_and_behind_it() {
    Path file = SentFiles.file(folder, CONTENT);
    expected.then("head".getBytes(UTF_8));
    expected.then(Arrays.copyOfRange(CONTENT, 7, LARGE - 3));
    expected.then("tail".getBytes(UTF_8));
    send(socket -> {
      socket.write("head");
      socket.sendFile(file, 7, LARGE - 10, s -> log.add("sent"));
      socket.write("tail", TcpSocket::close);
    });
    expected.assertWhole();
    assertThat(log).containsExactly("sent", "server TcpEof");
  }

  @Test
  void several_files_and_parts_of_nothing_have_their_callbacks_in_order() {
    Path file = SentFiles.file(folder, CONTENT);
    expected.then(CONTENT);
    expected.then(Arrays.copyOf(CONTENT, 100));
    expected.then(Arrays.copyOf(CONTENT, 100_000));
    send(socket -> {
      socket.sendFile(file, 0, LARGE, s -> log.add("large"));
      socket.sendFile(file, 9, 0, s -> log.add("nothing"));
      socket.sendFile(file, 0, 100, s -> log.add("small"));
      socket.sendFile(file, 0, 100_000, TcpSocket::close);
    });
    expected.assertWhole();
    assertThat(log).containsExactly("large", "nothing", "small", "server TcpEof");
  }

  @Test
  void a_file_may_be_sent_before_the_socket_is_connected_and_closed_behind() {
    Path file = SentFiles.file(folder, CONTENT);
    expected.then(CONTENT);
    Loops.run(loop -> {
      TcpServer server =
          Loopback.server(loop).onRead((s, data) -> expected.read(data)).onEvent(e -> {}).open();
      TcpSocket socket = Loopback.client(loop, server).open();
      socket.sendFile(file, 0, LARGE);
      socket.close();
    });
    expected.assertWhole();
  }

  @Test
  void offsets_beyond_four_gigabytes_are_what_they_say() {
    long length = 5L << 30;
    Path file = SentFiles.sparse(folder, length);
    byte[] end = new byte[1 << 20];
    end[end.length - 1] = 1;
    expected.then(end);
    send(socket -> socket.sendFile(file, length - end.length, end.length, TcpSocket::close));
    expected.assertWhole();
  }

  @Test
  void it_goes_over_unix_domain_sockets_too() {
    Path file = SentFiles.file(folder, CONTENT);
    var address = UnixDomainSocketAddress.of(folder.resolve("socket"));
    expected.then(CONTENT);
    Loops.run(loop -> {
      TcpServer server =
          Tcp.server(loop, address)
              .onRead((s, data) -> expected.read(data))
              .onEvent(e -> {})
              .open();
      Tcp.connect(loop, address)
          .onConnect(s -> s.sendFile(file, 0, LARGE, TcpSocket::close))
          .onClose(server::close)
          .open();
    });
    expected.assertWhole();
  }

  @Test
  void what_is_no_part_of_a_file_is_refused_and_costs_nothing() {
    Path file = SentFiles.file(folder, new byte[100]);
    send(socket -> {
      for (long[] part : new long[][] {{-1, 5}, {0, -1}, {101, 0}, {90, 11}, {1, Long.MAX_VALUE}}) {
        assertThatThrownBy(() -> socket.sendFile(file, part[0], part[1]))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
      assertThatThrownBy(() -> socket.sendFile(folder, 0, 0))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("not a regular file");
      assertThatThrownBy(() -> socket.sendFile(folder.resolve("none"), 0, 0))
          .hasRootCauseInstanceOf(NoSuchFileException.class);
      assertThat(socket.queued()).isZero();
      socket.close();
      assertThatThrownBy(() -> socket.sendFile(file, 0, 1)).isInstanceOf(SocketClosed.class);
    });
    assertThat(log).containsExactly("server TcpEof");
  }

  /** To open a pipe would block until somebody writes to it. */
  @Test
  void a_pipe_and_a_file_that_must_not_be_read_are_refused() throws Exception {
    Path pipe = folder.resolve("pipe");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "no mkfifo");
    Path secret = SentFiles.file(folder, new byte[100]);
    assertThat(secret.toFile().setReadable(false, false)).isTrue();
    send(socket -> {
      assertThatThrownBy(() -> socket.sendFile(pipe, 0, 0))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("not a regular file");
      if (!Files.isReadable(secret)) { // root may
        assertThatThrownBy(() -> socket.sendFile(secret, 0, 1))
            .hasRootCauseInstanceOf(AccessDeniedException.class);
      }
      socket.close();
    });
    assertThat(log).containsExactly("server TcpEof");
  }

  @Test
  void another_thread_is_told_so() {
    Path file = SentFiles.file(folder, new byte[100]);
    List<Throwable> thrown = new ArrayList<>();
    send(socket ->
        Thread.ofPlatform()
            .start(() -> {
              try {
                socket.sendFile(file, 0, 1);
              } catch (WrongThreadException e) {
                socket
                    .loop()
                    .execute(() -> {
                      thrown.add(e);
                      socket.close();
                    });
              }
            }));
    assertThat(thrown).hasSize(1);
  }

  @Test
  void it_answers_whether_to_go_on_and_the_drain_callback_comes_when_the_file_has_gone() {
    Path file = SentFiles.file(folder, CONTENT);
    expected.then(CONTENT);
    Loops.run(loop -> {
      TcpServer server =
          Loopback.server(loop).onRead((s, data) -> expected.read(data)).onEvent(e -> {}).open();
      Loopback.client(loop, server)
          .maxQueued(1000)
          .onConnect(socket -> {
            assertThat(socket.sendFile(file, 0, LARGE)).isFalse();
            assertThat(socket.queued()).isEqualTo(LARGE);
          })
          .onDrain(socket -> {
            log.add("drained, of " + LARGE + " few wait: " + (socket.queued() < 200_000));
            socket.close();
          })
          .open();
    });
    expected.assertWhole();
    assertThat(log).containsExactly("drained, of " + LARGE + " few wait: true");
  }

  @Test
  void this_side_may_end_behind_a_file_and_read_on() {
    Path file = SentFiles.file(folder, CONTENT);
    Loopback.Text heard = new Loopback.Text();
    AtomicLong count = new AtomicLong();
    Loops.run(loop -> {
      TcpServer server =
          Loopback.server(loop)
              .halfOpen()
              .onRead((s, data) -> count.addAndGet(data.remaining()))
              .onEvent(e -> {
                TcpSocket socket = (TcpSocket) e.socket();
                socket.write("got " + count);
                socket.close();
              })
              .open();
      Loopback.client(loop, server)
          .onConnect(s -> {
            s.sendFile(file, 0, LARGE);
            s.shutdownOutput();
          })
          .onRead(heard)
          .onEvent(e -> {})
          .open();
    });
    assertThat(heard).hasToString("got " + LARGE);
  }

  /** The server reads only when the file, of which most still waits, has become shorter. */
  @Test
  void a_file_that_becomes_shorter_fails_the_socket_and_its_peer_sees_no_clean_end() {
    Path file = SentFiles.sparse(folder, 64 << 20);
    TcpSocket[] accepted = new TcpSocket[1];
    Loops.run(loop -> {
      TcpServer server =
          Loopback.server(loop)
              .onConnect(s -> {
                accepted[0] = s;
                s.disableReading();
              })
              .onRead((s, data) -> {})
              .onEvent(e -> log.add("server " + e.getClass().getSimpleName()))
              .open();
      Loopback.client(loop, server)
          .onConnect(s -> {
            s.sendFile(file, 0, 64 << 20, x -> log.add("sent"));
            s.close();
            s.loop()
                .delay(
                    Duration.ZERO,
                    () -> {
                      SentFiles.truncate(file, 1000);
                      accepted[0].enableReading();
                    });
          })
          .onEvent(e -> log.add(e.toString()))
          .open();
    });
    assertThat(log).hasSize(2).contains("server TcpReset");
    assertThat(log.toString()).contains("TcpError", "became shorter while it was sent");
  }

  @Test
  void an_abort_in_the_middle_closes_the_file() {
    Path file = SentFiles.sparse(folder, 64 << 20);
    send(
        socket -> {
          socket.sendFile(file, 0, 64 << 20, s -> log.add("sent"));
          socket.write("behind");
          socket.loop().delay(Duration.ZERO, socket::abort);
        },
        TcpSocket::disableReading);
    assertThat(log).doesNotContain("sent");
  }

  @Test
  void a_peer_that_resets_in_the_middle_is_told_and_the_file_is_closed() {
    Path file = SentFiles.sparse(folder, 64 << 20);
    send(
        socket -> {
          socket.sendFile(file, 0, 64 << 20, s -> log.add("sent"));
          socket.sendFile(file, 0, 64 << 20, s -> log.add("sent"));
        },
        TcpSocket::abort);
    assertThat(log).containsExactly("ECONNRESET");
  }

  @Test
  void a_loop_that_is_left_closes_the_file() {
    Path file = SentFiles.sparse(folder, 64 << 20);
    Loops.runUntilExit(
        Loops.inline(),
        loop -> {
          TcpServer server = Loopback.server(loop, TcpSocket::disableReading);
          Loopback.client(loop, server)
              .onConnect(s -> {
                s.sendFile(file, 0, 64 << 20, x -> log.add("sent"));
                loop.delay(Duration.ZERO, loop::exit);
              })
              .open();
        });
    assertThat(log).isEmpty();
  }

  @Test
  void files_that_wait_are_bounded() {
    Path file = SentFiles.sparse(folder, 1 << 20);
    send(
        socket -> {
          for (int i = 0; i <= 1024; i++) {
            socket.sendFile(file, 0, 1 << 20);
          }
        },
        TcpSocket::disableReading);
    assertThat(log).contains("EOUTBOX");
  }

  @Test
  void a_socket_that_sends_a_file_cannot_be_wrapped_until_it_has_gone() {
    Path file = SentFiles.sparse(folder, 1 << 20);
    byte[] all = new byte[1 << 20];
    all[all.length - 1] = 1;
    expected.then(all);
    send(socket -> {
      socket.sendFile(file, 0, 1 << 20, TcpSocket::close);
      assertThatThrownBy(() -> Ssl.wrap(socket).asClient("localhost").open())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("sends a file");
    });
    expected.assertWhole();
  }

  @Test
  void while_writing_is_disabled_a_file_waits() {
    Path file = SentFiles.file(folder, CONTENT);
    expected.then(CONTENT);
    send(socket -> {
      socket.disableWriting();
      socket.sendFile(file, 0, LARGE, TcpSocket::close);
      socket
          .loop()
          .delay(
              Duration.ZERO,
              () -> {
                assertThat(socket.queued()).isEqualTo(LARGE);
                socket.enableWriting();
              });
    });
    expected.assertWhole();
  }
}
