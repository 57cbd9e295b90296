package dev.ferrule.fleet.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.fleet.Await;
import dev.ferrule.fleet.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * HAProxy in front of the fleet, with the settings that stand in docs/fleet.md. Used by one thread.
 */
final class Balancer implements AutoCloseable {
  static final Path PROGRAM = Path.of("/usr/sbin/haproxy");

  private static final Path PAGE = Path.of("../docs/fleet.md");

  private final Path control;
  private final Path log;
  private final Process process;

  Balancer(Place place, Map<String, Place> servers, Path folder) throws IOException {
    control = folder.resolve("haproxy.sock");
    log = folder.resolve("haproxy.log");
    Path file = Files.writeString(folder.resolve("haproxy.cfg"), settings(place, servers));
    process =
        new ProcessBuilder(place.command(PROGRAM.toString(), "-db", "-f", file.toString()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Await.until("HAProxy's socket", this::controls);
    servers.keySet().forEach(this::awaitUp);
  }

  /** Those of the page, at other addresses. */
  private String settings(Place place, Map<String, Place> servers) throws IOException {
    String text = Files.readString(PAGE);
    int from = text.indexOf("global\n");
    String found = text.substring(from, text.indexOf("```", from));
    found = found.replace("/run/haproxy/admin.sock", control.toString());
    found = found.replace("bind :443", "bind " + place);
    found =
        found.replace("defaults\n", "defaults\n  log stdout format raw local0\n  option tcplog\n");
    for (Map.Entry<String, Place> each : servers.entrySet()) {
      found = found.replaceAll("(server " + each.getKey() + ") \\S+", "$1 " + each.getValue());
    }
    return found;
  }

  /** The last lines of its log about connections that did not end as they should. */
  String complaints() throws IOException {
    List<String> lines =
        Files.readAllLines(log).stream().filter(line -> !line.contains(" -- ")).toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
  }

  private boolean controls() {
    if (!process.isAlive()) {
      try {
        throw new AssertionError("HAProxy has ended: " + Files.readString(log));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return Files.exists(control) && !say("show info").isEmpty();
  }

  /** No new connections to this server. */
  void drain(String server) {
    say("set server fleet/" + server + " state drain");
  }

  /** New connections again, once its health checks succeed. */
  void ready(String server) {
    say("set server fleet/" + server + " state ready");
    awaitUp(server);
  }

  void awaitUp(String server) {
    Await.until(server + " is up", () -> fact(server, "status").equals("UP"));
  }

  void awaitDown(String server) {
    Await.until(server + " is down", () -> fact(server, "status").startsWith("DOWN"));
  }

  /** The connections that it has to the server. */
  int connections(String server) {
    return Integer.parseInt(fact(server, "scur"));
  }

  private String fact(String server, String column) {
    List<String> lines = say("show stat").lines().toList();
    int index = List.of(lines.getFirst().split(",", -1)).indexOf(column);
    return lines.stream()
        .map(line -> line.split(",", -1))
        .filter(values -> values.length > index && values[1].equals(server))
        .map(values -> values[index])
        .findFirst()
        .orElseThrow();
  }

  private String say(String command) {
    try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.connect(UnixDomainSocketAddress.of(control));
      socket.write(ByteBuffer.wrap((command + "\n").getBytes(UTF_8)));
      return new String(Channels.newInputStream(socket).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
