package dev.ferrule.tests.race;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A network namespace of its own for a program, which ends with it: loopback, and a cable that
 * swallows whatever is sent to 198.18.7.0/24 and 2001:db8:7::/64.
 */
final class Namespace {
  static final String SWALLOWED = "198.18.7.2";
  static final String SWALLOWED_6 = "2001:db8:7::2";

  private static final String READY = "the network is there";
  private static final String SCRIPT =
      """
      ip link set lo up && ip link add swallow type veth peer name hole \
      && ip link set swallow arp off && ip link set hole up && ip link set swallow up \
      && ip addr add 198.18.7.1/24 dev swallow && ip addr add 2001:db8:7::1/64 dev swallow nodad \
      && echo 3 >/proc/sys/net/ipv4/tcp_fastopen \
      && echo '%s' && exec "$@"
      """
          .formatted(READY);

  private Namespace() {}

  /** What {@code main} of another JVM says in such a network; skipped where there can be none. */
  static List<String> run(Class<?> main, String... arguments) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        Stream.of(
                List.of("unshare", "-rn", "sh", "-c", SCRIPT, "sh", java, "-XX:+UseSerialGC"),
                List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-ea"),
                property("dev.ferrule.poller"),
                property("dev.ferrule.provider"),
                List.of("-cp", System.getProperty("java.class.path"), main.getName()),
                List.of(arguments))
            .flatMap(List::stream)
            .toList();
    List<String> said = output(command);
    assumeTrue(
        !said.isEmpty() && said.getFirst().equals(READY),
        "no network namespace can be made here (unshare, ip, veth): " + said);
    return said.subList(1, said.size());
  }

  private static List<String> property(String name) {
    String value = System.getProperty(name);
    return value == null ? List.of() : List.of("-D" + name + "=" + value);
  }

  private static List<String> output(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      process.waitFor();
      return said.lines().toList();
    } catch (IOException e) {
      return List.of(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
