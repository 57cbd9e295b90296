package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.SocketOptions;
import dev.ferrule.spi.SocketOptions.Option;
import dev.ferrule.testkit.Loops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketOptionsTest {
  private static final SocketOptions USER_TIMEOUT =
      SocketOptions.NONE.userTimeout(Duration.ofSeconds(9));

  private final List<String> log = new ArrayList<>();

  @Test
  void what_the_poller_cannot_set_is_an_error_of_open_and_says_which_and_why() {
    boolean nio = Pollers.chosen((String) null).name().equals("nio");
    Loops.run(loop -> {
      try {
        TcpServer server = Loopback.server(loop).socketOptions(USER_TIMEOUT).open();
        Loopback.client(loop, server)
            .socketOptions(USER_TIMEOUT)
            .onConnect(TcpSocket::close)
            .open();
        log.add("opened");
      } catch (IllegalArgumentException e) {
        log.add(String.valueOf(e.getMessage()));
      }
    });
    String refusal =
        "TCP_USER_TIMEOUT cannot be set: java.nio has no such option; the poller epoll has it";
    assertThat(log).containsExactly(nio ? refusal : "opened");
  }

  @Test
  void options_of_the_other_role_are_refused() {
    Loops.run(loop -> {
      assertThatThrownBy(
              () -> Tcp.connect(loop, "::1", 9).socketOptions(SocketOptions.NONE.ipv6Only()).open())
          .hasMessageContaining("IPV6_V6ONLY")
          .hasMessageContaining("servers");
      assertThatThrownBy(() ->
              Tcp.server(loop, "127.0.0.1", 0)
                  .socketOptions(SocketOptions.NONE.localAddress(any()))
                  .open())
          .hasMessageContaining("clients");
      assertThatThrownBy(() ->
              Tcp.server(loop, "127.0.0.1", 0).socketOptions(SocketOptions.NONE.ipv6Only()).open())
          .hasMessageContaining("of IPv4");
      assertThat(loop.stats().isEmpty()).as("nothing was opened").isTrue();
    });
  }

  private static InetSocketAddress any() {
    return new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0);
  }

  @Test
  void a_unix_domain_socket_has_buffers_and_nothing_of_tcp(@TempDir Path folder) {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    Loops.run(loop -> {
      assertThatThrownBy(
              () -> Tcp.server(loop, address).socketOptions(SocketOptions.NONE.keepAlive()).open())
          .hasMessageContaining("Unix-domain");
      SocketOptions buffers = SocketOptions.NONE.sendBuffer(10_000).receiveBuffer(10_000);
      TcpServer server = Tcp.server(loop, address).socketOptions(buffers).open();
      Tcp.connect(loop, address)
          .socketOptions(buffers)
          .onConnect(TcpSocket::close)
          .onClose(server::close)
          .open();
    });
  }

  /** What the kernel takes for a client that does not read tells how large the buffer is. */
  @Test
  void the_connections_of_a_unix_domain_server_have_its_buffer(@TempDir Path folder) {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    long[] left = new long[1];
    Loops.run(loop -> {
      TcpServer server =
          Tcp.server(loop, address)
              .socketOptions(SocketOptions.NONE.sendBuffer(10_000).receiveBuffer(10_000))
              .onEvent(event -> {})
              .onConnect(socket -> {
                socket.write(new byte[1_000_000]);
                loop.delay(
                    Duration.ofMillis(20),
                    () -> {
                      left[0] = socket.queued();
                      socket.abort();
                    });
              })
              .open();
      TcpSocket client =
          Tcp.connect(loop, address).onEvent(event -> {}).onClose(server::close).open();
      client.disableReading();
      loop.delay(Duration.ofMillis(200), client::abort);
    });
    assertThat(left[0]).isGreaterThan(900_000);
  }

  @Test
  void values_out_of_range_are_refused_where_they_are_said() {
    SocketOptions none = SocketOptions.NONE;
    Duration second = Duration.ofSeconds(1);
    for (Runnable wrong :
        List.<Runnable>of(
            () -> none.keepAlive(Duration.ZERO, second, 1),
            () -> none.keepAlive(Duration.ofMillis(1_500), second, 1),
            () -> none.keepAlive(second, Duration.ofSeconds(32_768), 1),
            () -> none.keepAlive(second, second, 0),
            () -> none.keepAlive(second, second, 128),
            () -> none.userTimeout(Duration.ZERO),
            () -> none.userTimeout(Duration.ofNanos(1_500_000)),
            () -> none.userTimeout(Duration.ofDays(365_000)),
            () -> none.sendBuffer(0),
            () -> none.receiveBuffer(-1),
            () -> none.trafficClass(256),
            () -> none.fastOpen(0),
            () -> none.localAddress(InetSocketAddress.createUnresolved("a.name", 1)))) {
      assertThatThrownBy(wrong::run).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(none.isEmpty()).as("a value never changes").isTrue();
    assertThat(none.keepAlive().sendBuffer(1)).isEqualTo(none.sendBuffer(1).keepAlive());
  }

  @Test
  void addresses_of_the_other_family_than_the_local_one_are_not_tried() {
    InetSocketAddress local = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    Loops.run(
        EventLoop.setup().resolver(host -> List.of(InetAddress.ofLiteral("2001:db8::1"))),
        loop ->
            Tcp.connect(loop, "six.example", 9)
                .socketOptions(SocketOptions.NONE.localAddress(local))
                .onEvent(event -> log.add(event.message()))
                .open());
    assertThat(log).singleElement().asString().contains("six.example:9", "family", "127.0.0.1");
  }

  @Test
  void the_servers_of_a_group_at_one_address_have_the_same_options() {
    AtomicReference<String> said = new AtomicReference<>("");
    CompletableFuture<TcpServer> first = new CompletableFuture<>();
    Loops.runUntilExit(
        EventLoop.setup().loops(2),
        loop -> {
          if (loop.number() == 0) {
            TcpServer server =
                Tcp.server(loop, "127.0.0.1", 0)
                    .socketOptions(SocketOptions.NONE.sendBuffer(9_000))
                    .open();
            first.complete(server);
          } else {
            CompletableFuture<Void> _ =
                first.thenAccept(server -> loop.execute(() -> join(loop, server.port(), said)));
            loop.notifier(() -> {}); // it stays until then
          }
        });
    assertThat(said.get()).contains("same socket options").contains("SEND_BUFFER=9000");
  }

  private static void join(EventLoop second, int port, AtomicReference<String> said) {
    try {
      Tcp.server(second, "127.0.0.1", port).open();
    } catch (IllegalArgumentException e) {
      said.set(String.valueOf(e.getMessage()));
    }
    second.group().execute(EventLoop::exit);
  }

  // ---- what the system says

  @Test
  void ss_shows_the_options_on_both_sides() {
    assumeTrue(Path.of("/usr/bin/ss").toFile().canExecute(), "there is no ss (iproute2) here");
    SocketOptions options =
        SocketOptions.NONE
            .keepAlive(Duration.ofSeconds(55), Duration.ofSeconds(5), 3)
            .sendBuffer(16_000)
            .receiveBuffer(17_000)
            .trafficClass(0x48);
    Loops.run(loop -> {
      TcpServer server =
          Loopback.server(loop).socketOptions(options).onRead((s, data) -> {}).open();
      Loopback.client(loop, server)
          .socketOptions(options)
          .onConnect(socket ->
              loop.delay(
                  Duration.ofMillis(1),
                  () -> {
                    log.addAll(ss(server.port()));
                    socket.close();
                  }))
          .open();
    });
    assertThat(log).hasSize(2);
    assertThat(log)
        .allSatisfy(line -> assertThat(line).contains("rb34000", "tb32000", "tos:0x48"))
        .allSatisfy(line -> assertThat(line).containsPattern("timer:\\(keepalive,5\\dsec"));
  }

  /** Both ends of the only connection of a port. */
  private static List<String> ss(int port) {
    String filter = "( sport = :" + port + " or dport = :" + port + " )";
    try {
      Process process =
          new ProcessBuilder("/usr/bin/ss", "-Htnoemi", "--tos", "state", "established", filter)
              .redirectErrorStream(true)
              .start();
      String text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
              .replaceAll("\n\\s+", " ");
      return text.lines().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void every_option_has_a_name_of_the_system() {
    for (Option option : Option.values()) {
      assertThat(option.system()).isNotBlank();
    }
  }
}
