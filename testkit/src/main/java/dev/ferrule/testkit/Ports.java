package dev.ferrule.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for tests. A port that a socket has just left is a bad choice for both kinds: the system
 * may give it to the next one that asks for any. Used by any thread.
 */
public final class Ports {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  /** Well-known services are below. */
  private static final int LOWEST = 10_000;

  /** Where the system's own choice begins, on Linux the first number of this file. */
  private static final Path SYSTEMS = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

  private static final int USUAL = 32_768;

  private static final int END = end();
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(LOWEST, END));

  private Ports() {}

  /**
   * A port of 127.0.0.1 that refuses connections: a socket is bound to it until this JVM ends, and
   * does not listen.
   */
  public static int refusing() {
    return Refusing.PORT;
  }

  /**
   * A port of 127.0.0.1 that is free, for a program that is started later. It is none of those that
   * the system chooses by itself, and none that was given before in this JVM.
   */
  public static int free() {
    for (int tried = LOWEST; tried < END; tried++) {
      int port = NEXT.getAndUpdate(last -> last + 1 < END ? last + 1 : LOWEST);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no port from " + LOWEST + " to " + (END - 1) + " is free");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, LOOPBACK)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static int end() {
    try {
      int first = Integer.parseInt(Files.readString(SYSTEMS).strip().split("\\s+", 2)[0]);
      return first > LOWEST + 1_000 ? first : USUAL;
    } catch (IOException | NumberFormatException e) {
      return USUAL;
    }
  }

  /** Held by the class. */
  private static final class Refusing {
    private static final SocketChannel SOCKET = bound();
    private static final int PORT = SOCKET.socket().getLocalPort();

    private static SocketChannel bound() {
      try {
        return SocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
