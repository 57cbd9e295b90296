package dev.ferrule.fleet;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/** A redis-server of this machine; it has a file of data where an option says so. */
public final class RedisProcess implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/redis-server");

  final int port;
  private final Place place;
  private final Path folder;
  private final List<String> options;
  private Process process;

  private RedisProcess(Place place, Path folder, List<String> options) {
    this.port = place.port();
    this.place = place;
    this.folder = folder;
    this.options = options;
  }

  /** Where there is none, the test is skipped. */
  public static void assumeInstalled() {
    assumeTrue(Files.isExecutable(PROGRAM), PROGRAM + " is not here: apt-get install redis-server");
  }

  static RedisProcess start(Path folder, String... options) throws IOException {
    assumeInstalled();
    return start(Place.ofLoopback(), folder, options);
  }

  /** One at a certain place. */
  public static RedisProcess start(Place place, Path folder, String... options) throws IOException {
    RedisProcess redis = new RedisProcess(place, folder, List.of(options));
    redis.startAgain();
    return redis;
  }

  /** As it was started first, and with more options. */
  public void startAgain(String... more) throws IOException {
    List<String> command = place.command(PROGRAM.toString(), "--port", "" + port);
    command.addAll(List.of("--bind", place.address(), "--save", "", "--appendonly", "no"));
    command.addAll(List.of("--protected-mode", "no"));
    command.addAll(options);
    command.addAll(List.of(more));
    process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("redis-" + port + ".log").toFile())
            .start();
    Await.until("redis-server answers", this::answers);
  }

  private boolean answers() {
    try {
      return "PONG".equals(say("PING"));
    } catch (JedisException e) {
      return String.valueOf(e.getMessage()).startsWith("NOAUTH");
    }
  }

  /** What it answers. */
  public Object say(String command, String... arguments) {
    try (Connection connection = new Connection(new HostAndPort(place.address(), port))) {
      connection.sendCommand(Command.valueOf(command), arguments);
      Object answer = connection.getOne();
      return answer instanceof byte[] bytes
          ? new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
          : answer;
    }
  }

  /** Runs a script on one key. */
  void run(String script, String key, byte[]... arguments) {
    List<byte[]> all = new ArrayList<>();
    for (String each : List.of(script, "1", key)) {
      all.add(each.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    all.addAll(List.of(arguments));
    try (Connection connection = new Connection(new HostAndPort("127.0.0.1", port))) {
      connection.sendCommand(Command.EVAL, all.toArray(byte[][]::new));
      connection.getOne();
    }
  }

  /** SIGKILL. */
  public void kill() {
    process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }

  /** SIGSTOP or SIGCONT. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
  }

  /** Host and port. */
  public String address() {
    return place.address() + ":" + port;
  }

  @Override
  public void close() {
    kill();
  }
}
