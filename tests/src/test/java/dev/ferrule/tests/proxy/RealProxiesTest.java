package dev.ferrule.tests.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.EventLoop;
import dev.ferrule.Proxy;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.Ports;
import dev.ferrule.tests.Pki;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SSL through microsocks, tinyproxy and dante. */
class RealProxiesTest {
  private final List<String> log = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();

  @Test
  void microsocks_lets_those_through_who_know_its_password() throws Exception {
    int port = Ports.free();
    Process process =
        start("microsocks", "-i", "127.0.0.1", "-p", "" + port, "-u", "ann", "-P", "s3cret");
    try {
      awaitPort(process, port);
      asks(Proxy.socks5("127.0.0.1", port));
    } finally {
      end(process);
    }
  }

  @Test
  void tinyproxy_lets_those_through_who_know_its_password(@TempDir Path folder) throws Exception {
    int port = Ports.free();
    Path settings = folder.resolve("tinyproxy.conf");
    Files.writeString(
        settings,
        "Port " + port + "\nListen 127.0.0.1\nTimeout 60\nBasicAuth ann s3cret\nMaxClients 10\n");
    Process process = start("tinyproxy", "-d", "-c", settings.toString());
    try {
      awaitPort(process, port);
      asks(Proxy.http("127.0.0.1", port));
    } finally {
      end(process);
    }
  }

  private static String dante(Path log, int port) {
    return """
    logoutput: %s
    internal: 127.0.0.1 port = %d
    external: lo
    socksmethod: none
    clientmethod: none
    client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
    socks block { from: 0.0.0.0/0 to: 127.0.0.2/32 }
    socks pass { from: 127.0.0.0/8 to: 127.0.0.1/32 }
    """
        .formatted(log, port);
  }

  @Test
  void dante_lets_clients_of_this_machine_through_and_refuses_where_it_shall(@TempDir Path folder)
      throws Exception {
    int port = Ports.free();
    Path settings = folder.resolve("danted.conf");
    Files.writeString(settings, dante(folder.resolve("log"), port));
    Process process =
        start("danted", "-f", settings.toString(), "-p", folder.resolve("pid").toString());
    try {
      awaitPort(process, port);
      Loops.run(loop -> visit(loop, Proxy.socks5("127.0.0.1", port)));
      assertThat(events).isEmpty();
      assertThat(log).containsExactly("hello");
      Loops.run(loop ->
          Ssl.connect(loop, "127.0.0.2", 9)
              .trust(Pki.TRUST)
              .through(Proxy.socks5("127.0.0.1", port))
              .onEvent(events::add)
              .open());
      assertThat(((EventError) events.getFirst()).code()).isEqualTo("EPROXY");
    } finally {
      end(process);
    }
  }

  private void asks(Proxy proxy) {
    Loops.run(loop -> visit(loop, proxy.user("ann", "s3cret".toCharArray())));
    assertThat(events).isEmpty();
    assertThat(log).containsExactly("hello");
    Loops.run(loop -> visit(loop, proxy.user("ann", "wrong".toCharArray())));
    Loops.run(loop -> visit(loop, proxy));
    assertThat(events.stream().map(event -> ((EventError) event).code()))
        .containsExactly("EPROXY", "EPROXY");
    assertThat(events.get(1).message()).contains("asks for authentication");
  }

  private void visit(EventLoop loop, Proxy proxy) {
    SslServer server =
        Ssl.server(loop, "127.0.0.1", 0)
            .credentials(Pki.LOCAL)
            .onRead((socket, data) -> socket.write(data))
            .onEvent(event -> {})
            .open();
    Ssl.connect(loop, "127.0.0.1", server.port())
        .trust(Pki.TRUST)
        .through(proxy)
        .data("hello")
        .onRead((socket, data) -> {
          log.add(UTF_8.decode(data).toString());
          socket.close();
        })
        .onEvent(events::add)
        .onClose(server::close)
        .open();
  }

  private static Process start(String... command) throws IOException {
    boolean there =
        Stream.of((System.getenv("PATH") + ":/usr/sbin").split(File.pathSeparator, -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, command[0])));
    assumeTrue(there, "there is no " + command[0] + " here");
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void awaitPort(Process process, int port) {
    Loops.eventually(() -> {
      assertThat(process.isAlive()).as("it runs").isTrue();
      try (Socket probe = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
        return probe.isConnected();
      } catch (IOException e) {
        return false;
      }
    });
  }

  private static void end(Process process) throws InterruptedException {
    List<ProcessHandle> children = process.descendants().toList(); // dante has some
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    process.waitFor();
  }
}
