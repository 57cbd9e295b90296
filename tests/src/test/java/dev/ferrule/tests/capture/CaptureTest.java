package dev.ferrule.tests.capture;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.Capture;
import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.event.Event;
import dev.ferrule.event.Notice;
import dev.ferrule.testkit.Loops;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A capture has all bytes of its connections, as packets that hold together. */
class CaptureTest {
  @TempDir Path folder;

  /** A server that echoes to one client and stops listening. */
  private static TcpServer echo(EventLoop loop, String host, Capture capture) {
    TcpServer[] listening = new TcpServer[1];
    Tcp.Server setup =
        Tcp.server(loop, host, 0)
            .onConnect(socket -> listening[0].close())
            .onRead((socket, data) -> socket.write(data));
    if (capture != null) {
      setup.capture(capture);
    }
    listening[0] = setup.open();
    return listening[0];
  }

  /** Sends all, and ends when it has come back. */
  private static List<Event> exchange(
      EventLoop loop, String host, int port, Capture capture, List<byte[]> pieces, int total) {
    List<Event> events = new ArrayList<>();
    int[] back = new int[1];
    Tcp.Client client =
        Tcp.connect(loop, host, port)
            .onConnect(socket -> pieces.forEach(socket::write))
            .onEvent(events::add)
            .onRead((socket, data) -> {
              back[0] += data.remaining();
              if (back[0] == total) {
                socket.close();
              }
            });
    if (capture != null) {
      client.capture(capture);
    }
    client.open();
    return events;
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void every_byte_is_in_it_in_order_whatever_the_pieces(String host) throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Path file = folder.resolve("all.pcapng");
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    List<byte[]> pieces = new ArrayList<>();
    for (int i = random.nextInt(1, 30); i > 0; i--) {
      byte[] piece = new byte[random.nextInt(1, random.nextBoolean() ? 100 : 100_000)];
      random.nextBytes(piece);
      pieces.add(piece);
      sent.writeBytes(piece);
    }
    try (Capture capture = Capture.to(file)) {
      Loops.runInline(loop -> {
        int port = echo(loop, host, capture).port();
        exchange(loop, host, port, null, pieces, sent.size());
      });
    }
    List<Recorded.Way> ways = Recorded.read(file).connection(0);
    for (Recorded.Way way : ways) {
      assertThat(way.bytes.toByteArray()).as("seed %s", seed).isEqualTo(sent.toByteArray());
      assertThat(way.flags & (Recorded.SYN | Recorded.FIN)).isEqualTo(Recorded.SYN | Recorded.FIN);
    }
  }

  @Test
  void both_ends_of_several_connections_may_share_one() throws IOException {
    Path file = folder.resolve("shared.pcapng");
    try (Capture capture = Capture.to(file)) {
      for (int i = 0; i < 3; i++) {
        byte[] text = ("number " + i).getBytes(US_ASCII);
        Loops.runInline(loop -> {
          int port = echo(loop, "127.0.0.1", null).port();
          exchange(loop, "127.0.0.1", port, capture, List.of(text), text.length);
        });
      }
      assertThat(capture.bytes()).isEqualTo(Files.size(file));
    }
    Recorded recorded = Recorded.read(file);
    for (int i = 0; i < 3; i++) {
      assertThat(recorded.connection(i)).extracting("bytes").asString().contains("number " + i);
    }
  }

  @Test
  void several_loops_may_write_at_once() throws Exception {
    Path file = folder.resolve("loops.pcapng");
    byte[] text = new byte[50_000];
    try (Capture capture = Capture.to(file)) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        threads.add(
            Thread.ofPlatform()
                .start(() ->
                    EventLoop.run(loop -> {
                      for (int n = 0; n < 5; n++) {
                        int port = echo(loop, "127.0.0.1", null).port();
                        exchange(loop, "127.0.0.1", port, capture, List.of(text), text.length);
                      }
                    })));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    Recorded recorded = Recorded.read(file);
    assertThat(recorded.ways).hasSize(2 * 4 * 5);
    assertThat(recorded.ways.values()).allMatch(way -> way.bytes.size() == text.length);
  }

  @Test
  void a_reset_is_seen_as_one() throws IOException {
    Path file = folder.resolve("reset.pcapng");
    try (Capture capture = Capture.to(file)) {
      Loops.runInline(loop -> {
        TcpServer server = echo(loop, "127.0.0.1", null);
        Tcp.connect(loop, "127.0.0.1", server.port())
            .capture(capture)
            .onConnect(socket -> socket.write("hello"))
            .onRead((socket, data) -> socket.abort())
            .open();
      });
    }
    List<Recorded.Way> ways = Recorded.read(file).connection(0);
    assertThat(ways.getFirst().flags & Recorded.RST).isEqualTo(Recorded.RST);
    assertThat(ways.getFirst().flags & Recorded.FIN).isZero();
    assertThat(ways.getLast()).hasToString("hello");
  }

  @Test
  void a_unix_domain_socket_is_shown_on_loopback() throws IOException {
    Path file = folder.resolve("unix.pcapng");
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
    try (Capture capture = Capture.to(file)) {
      Loops.runInline(loop -> {
        TcpServer[] server = new TcpServer[1];
        server[0] =
            Tcp.server(loop, address)
                .onConnect(socket -> server[0].close())
                .onRead((socket, data) -> socket.close())
                .open();
        Tcp.connect(loop, address).capture(capture).data("hello").open();
      });
    }
    Recorded recorded = Recorded.read(file);
    assertThat(recorded.ways.keySet()).allMatch(way -> way.startsWith("[127, 0, 0, 1]"));
    assertThat(recorded.connection(0).getFirst()).hasToString("hello");
  }

  @Test
  void it_is_its_owners_and_who_opens_with_it_is_told() throws IOException {
    Path file = Files.writeString(folder.resolve("mine.pcapng"), "what was there before");
    List<List<Event>> heard = new ArrayList<>();
    try (Capture capture = Capture.to(file)) {
      Loops.runInline(loop -> {
        int port = echo(loop, "127.0.0.1", null).port();
        byte[] text = {1};
        heard.add(exchange(loop, "127.0.0.1", port, capture, List.of(text), 1));
      });
      assertThat(Files.getPosixFilePermissions(file))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      assertThat(capture.problem()).isEmpty();
    }
    assertThat(heard.getFirst()).singleElement().isInstanceOf(Notice.class);
    assertThat(Recorded.read(file).packets).isGreaterThan(6);
  }

  @Test
  void who_has_the_old_file_open_or_by_another_name_sees_nothing_of_the_new_one()
      throws IOException {
    Path file = Files.writeString(folder.resolve("it.pcapng"), "old");
    Path other = Files.createLink(folder.resolve("other"), file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    try (InputStream reader = Files.newInputStream(file)) {
      try (Capture capture = Capture.to(file)) {
        assertThat(capture.bytes()).isPositive();
      }
      assertThat(reader.readAllBytes()).asString(US_ASCII).isEqualTo("old");
    }
    assertThat(Files.readString(other)).isEqualTo("old");
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_symbolic_link_to_a_file_is_refused_and_its_file_left_as_it_is(boolean there)
      throws IOException {
    Path target = folder.resolve("target");
    if (there) {
      Files.writeString(target, "precious");
    }
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);
    assertThatThrownBy(() -> Capture.to(link))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it is a symbolic link");
    assertThat(link).isSymbolicLink();
    assertThat(Files.exists(target)).isEqualTo(there);
  }

  @Test
  void an_interrupted_loop_goes_on_to_write_it() throws IOException {
    Path file = folder.resolve("interrupted.pcapng");
    byte[] much = new byte[1 << 20];
    try (Capture capture = Capture.to(file)) {
      Loops.runInline(loop -> {
        int port = echo(loop, "127.0.0.1", null).port();
        Tcp.connect(loop, "127.0.0.1", port)
            .capture(capture)
            .onConnect(socket -> {
              Thread.currentThread().interrupt();
              socket.write(much);
              socket.shutdownOutput();
            })
            .onRead((socket, data) -> data.position(data.limit()))
            .onEvent(event -> {})
            .open();
      });
      assertThat(Thread.interrupted()).isTrue();
      assertThat(capture.problem()).isEmpty();
    }
    assertThat(Recorded.read(file).connection(0)).allMatch(way -> way.bytes.size() == much.length);
  }

  @Test
  void what_exceeds_its_bound_is_left_out_and_told_once() throws IOException {
    Path file = folder.resolve("bounded.pcapng");
    byte[] much = new byte[1 << 20];
    List<List<Event>> heard = new ArrayList<>();
    try (Capture capture = Capture.to(file, 100_000)) {
      Loops.runInline(loop -> {
        int port = echo(loop, "127.0.0.1", null).port();
        heard.add(exchange(loop, "127.0.0.1", port, capture, List.of(much), much.length));
      });
      assertThat(capture.problem()).hasValueSatisfying(why -> assertThat(why).contains("100,000"));
    }
    assertThat(heard.getFirst()).hasSize(2);
    assertThat(Files.size(file)).isBetween(30_000L, 100_000L);
    assertThat(Recorded.read(file).packets).isPositive();
  }

  @Test
  void a_full_disk_ends_the_capture_and_no_connection() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.isWritable(full), "there is no /dev/full here");
    byte[] much = new byte[1 << 20];
    List<List<Event>> heard = new ArrayList<>();
    try (Capture capture = Capture.to(full)) {
      for (int i = 0; i < 2; i++) {
        Loops.runInline(loop -> {
          int port = echo(loop, "127.0.0.1", null).port();
          heard.add(exchange(loop, "127.0.0.1", port, capture, List.of(much), much.length));
        });
      }
      assertThat(capture.problem()).isPresent();
    }
    assertThat(heard.get(0))
        .extracting(Event::message)
        .hasSize(2)
        .last()
        .asString()
        .contains("/dev/full cannot be written any more", "the connections go on");
    assertThat(heard.get(1)).hasSize(1); // the warning
  }

  @Test
  void a_file_that_cannot_be_written_is_an_error_at_once() {
    Path nowhere = folder.resolve("none/it.pcapng");
    assertThatThrownBy(() -> Capture.to(nowhere))
        .isInstanceOf(IOException.class)
        .hasMessage("the capture " + nowhere + " cannot be written: its folder does not exist");
    assertThatThrownBy(() -> Capture.to(folder)).hasMessageContaining("cannot be written: ");
    assertThatThrownBy(() -> Capture.to(folder.resolve("a"), 1023))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_connection_that_ends_with_its_capture_leaves_the_telling_to_another() throws IOException {
    List<List<Event>> events = new ArrayList<>();
    try (Capture capture = Capture.to(folder.resolve("small.pcapng"), 1024)) {
      Loops.runInline(loop -> {
        TcpServer[] listening = new TcpServer[1];
        listening[0] =
            Tcp.server(loop, "127.0.0.1", 0)
                .capture(capture)
                .onEvent(event -> {})
                .onRead((socket, data) -> {
                  socket.abort(); // these bytes were beyond the bound
                  listening[0].close();
                })
                .open();
        Tcp.connect(loop, "127.0.0.1", listening[0].port())
            .onConnect(socket -> socket.write(new byte[2000]))
            .onEvent(event -> {})
            .open();
      });
      assertThat(capture.problem()).isPresent();
      Loops.runInline(loop -> {
        int port = echo(loop, "127.0.0.1", null).port();
        events.add(exchange(loop, "127.0.0.1", port, capture, List.of(new byte[2]), 2));
      });
    }
    assertThat(events.getFirst())
        .anyMatch(event -> event instanceof Notice notice && notice.message().contains("bound"));
  }
}
