package dev.ferrule.fleet.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.fleet.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A network namespace for each machine, and a bridge between them, in namespaces that end with this
 * program: {@link #command} starts it there.
 */
final class Namespaces implements Network {
  static final String READY = "the network is there";
  private static final String BRIDGE =
      """
      mount -t tmpfs none /run && ip link set lo up && ip link add name switch0 type bridge \
      && ip link set switch0 up && ip addr add 10.77.0.1/24 dev switch0 \
      && ip netns add probe && echo '%s' && exec "$@"
      """
          .formatted(READY);
  private static final int PORT = 7000;

  private final List<String> machines = new ArrayList<>();

  /** What runs a program in namespaces in which it may make more. */
  static List<String> command(List<String> program) {
    return Stream.concat(
            Stream.of(
                "unshare", "-rnmpf", "--kill-child", "--mount-proc", "sh", "-c", BRIDGE, "sh"),
            program.stream())
        .toList();
  }

  @Override
  public Place place(String machine) {
    machines.add(machine);
    String address = "10.77.0." + (10 + machines.size());
    ip("netns add " + machine);
    ip("link add name to-" + machine + " type veth peer name eth0 netns " + machine);
    ip("link set to-" + machine + " master switch0 up");
    ip("-n " + machine + " link set lo up");
    ip("-n " + machine + " addr add " + address + "/24 dev eth0");
    ip("-n " + machine + " link set eth0 up");
    return new Place(address, PORT, List.of("ip", "netns", "exec", machine));
  }

  @Override
  public boolean canPart() {
    return true;
  }

  /** The bridge forwards nothing between isolated ports. */
  @Override
  public void part(String... parted) {
    isolated(parted, "on");
  }

  @Override
  public void join(String... parted) {
    isolated(parted, "off");
  }

  private static void isolated(String[] parted, String value) {
    for (String each : parted) {
      ip("link set to-" + each + " type bridge_slave isolated " + value);
    }
  }

  private static void ip(String words) {
    try {
      List<String> command = new ArrayList<>(List.of("ip"));
      command.addAll(List.of(words.split(" ", -1)));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError("ip " + words + ": " + said);
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
