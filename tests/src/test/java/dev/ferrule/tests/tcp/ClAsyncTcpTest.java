package dev.ferrule.tests.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.AsyncStream;
import dev.ferrule.EventLoop;
import dev.ferrule.Notifier;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.Timer;
import dev.ferrule.event.AddressInUse;
import dev.ferrule.event.CallbackError;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ManualClock;
import dev.ferrule.testkit.Ports;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The tests of cl-async's own suite, under their own names. */
class ClAsyncTcpTest {
  private final List<String> log = new ArrayList<>();

  @Test
  void tcp_simple_client_server() {
    StringBuilder serverData = new StringBuilder();
    StringBuilder clientData = new StringBuilder();
    Loops.run(
        new ManualClock().setup(),
        loop -> {
          TcpServer server =
              Loopback.server(loop)
                  .onConnect(s -> log.add("connect"))
                  .onRead((socket, data) -> {
                    serverData.append(Loopback.text(data));
                    socket.write("thxlol ");
                  })
                  .onEvent(Loopback.ignored())
                  .open();
          for (String word : List.of("hai ", "there")) {
            Tcp.connect(loop, "127.0.0.1", server.port())
                .data(word)
                .onRead((socket, data) -> {
                  clientData.append(Loopback.text(data));
                  socket.close();
                })
                .onEvent(Loopback.ignored())
                .open();
          }
          loop.delay(Duration.ofMillis(200), server::close);
        });
    assertThat(log).hasSize(2);
    assertThat(serverData.toString()).contains("hai ").contains("there").hasSize(9);
    assertThat(clientData).hasToString("thxlol thxlol ");
  }

  @Test
  void tcp_connect_fail() {
    Loops.run(loop ->
        Tcp.connect(loop, "127.0.0.1", Ports.refusing())
            .data("hai")
            .onRead((s, data) -> log.add("read"))
            .onEvent(Loopback.names(log))
            .open());
    assertThat(log).containsExactly("TcpRefused");
  }

  @Test
  void tcp_server_close() {
    Loops.run(loop -> {
      TcpServer[] server = new TcpServer[1];
      server[0] =
          Loopback.server(loop)
              .onConnect(s -> server[0].close())
              .onRead((s, data) -> log.add(Loopback.text(data)))
              .onEvent(Loopback.ignored())
              .open();
      Tcp.connect(loop, "127.0.0.1", server[0].port())
          .onConnect(s -> s.write("after the server closed", TcpSocket::close))
          .open();
    });
    assertThat(log).containsExactly("after the server closed");
  }

  @Test
  void tcp_server_stream() {
    Loops.run(loop -> {
      TcpServer server =
          Loopback.server(loop)
              .onStream((socket, stream) -> {
                ByteBuffer buffer = ByteBuffer.allocate(1024);
                int n = stream.read(buffer);
                log.add(new String(buffer.array(), 0, n, UTF_8));
              })
              .onEvent(Loopback.ignored())
              .open();
      Loopback.client(loop, server).data("HELLO!").onWrite(TcpSocket::close).open();
    });
    assertThat(log).containsExactly("HELLO!");
  }

  @Test
  void address_in_use() {
    Loops.run(loop -> {
      TcpServer server = Loopback.sink(loop);
      assertThatThrownBy(() -> Tcp.server(loop, "127.0.0.1", server.port()).open())
          .isInstanceOf(AddressInUse.class);
      server.close();
    });
  }

  @Test
  void write_sub_range() {
    Loopback.Text got = new Loopback.Text();
    Loops.run(loop -> {
      TcpServer server = Loopback.server(loop).onRead(got).onEvent(Loopback.ignored()).open();
      Loopback.client(loop, server)
          .onConnect(s -> {
            s.write("0123456789".getBytes(UTF_8), 2, 5);
            s.close();
          })
          .open();
    });
    assertThat(got).hasToString("23456");
  }

  @Test
  void test_stream_read_and_write() {
    Loops.run(loop -> {
      TcpServer server = Loopback.echo(loop);
      AsyncStream stream =
          Loopback.client(loop, server)
              .onStream((socket, s) -> {
                ByteBuffer buffer = ByteBuffer.allocate(6);
                assertThat(s.read(buffer)).isEqualTo(6);
                log.add(new String(buffer.array(), UTF_8));
                s.close();
              })
              .openStream();
      stream.write("stream".getBytes(UTF_8), 0, 6);
    });
    assertThat(log).containsExactly("stream");
  }

  @Test
  void exit_callbacks() {
    Loops.run(loop -> {
      loop.onExit(() -> log.add("exit"));
      loop.delay(Duration.ofMillis(1), () -> log.add("run"));
    });
    assertThat(log).containsExactly("run", "exit");
  }

  @Test
  void catch_app_errors() {
    Loops.run(
        EventLoop.setup().catchCallbackErrors(),
        loop -> {
          TcpServer server = Loopback.sink(loop);
          Loopback.client(loop, server)
              .onConnect(s -> {
                s.close();
                throw new IllegalStateException("app");
              })
              .onEvent(event -> log.add(((CallbackError) event).getCause().getMessage()))
              .open();
        });
    assertThat(log).containsExactly("app");
  }

  @Test
  void threading() {
    Loops.run(loop -> {
      Notifier notifier = loop.notifier(() -> log.add("on the loop: " + loop.inLoop()));
      Thread.ofPlatform().start(notifier::trigger);
    });
    assertThat(log).containsExactly("on the loop: true");
  }

  @Test
  void delay() {
    Loops.run(loop -> {
      long start = System.nanoTime();
      loop.delay(
          Duration.ofMillis(30), () -> log.add((System.nanoTime() - start >= 30_000_000) + ""));
    });
    assertThat(log).containsExactly("true");
  }

  @Test
  void interval() {
    Loops.run(loop -> {
      Timer[] timer = new Timer[1];
      timer[0] =
          loop.interval(
              Duration.ofMillis(2),
              () -> {
                log.add("tick");
                if (log.size() == 4) {
                  timer[0].cancel();
                }
              });
    });
    assertThat(log).hasSize(4);
  }

  @Test
  void dns_simple() {
    Loops.run(loop -> loop.resolve("localhost", found -> log.add("found"), e -> log.add("failed")));
    assertThat(log).containsExactly("found");
  }

  @Test
  void dns_ipv6() {
    InetAddress six = InetAddress.ofLiteral("2001:db8::1");
    Loops.run(
        EventLoop.setup().resolver(host -> List.of(six)),
        loop -> loop.resolve("six.example", found -> log.add(found + ""), e -> {}));
    assertThat(log).containsExactly(List.of(six) + "");
  }

  @Test
  void dns_fail() {
    Loops.run(
        EventLoop.setup()
            .resolver(host -> {
              throw new UnknownHostException(host);
            }),
        loop -> loop.resolve("no.example", found -> log.add("found"), Loopback.names(log)));
    assertThat(log).containsExactly("DnsError");
  }

  @Test
  void event_loop_exit() {
    Loops.runUntilExit(
        EventLoop.setup(),
        loop -> {
          Loopback.sink(loop);
          loop.delay(Duration.ofMillis(10), loop::exit);
        });
    assertThatThrownBy(EventLoop::current).isInstanceOf(IllegalStateException.class);
  }
}
