package dev.ferrule.cli;

import static java.util.stream.Collectors.toSet;

import dev.ferrule.cli.tunnel.Setting;
import dev.ferrule.host.Host;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the tunnels of a process listen and lead to: each address once, and none in a circle. */
final class TunnelAddresses {
  private static final int FILE_TYPE = 0170000; // S_IFMT of stat(2)
  private static final int SOCKET = 0140000; // S_IFSOCK

  private static final String EVERY_IPV4 = "every IPv4";
  private static final String EVERY_IPV6 = "every IPv6";
  private static final String EVERY = "0:0:0:0:0:0:0:0";
  private static final String IPV6_LOOPBACK = "0:0:0:0:0:0:0:1"; // as Java writes it

  private TunnelAddresses() {}

  /**
   * Looks at their texts: what names but localhost resolve to is not known here, nor the addresses
   * that this machine has.
   *
   * @throws ToolError when two listen at one address, or some lead into each other
   */
  static void check(Map<String, TunnelOptions> tunnels) {
    requireNoneTwice(tunnels);
    requireNoCycle(tunnels);
  }

  /**
   * Removes the file of a Unix-domain socket whose process was killed: its address cannot be taken
   * while it is there. One that somebody listens at, and what is no socket, stays.
   */
  static void removeStale(@Nullable SocketAddress address) {
    if (address instanceof UnixDomainSocketAddress unix && isSocket(unix.getPath())) {
      try (SocketChannel asking = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        asking.configureBlocking(false); // else it waits where a queue is full
        boolean _ = asking.connect(unix);
      } catch (ConnectException e) {
        delete(unix.getPath());
      } catch (IOException e) {
        return; // to listen there fails, and says why
      }
    }
  }

  private static boolean isSocket(Path path) {
    try {
      int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return (mode & FILE_TYPE) == SOCKET;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return false; // there is none, or this is Windows
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      return; // to listen there fails, and says why
    }
  }

  /**
   * Looks whether a tunnel that moves can listen where it moves to, so that it does not lose the
   * address that it has for one that is taken.
   *
   * @throws ToolError when it cannot
   */
  static void requireFree(String tunnel, Setting.Listen at) {
    if (at.unix() != null) {
      removeStale(at.unix());
      if (at.unix() instanceof UnixDomainSocketAddress unix && Files.exists(unix.getPath())) {
        throw new ToolError(Exit.USAGE, tunnel + ": " + unix + " is there already");
      }
      return;
    }
    String host = at.host();
    try (ServerSocket trying = new ServerSocket()) {
      trying.bind(
          host == null ? new InetSocketAddress(at.port()) : new InetSocketAddress(host, at.port()));
    } catch (IOException e) {
      throw new ToolError(
          Exit.USAGE, tunnel + " cannot move to port " + at.port() + ": " + e.getMessage(), e);
    }
  }

  /** Whether who connects to {@code target} comes to who listens at {@code listen}. */
  static boolean leadsTo(String target, String listen) {
    return !Collections.disjoint(reached(target), own(listen));
  }

  /** Where one listens, each address as in {@link #reached}. */
  private static Set<String> own(String text) {
    return addresses(
        text,
        host ->
            switch (host) {
              case "*", EVERY -> List.of(EVERY_IPV4, EVERY_IPV6);
              case "0.0.0.0" -> List.of(EVERY_IPV4);
              case "localhost" -> List.of("127.0.0.1", IPV6_LOOPBACK);
              default -> List.of(host);
            });
  }

  /** Where a connection comes to: an address, and who listens at every address of its family. */
  private static Set<String> reached(String text) {
    return addresses(
        text,
        host ->
            switch (host) {
              case "localhost", "0.0.0.0", EVERY ->
                  List.of("127.0.0.1", IPV6_LOOPBACK, EVERY_IPV4, EVERY_IPV6);
              case IPV6_LOOPBACK -> List.of(host, EVERY_IPV6);
              default -> host.startsWith("127.") ? List.of(host, EVERY_IPV4) : List.of(host);
            });
  }

  private static Set<String> addresses(String text, Function<String, List<String>> ofHost) {
    try {
      Target at = Target.listening(text);
      UnixDomainSocketAddress unix = at.unix();
      if (unix != null) {
        return Set.of(unix.getPath().toAbsolutePath().normalize().toString());
      }
      String host = at.host().equals("*") ? "*" : Host.parse(at.hostText()).canonical();
      return ofHost.apply(host).stream().map(each -> each + " " + at.port()).collect(toSet());
    } catch (ToolError | IllegalArgumentException e) {
      return Set.of(); // it is told when the tunnel is loaded
    }
  }

  private static void requireNoneTwice(Map<String, TunnelOptions> tunnels) {
    Map<String, String> taken = new HashMap<>(); // who, by each address at which one listens
    Map<String, String> single = new HashMap<>(); // who has one address, by each at which all are
    tunnels.forEach((name, options) -> {
      String where = options.listenText();
      if (isFreePort(where)) {
        return;
      }
      Set<String> own = own(where);
      Set<String> every = everyOf(where);
      Stream.of(
              own.stream().map(taken::get),
              own.stream().map(single::get),
              every.stream().map(taken::get))
          .flatMap(each -> each)
          .filter(before -> before != null)
          .findFirst()
          .ifPresent(before -> {
            throw new ToolError(
                Exit.USAGE, "the tunnels " + before + " and " + name + " both listen at " + where);
          });
      own.forEach(address -> taken.put(address, name));
      every.forEach(address -> single.put(address, name));
    });
  }

  private static boolean isFreePort(String text) {
    try {
      Target at = Target.listening(text);
      return at.unix() == null && at.port() == 0;
    } catch (ToolError e) {
      return true; // it is told when the tunnel is loaded
    }
  }

  /** Who listens at every address of the family of the address that this is. */
  private static Set<String> everyOf(String text) {
    return addresses(
        text,
        host -> {
          if (host.equals("localhost")) {
            return List.of(EVERY_IPV4, EVERY_IPV6);
          } else if (host.equals("*") || host.equals("0.0.0.0") || host.equals(EVERY)) {
            return List.of();
          } else if (host.contains(":")) {
            return List.of(EVERY_IPV6);
          }
          return host.matches("[0-9.]+") ? List.of(EVERY_IPV4) : List.of();
        });
  }

  /** Tunnels that lead into each other would pass one connection on until nothing is left. */
  private static void requireNoCycle(Map<String, TunnelOptions> tunnels) {
    Map<String, List<String>> listening = new HashMap<>(); // who, by each of its own addresses
    tunnels
        .values()
        .forEach(each ->
            own(each.listenText())
                .forEach(address ->
                    listening
                        .computeIfAbsent(address, fresh -> new ArrayList<>())
                        .add(each.listenText())));
    Map<String, List<String>> leads = new HashMap<>();
    tunnels
        .values()
        .forEach(each ->
            leads.put(
                each.listenText(),
                each.targetTexts().stream()
                    .flatMap(target -> reached(target).stream())
                    .flatMap(address -> listening.getOrDefault(address, List.of()).stream())
                    .distinct()
                    .toList()));
    Map<String, Boolean> done = new HashMap<>(); // false while its targets are looked at
    for (String start : leads.keySet()) {
      List<String> path = new ArrayList<>(List.of(start));
      while (!path.isEmpty()) {
        String at = path.getLast();
        Boolean state = done.putIfAbsent(at, false);
        String next =
            leads.getOrDefault(at, List.of()).stream()
                .filter(target -> !Boolean.TRUE.equals(done.get(target)))
                .findFirst()
                .orElse(null);
        if (Boolean.TRUE.equals(state) || next == null) {
          done.put(at, true);
          path.removeLast();
        } else if (done.containsKey(next)) {
          throw new ToolError(
              Exit.USAGE, "the tunnels that listen at " + at + " and " + next + " form a circle");
        } else {
          path.add(next);
        }
      }
    }
  }
}
