package dev.ferrule.fleet.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.fleet.Await;
import dev.ferrule.fleet.FleetStatus.State;
import dev.ferrule.fleet.Place;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** A {@link ProofServer}, and what it says. Used by one thread. */
final class ServerProcess implements AutoCloseable {
  static final String NOW = "now ";

  private final String name;
  private final Place place;
  private final List<String> arguments;
  private Process process;
  private ConcurrentLinkedQueue<String> said;
  private volatile String now = "";

  ServerProcess(String name, Place place, String store, Path folder) throws IOException {
    this.name = name;
    this.place = place;
    this.arguments = List.of(place.address(), "" + place.port(), store, folder.toString());
    start();
  }

  void start() throws IOException {
    List<String> command =
        place.command(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ProofServer.class.getName());
    command.addAll(arguments);
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    now = "";
    said = new ConcurrentLinkedQueue<>();
    BufferedReader reader = process.inputReader(UTF_8);
    ConcurrentLinkedQueue<String> lines = said;
    Thread.ofPlatform().daemon().start(() -> reader.lines().forEach(line -> heard(line, lines)));
  }

  private void heard(String line, ConcurrentLinkedQueue<String> lines) {
    lines.add(line);
    if (line.startsWith(NOW)) {
      now = line.substring(NOW.length());
    }
  }

  void awaitListening() {
    Await.until(
        this + " listens",
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError(name + " has ended: " + said);
          }
          return said.contains("listening");
        });
  }

  void await(State state) {
    Await.until(state + ": " + this, () -> now.startsWith(state + " "));
  }

  /** The key that it encrypts with, and the state; as text. */
  String now() {
    return now;
  }

  /** SIGTERM, and its end, before which its clients have ended all connections. */
  void end() throws InterruptedException {
    process.toHandle().destroy(); // what it says is still read
    if (!process.waitFor(70, TimeUnit.SECONDS)) {
      throw new AssertionError(name + " does not end: " + said);
    }
    Await.until(
        name + " ends with its last connection: " + said,
        () -> said.contains(ProofServer.ALL_ENDED));
  }

  @Override
  public void close() {
    process.toHandle().destroyForcibly();
    process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }

  @Override
  public String toString() {
    return name + " is " + now + " after " + said;
  }
}
