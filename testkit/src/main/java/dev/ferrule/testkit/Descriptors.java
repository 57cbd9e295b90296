package dev.ferrule.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The open sockets and pollers of this process, as Linux lists them, to find leaks: descriptors
 * that are open after a test and were not before. On other systems the list is empty.
 */
public final class Descriptors {
  private static final Path LIST = Path.of("/proc/self/fd");

  static {
    warmUp();
  }

  private Descriptors() {}

  /** Descriptors with their targets, such as {@code 42 socket:[4711]}. */
  public static Set<String> open() {
    Set<String> found = new TreeSet<>();
    if (!Files.isDirectory(LIST)) {
      return found;
    }
    try (Stream<Path> links = Files.list(LIST)) {
      for (Path link : links.toList()) {
        String what = target(link);
        if (what.startsWith("socket:") || what.contains("event")) {
          found.add(link.getFileName() + " " + what);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** Those of {@link #open} that are not in {@code before}. */
  public static Set<String> openSince(Set<String> before) {
    Set<String> now = open();
    now.removeAll(before);
    return now;
  }

  private static String target(Path link) throws IOException {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (NoSuchFileException e) {
      return ""; // the descriptor of the listing itself, closed meanwhile
    }
  }

  /** The JDK opens some descriptors at first use and keeps them, and {@link Ports} keeps one. */
  private static void warmUp() {
    Ports.refusing();
    try (Selector selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open();
        SocketChannel unix = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
          SocketChannel accepted = server.accept()) {
        client.configureBlocking(false);
        accepted.configureBlocking(false);
        unix.configureBlocking(false);
        selector.selectNow();
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw new IllegalStateException("no sockets on this machine", e);
    }
  }
}
