package dev.ferrule.cli.interop;

import dev.ferrule.cli.RunningTool;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** The programs and tunnels of one test, with certificates; all end with it, the last one first. */
final class Site implements AutoCloseable {
  private final Path folder;
  private final WrittenFiles files;
  private final String ca;
  private final Deque<Runnable> running = new ArrayDeque<>();

  Site(Path folder) throws IOException {
    this.folder = folder;
    // Some programs change to a user of their own.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    ThrowawayCa issuer = ThrowawayCa.create();
    files = issuer.issue("localhost", "127.0.0.1").write(folder);
    ca = write("ca.pem", issuer.pem());
  }

  String path(String name) {
    return folder.resolve(name).toString();
  }

  String write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  String ca() {
    return ca;
  }

  String certificate() {
    return files.certificate().toString();
  }

  String key() {
    return files.key().toString();
  }

  void serve(int port, String... command) throws IOException, InterruptedException {
    running.push(Program.serve(folder, port, command)::close);
  }

  String run(String... command) throws IOException, InterruptedException {
    return Program.run(folder, 50, command);
  }

  /** The port of a tunnel that speaks SSL with clients. */
  int serverTunnel(int target, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("--cert", certificate(), "--key", key()));
    Collections.addAll(all, more);
    return tunnel(target, all);
  }

  /** The port of a tunnel that speaks SSL with its target. */
  int clientTunnel(int target, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("--client", "--ca", ca));
    Collections.addAll(all, more);
    return tunnel(target, all);
  }

  private int tunnel(int target, List<String> more) throws IOException {
    List<String> all = new ArrayList<>(List.of("tunnel", "--listen=127.0.0.1:0", "--drain=100ms"));
    all.add("--to=127.0.0.1:" + target);
    all.addAll(more);
    RunningTool tool = RunningTool.start(folder, all.toArray(String[]::new));
    running.push(tool::close);
    String address = tool.address();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /** What a server says to {@code connect}, which sends {@code said}, verifies, and succeeds. */
  String connect(String said, String... more) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("connect", "--ca", ca));
    Collections.addAll(all, more);
    try (RunningTool tool = RunningTool.start(folder, all.toArray(String[]::new))) {
      return tool.exchange(said);
    }
  }

  /** The line that tells what was done. */
  static void done(String text) {
    System.out.println("interop: " + text);
  }

  @Override
  public void close() {
    while (!running.isEmpty()) {
      running.pop().run();
    }
  }
}
