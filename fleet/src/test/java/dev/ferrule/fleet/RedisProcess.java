package dev.ferrule.fleet;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/** A redis-server of this machine, on a free port of loopback, without a file of data. */
final class RedisProcess implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/redis-server");

  final int port;
  private final Path folder;
  private final List<String> options;
  private Process process;

  private RedisProcess(int port, Path folder, List<String> options) {
    this.port = port;
    this.folder = folder;
    this.options = options;
  }

  static RedisProcess start(Path folder, String... options) throws IOException {
    assumeTrue(Files.isExecutable(PROGRAM), PROGRAM + " is not here: apt-get install redis-server");
    RedisProcess redis = new RedisProcess(freePort(), folder, List.of(options));
    redis.startAgain();
    return redis;
  }

  void startAgain() throws IOException {
    List<String> command = new ArrayList<>(List.of(PROGRAM.toString(), "--port", "" + port));
    command.addAll(List.of("--bind", "127.0.0.1", "--save", "", "--appendonly", "no"));
    command.addAll(options);
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

  Object say(String command, String... arguments) {
    try (Connection connection = new Connection(new HostAndPort("127.0.0.1", port))) {
      connection.sendCommand(Command.valueOf(command), arguments);
      Object answer = connection.getOne();
      return answer instanceof byte[] bytes
          ? new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
          : answer;
    }
  }

  void kill() {
    process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }

  /** SIGSTOP or SIGCONT. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    kill();
  }
}
