package dev.ferrule.cli.handover;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The listening sockets that this process was given, each for one tunnel: by name, or by address.
 * Any thread.
 */
public final class GivenSockets implements AutoCloseable {
  /** Where systemd's begin: SD_LISTEN_FDS_START of sd_listen_fds(3). */
  private static final int FIRST = 3;

  private record Given(String name, SocketAddress address, int descriptor) {}

  private final boolean handedOver;
  private final List<Given> unclaimed = new ArrayList<>();
  private final Map<String, List<Given>> claimed = new LinkedHashMap<>();

  /**
   * Those of nobody.
   *
   * @param handedOver whether the process that served before gave them, so that their Unix-domain
   *     addresses are this one's now
   */
  public GivenSockets(boolean handedOver) {
    this.handedOver = handedOver;
  }

  /**
   * Those that systemd started this process with (LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES); none
   * where it did not.
   *
   * @throws IOException when one is no socket
   */
  public static GivenSockets ofSystemd(Map<String, String> environment, long pid)
      throws IOException {
    GivenSockets given = new GivenSockets(false);
    String count = environment.getOrDefault("LISTEN_FDS", "");
    if (!Long.toString(pid).equals(environment.get("LISTEN_PID"))
        || !count.matches("[0-9]{1,4}")
        || !Calls.exist()) {
      return given;
    }
    List<String> names =
        Arrays.asList(environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1));
    for (int i = 0; i < Integer.parseInt(count); i++) {
      given.add(i < names.size() ? names.get(i) : "", FIRST + i);
    }
    return given;
  }

  synchronized void add(String name, int descriptor) throws IOException {
    unclaimed.add(new Given(name, LocalAddress.of(descriptor), descriptor));
  }

  /**
   * The descriptors for a tunnel: those that are bound where it listens, or, where it takes a free
   * port, those of its name. The same each time that it asks.
   *
   * @param host where it listens; null is every address
   */
  public synchronized List<Integer> of(
      String tunnel, @Nullable String host, int port, @Nullable SocketAddress unix) {
    List<Given> mine = claimed.computeIfAbsent(tunnel, name -> new ArrayList<>());
    unclaimed.removeIf(each -> {
      boolean named = port == 0 && unix == null;
      boolean fits = named ? each.name.equals(tunnel) : isPort(each.address, port, unix);
      return fits && isHost(each.address, host, unix) && mine.add(each);
    });
    return mine.stream().map(Given::descriptor).toList();
  }

  private static boolean isPort(SocketAddress address, int port, @Nullable SocketAddress unix) {
    return unix != null || (address instanceof InetSocketAddress inet && inet.getPort() == port);
  }

  private static boolean isHost(
      SocketAddress address, @Nullable String host, @Nullable SocketAddress unix) {
    if (unix instanceof UnixDomainSocketAddress wanted) {
      return address instanceof UnixDomainSocketAddress bound
          && bound.getPath().toAbsolutePath().equals(wanted.getPath().toAbsolutePath());
    }
    if (!(address instanceof InetSocketAddress bound)) {
      return false;
    }
    try {
      return host == null
          ? bound.getAddress().isAnyLocalAddress()
          : Arrays.stream(InetAddress.getAllByName(host)).anyMatch(bound.getAddress()::equals);
    } catch (IOException e) {
      return false; // to listen there fails as well, and says so
    }
  }

  /** Where nobody listens of those that are left. */
  public synchronized List<SocketAddress> unclaimed() {
    return unclaimed.stream().map(Given::address).distinct().toList();
  }

  /** Closes those that no tunnel asked for. */
  public synchronized void closeUnclaimed() {
    unclaimed.forEach(this::end);
    unclaimed.clear();
  }

  /** A tunnel listens there no more; systemd's sockets wait for one that does. */
  public synchronized void release(String tunnel) {
    List<Given> left = claimed.remove(tunnel);
    if (left != null && handedOver) {
      left.forEach(this::end);
    } else if (left != null) {
      unclaimed.addAll(left);
    }
  }

  private void end(Given each) {
    Calls.close(each.descriptor);
    if (handedOver && each.address instanceof UnixDomainSocketAddress unix) {
      try {
        Files.deleteIfExists(unix.getPath());
      } catch (IOException e) {
        return; // nobody listens there any more; only the file stays
      }
    }
  }

  /** Another process serves them from now on. */
  public synchronized void handOver() {
    claimed.values().forEach(all -> all.forEach(each -> Calls.close(each.descriptor)));
    claimed.clear();
  }

  /** Nobody serves them any more, unless systemd does. */
  @Override
  public synchronized void close() {
    closeUnclaimed();
    claimed.values().forEach(all -> all.forEach(this::end));
    claimed.clear();
  }
}
