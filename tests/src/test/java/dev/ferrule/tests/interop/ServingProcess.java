package dev.ferrule.tests.interop;

import dev.ferrule.cli.Main;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * {@code ferrule serve} in a JVM of its own: it answers each connection with a line, and ends it.
 */
final class ServingProcess implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("^READY 127\\.0\\.0\\.1:(\\d+) ");

  private final Program program;
  private final int port;
  private final AtomicInteger connections = new AtomicInteger();
  private int seen;

  private ServingProcess(Program program) {
    this.program = program;
    this.port = Integer.parseInt(program.await(READY).group(1));
  }

  /** With the certificate of these tests, on BoringSSL. */
  static ServingProcess start(String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.addAll(List.of(System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("serve", "--port", "0", "--mode", "line", "--verbose"));
    command.addAll(List.of("--provider", "boringssl"));
    command.addAll(List.of("--cert", Pki.server().chain().toString()));
    command.addAll(List.of("--key", Pki.server().key().toString()));
    command.addAll(List.of(options));
    return new ServingProcess(Program.start(command));
  }

  /** The port, for one connection, which it will tell of. */
  int connect() {
    connections.incrementAndGet();
    return port;
  }

  /** What it told of the handshakes since the last call, once they are as many as connections. */
  List<String> secured() {
    List<String> all = new ArrayList<>();
    Loops.eventually(() -> {
      all.clear();
      program.lines().stream().filter(line -> line.contains(" is secure: ")).forEach(all::add);
      return all.size() >= connections.get();
    });
    List<String> since = List.copyOf(all.subList(seen, all.size()));
    seen = all.size();
    return since;
  }

  @Override
  public void close() {
    program.close();
  }
}
