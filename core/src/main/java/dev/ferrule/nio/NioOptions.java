package dev.ferrule.nio;

import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.LinkException.Kind;
import dev.ferrule.spi.SocketOptions;
import dev.ferrule.spi.SocketOptions.Option;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sets {@link SocketOptions} on java.nio's channels. Those that the JDK has in its module jdk.net
 * are found by name, so that Ferrule does not need that module.
 */
final class NioOptions {
  private NioOptions() {}

  /** What sockets of this JDK have, by name. */
  private static final class Known {
    static final Map<String, SocketOption<?>> BY_NAME = byName();

    private static Map<String, SocketOption<?>> byName() {
      try (SocketChannel channel = SocketChannel.open()) {
        Map<String, SocketOption<?>> known = new HashMap<>();
        channel.supportedOptions().forEach(option -> known.put(option.name(), option));
        return known;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static @Nullable String refusal(Option option) {
    String name = name(option);
    if (name == null) {
      return "java.nio has no such option"
          + (option == Option.IPV6_ONLY ? ", and always takes both families" : "")
          + "; the poller epoll has it";
    }
    if (option == Option.LOCAL_ADDRESS || Known.BY_NAME.containsKey(name)) {
      return null;
    }
    return name.startsWith("TCP_KEEP")
        ? "java.nio has it where the JDK's module jdk.net is (--add-modules jdk.net)"
        : "this system has no such option";
  }

  /**
   * What asks for anything else has not asked {@link #refusal}.
   *
   * @throws IllegalArgumentException when an option is not one of java.nio's
   */
  static void require(SocketOptions options) {
    for (Option option : options.given()) {
      String refusal = refusal(option);
      if (refusal != null) {
        throw new IllegalArgumentException(option.system() + " cannot be set: " + refusal);
      }
    }
  }

  /** The JDK's name of an option; null when it has none. */
  private static @Nullable String name(Option option) {
    return switch (option) {
      case KEEP_ALIVE, SEND_BUFFER, RECEIVE_BUFFER, REUSE_PORT, KEEP_ALIVE_IDLE, LOCAL_ADDRESS ->
          option.system();
      case KEEP_ALIVE_INTERVAL -> "TCP_KEEPINTERVAL";
      case KEEP_ALIVE_PROBES -> "TCP_KEEPCOUNT";
      case TRAFFIC_CLASS -> "IP_TOS";
      case USER_TIMEOUT, FAST_OPEN, IPV6_ONLY -> null;
    };
  }

  static void beforeConnect(SocketChannel channel, SocketOptions options) throws IOException {
    for (Map.Entry<Option, Integer> one : options.values().entrySet()) {
      if (one.getKey() != Option.LOCAL_ADDRESS) {
        set(channel, one.getKey(), one.getValue());
      }
    }
    InetSocketAddress local = options.localAddress();
    if (local == null) {
      return;
    }
    if (local.getPort() != 0) {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true); // the race of addresses has it
    }
    try {
      channel.bind(local);
    } catch (IOException e) {
      LinkException failure = NioFailure.of(e);
      throw new LinkException(
          failure.kind(), "it cannot be bound to " + local + ": " + failure.getMessage(), e);
    }
  }

  static void beforeListen(ServerSocketChannel channel, SocketOptions options) throws IOException {
    if (options.has(Option.REUSE_PORT)) {
      set(channel, Option.REUSE_PORT, 1);
    }
    if (options.has(Option.RECEIVE_BUFFER)) {
      set(channel, Option.RECEIVE_BUFFER, options.value(Option.RECEIVE_BUFFER));
    }
  }

  /**
   * Systems differ in what a connection has from its listener: so it is set on each. The buffer for
   * receiving it has, where there is a window; a Unix-domain connection has nothing.
   */
  static void afterAccept(SocketChannel channel, SocketOptions options) throws IOException {
    for (Map.Entry<Option, Integer> one : options.values().entrySet()) {
      switch (one.getKey()) {
        case REUSE_PORT, LOCAL_ADDRESS -> {}
        case RECEIVE_BUFFER -> {
          if (channel.getLocalAddress() instanceof UnixDomainSocketAddress) {
            setOnAccepted(channel, Option.RECEIVE_BUFFER, one.getValue());
          }
        }
        default -> setOnAccepted(channel, one.getKey(), one.getValue());
      }
    }
  }

  /** Some systems set nothing on a connection that the client has cut: it alone is gone. */
  private static void setOnAccepted(SocketChannel channel, Option option, int value)
      throws IOException {
    try {
      set(channel, option, value);
    } catch (IOException e) {
      throw new LinkException(Kind.RESET, String.valueOf(e.getMessage()), e);
    }
  }

  private static void set(NetworkChannel channel, Option option, int value) throws IOException {
    SocketOption<?> known = Known.BY_NAME.get(String.valueOf(name(option)));
    if (known == null) {
      throw new IllegalArgumentException(option.system() + " cannot be set: " + refusal(option));
    }
    try {
      set(channel, known, value);
    } catch (IOException e) {
      throw new LinkException(
          Kind.OTHER, option.system() + " could not be set: " + e.getMessage(), e);
    }
  }

  @SuppressWarnings("unchecked") // the option names its own type
  private static void set(NetworkChannel channel, SocketOption<?> option, int value)
      throws IOException {
    if (option.type() == Boolean.class) {
      channel.setOption((SocketOption<Boolean>) option, value != 0);
    } else {
      channel.setOption((SocketOption<Integer>) option, value);
    }
  }
}
