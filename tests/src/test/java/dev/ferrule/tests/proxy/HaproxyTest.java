package dev.ferrule.tests.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.event.Event;
import dev.ferrule.proxy.ProxyHeader;
import dev.ferrule.proxy.ProxySsl;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.Ports;
import dev.ferrule.tests.Pki;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server behind HAProxy, and HAProxy behind a client that sends a header. */
class HaproxyTest {
  private final List<Event> events = new ArrayList<>();
  private final List<ProxyHeader> headers = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private @TempDir Path folder;

  /** HAProxy between a port of its own and {@code to}. */
  private Process start(int port, int to, String bind, String server) throws Exception {
    boolean there =
        Stream.concat(
                Stream.of("/usr/sbin"),
                Stream.of(String.valueOf(System.getenv("PATH")).split(File.pathSeparator, -1)))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "haproxy")));
    assumeTrue(there, "there is no haproxy here");
    Path settings = folder.resolve("haproxy.cfg");
    Files.writeString(
        settings,
        "global\n  maxconn 50\ndefaults\n  mode tcp\n  retries 0\n  timeout connect 5s\n  timeout client 20s\n"
            + "  timeout server 20s\nlisten x\n  bind 127.0.0.1:%d %s\n".formatted(port, bind)
            + "  server s 127.0.0.1:%d %s\n".formatted(to, server));
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder("sh", "-c", "PATH=$PATH:/usr/sbin exec haproxy -db -f " + settings)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Loops.eventually(() -> listens(process, port, log));
    return process;
  }

  private static boolean listens(Process process, int port, Path log) {
    try {
      assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
      try (Socket probe = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
        return probe.isConnected();
      }
    } catch (IOException e) {
      return false;
    }
  }

  private static void end(Process process) throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  private TcpServer server(EventLoop loop, int port) {
    return Tcp.server(loop, "127.0.0.1", port)
        .proxiedBy("127.0.0.1")
        .onConnect(socket -> headers.add(socket.proxied().orElseThrow()))
        .onRead((socket, data) -> socket.write(data))
        .onEvent(event -> {})
        .open();
  }

  @ParameterizedTest
  @ValueSource(strings = {"send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c"})
  void its_headers_tell_who_the_client_is(String option) throws Exception {
    int behind = Ports.free();
    int front = Ports.free();
    Process process = start(front, behind, "", option);
    InetSocketAddress[] own = new InetSocketAddress[1];
    try {
      Loops.run(loop -> {
        TcpServer server = server(loop, behind);
        Tcp.connect(loop, "127.0.0.1", front)
            .data("hello")
            .onConnect(socket -> own[0] = (InetSocketAddress) socket.localAddress())
            .onRead((socket, data) -> socket.close())
            .onEvent(events::add)
            .onClose(server::close)
            .open();
      });
    } finally {
      end(process);
    }
    assertThat(events).isEmpty();
    // The connection that found out whether HAProxy runs may have come through as well.
    assertThat(headers)
        .anySatisfy(header -> {
          assertThat(header.source()).contains(own[0]);
          assertThat(header.destination().orElseThrow().getPort()).isEqualTo(front);
        });
  }

  @Test
  void its_facts_about_ssl_are_there() throws Exception {
    int behind = Ports.free();
    int front = Ports.free();
    Path pem = folder.resolve("both.pem");
    Files.writeString(
        pem, Files.readString(Pki.server().chain()) + "\n" + Files.readString(Pki.server().key()));
    Process process =
        start(
            front,
            behind,
            "ssl crt " + pem,
            "send-proxy-v2-ssl-cn proxy-v2-options ssl,ssl-cipher,authority");
    try {
      Loops.run(loop -> {
        TcpServer server = server(loop, behind);
        Ssl.connect(loop, "localhost", front)
            .trust(Pki.TRUST)
            .data("hello")
            .onRead((socket, data) -> socket.close())
            .onEvent(events::add)
            .onClose(server::close)
            .open();
      });
    } finally {
      end(process);
    }
    assertThat(events).isEmpty();
    ProxySsl ssl = headers.getLast().ssl().orElseThrow();
    assertThat(ssl.overSsl()).isTrue();
    assertThat(ssl.certificate()).isFalse();
    assertThat(ssl.version()).startsWith("TLSv1");
    assertThat(ssl.cipher()).isNotEmpty();
    assertThat(headers.getLast().authority()).contains("localhost");
  }

  @Test
  void it_takes_the_headers_that_a_client_sends() throws Exception {
    int behind = Ports.free();
    int front = Ports.free();
    InetSocketAddress client = new InetSocketAddress(InetAddress.ofLiteral("198.51.100.7"), 4_000);
    Process process = start(front, behind, "accept-proxy", "send-proxy-v2");
    try {
      for (ProxyHeader header :
          List.of(ProxyHeader.v1(client, client), ProxyHeader.v2(client, client))) {
        Loops.run(loop -> {
          TcpServer server = server(loop, behind);
          Tcp.connect(loop, "127.0.0.1", front)
              .proxyHeader(header)
              .data("hello")
              .onRead((socket, data) -> {
                log.add(UTF_8.decode(data).toString());
                socket.close();
              })
              .onEvent(events::add)
              .onClose(server::close)
              .open();
        });
        assertThat(headers.getLast().source()).contains(client);
      }
    } finally {
      end(process);
    }
    assertThat(log).containsExactly("hello", "hello");
  }
}
