package dev.ferrule.spi;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a program asks of the operating system's sockets beside their address: the options of a
 * client, or of a server and of each connection that it accepts. Immutable, so one value may serve
 * many setups and any thread; each method returns another value. Nothing is set that was not asked
 * for, and what a poller cannot set is an {@link IllegalArgumentException} when the client or the
 * server is opened. docs/connecting.md has the table of what which poller sets.
 */
public final class SocketOptions {
  /** Nothing beside what a poller sets by itself. */
  public static final SocketOptions NONE =
      new SocketOptions(new EnumMap<>(Option.class), null); // the start of a chain

  private static final int MOST_SECONDS = 32_767; // of Linux, for the times of keep-alive
  private static final int MOST_PROBES = 127;
  private static final int QUEUE = 256;
  private static final int BYTE = 255;

  /** The options by name. */
  public enum Option {
    /** Keep-alive probes are sent. */
    KEEP_ALIVE("SO_KEEPALIVE"),
    /** Seconds without traffic before the first probe. */
    KEEP_ALIVE_IDLE("TCP_KEEPIDLE"),
    /** Seconds between probes. */
    KEEP_ALIVE_INTERVAL("TCP_KEEPINTVL"),
    /** Probes without an answer, after which the connection ends. */
    KEEP_ALIVE_PROBES("TCP_KEEPCNT"),
    /** Milliseconds for which sent bytes may stay unacknowledged. */
    USER_TIMEOUT("TCP_USER_TIMEOUT"),
    /** Bytes of the system's buffer for sending. */
    SEND_BUFFER("SO_SNDBUF"),
    /** Bytes of the system's buffer for receiving. */
    RECEIVE_BUFFER("SO_RCVBUF"),
    /** The byte of the IP header for the traffic class. */
    TRAFFIC_CLASS("IP_TOS and IPV6_TCLASS"),
    /** Data in the SYN; the value is a server's queue. */
    FAST_OPEN("TCP_FASTOPEN"),
    /** A server on an IPv6 address takes no IPv4 connections. */
    IPV6_ONLY("IPV6_V6ONLY"),
    /** Several sockets may be bound to one address. */
    REUSE_PORT("SO_REUSEPORT"),
    /** A client's own address and port; see {@link SocketOptions#localAddress()}. */
    LOCAL_ADDRESS("the local address");

    private final String system;

    Option(String system) {
      this.system = system;
    }

    /** The system's name, such as {@code TCP_USER_TIMEOUT}. */
    public String system() {
      return system;
    }
  }

  private final EnumMap<Option, Integer> values;
  private final @Nullable InetSocketAddress local;

  private SocketOptions(EnumMap<Option, Integer> values, @Nullable InetSocketAddress local) {
    this.values = values;
    this.local = local;
  }

  /** Keep-alive with the system's times, which are two hours and more (RFC 9293 3.8.4). */
  public SocketOptions keepAlive() {
    return with(Option.KEEP_ALIVE, 1);
  }

  /**
   * Keep-alive: after {@code idle} without traffic a probe is sent each {@code interval}, and after
   * {@code probes} without an answer the connection ends (ETIMEDOUT).
   *
   * @param idle whole seconds, 1 to 32,767
   * @param interval whole seconds, 1 to 32,767
   * @param probes 1 to 127
   * @throws IllegalArgumentException when one is out of its range
   */
  public SocketOptions keepAlive(Duration idle, Duration interval, int probes) {
    return keepAlive()
        .with(Option.KEEP_ALIVE_IDLE, seconds("the idle time of keep-alive", idle))
        .with(Option.KEEP_ALIVE_INTERVAL, seconds("the interval of keep-alive", interval))
        .with(
            Option.KEEP_ALIVE_PROBES,
            within("the number of probes of keep-alive", probes, 1, MOST_PROBES));
  }

  /**
   * How long sent bytes may stay unacknowledged before the system ends the connection (ETIMEDOUT);
   * with keep-alive it takes the place of the number of probes (RFC 5482, tcp(7)).
   *
   * @param time whole milliseconds, 1 to {@link Integer#MAX_VALUE}
   * @throws IllegalArgumentException when it is out of its range
   */
  public SocketOptions userTimeout(Duration time) {
    long millis = wholeMillis(time);
    if (millis < 1 || millis > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "TCP_USER_TIMEOUT is whole milliseconds from 1 to "
              + Integer.MAX_VALUE
              + ", not "
              + time);
    }
    return with(Option.USER_TIMEOUT, (int) millis);
  }

  /**
   * The system's buffer for sending, which then does not grow by itself. The system may take more
   * or less: Linux doubles it, and bounds it by {@code net.core.wmem_max}.
   *
   * @param bytes 1 and more
   * @throws IllegalArgumentException when it is less
   */
  public SocketOptions sendBuffer(int bytes) {
    return with(Option.SEND_BUFFER, within("SO_SNDBUF in bytes", bytes, 1, Integer.MAX_VALUE));
  }

  /**
   * The system's buffer for receiving, which then does not grow by itself; set before connecting or
   * listening, so that it counts for the window. Linux doubles it, and bounds it by {@code
   * net.core.rmem_max}.
   *
   * @param bytes 1 and more
   * @throws IllegalArgumentException when it is less
   */
  public SocketOptions receiveBuffer(int bytes) {
    return with(Option.RECEIVE_BUFFER, within("SO_RCVBUF in bytes", bytes, 1, Integer.MAX_VALUE));
  }

  /**
   * The traffic class of packets: DSCP in the upper six bits (RFC 2474). Systems ignore the lower
   * two, which are those of ECN, for TCP.
   *
   * @param value 0 to 255
   * @throws IllegalArgumentException when it is out of its range
   */
  public SocketOptions trafficClass(int value) {
    return with(Option.TRAFFIC_CLASS, within("the traffic class", value, 0, BYTE));
  }

  /**
   * TCP Fast Open (RFC 7413). A client that was there before sends its first bytes with its SYN: it
   * counts as connected before the server has said anything, a refusal comes with the first write,
   * and nothing is sent before this side writes. So it is for protocols in which the client speaks
   * first, as TLS is, and for first bytes that may arrive twice. A server takes such connections,
   * with a queue of 256; Linux does so only if {@code net.ipv4.tcp_fastopen} has the bit 2.
   */
  public SocketOptions fastOpen() {
    return with(Option.FAST_OPEN, QUEUE);
  }

  /**
   * As {@link #fastOpen()}, with another queue of a server: how many connections may wait whose
   * client is not confirmed. On a client the number means nothing.
   *
   * @param queue 1 to 65,535
   * @throws IllegalArgumentException when it is out of its range
   */
  public SocketOptions fastOpen(int queue) {
    return with(Option.FAST_OPEN, within("the queue of TCP_FASTOPEN", queue, 1, 65_535));
  }

  /** A server on an IPv6 address, or on every address, takes no IPv4 connections. */
  public SocketOptions ipv6Only() {
    return with(Option.IPV6_ONLY, 1);
  }

  /**
   * Other sockets that say the same may be bound to the same address and port: several processes
   * may listen there, and the system spreads the connections. Without it an address in use is an
   * error.
   */
  public SocketOptions reusePort() {
    return with(Option.REUSE_PORT, 1);
  }

  /**
   * The address and port that a client connects from; port 0 is any, and the wildcard address any
   * that leads there. A host's addresses of the other family are then not tried. A port that is
   * given may serve several connections, to different peers.
   *
   * @throws IllegalArgumentException when the address was not resolved
   */
  public SocketOptions localAddress(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(
          "the local address must be an address, and " + address.getHostString() + " is a name");
    }
    EnumMap<Option, Integer> more = values.clone();
    more.put(Option.LOCAL_ADDRESS, address.getPort());
    return new SocketOptions(more, address);
  }

  private SocketOptions with(Option option, int value) {
    EnumMap<Option, Integer> more = values.clone();
    more.put(option, value);
    return new SocketOptions(more, local);
  }

  private static int seconds(String what, Duration time) {
    long seconds = time.toSeconds();
    if (time.toNanosPart() != 0 || seconds < 1 || seconds > MOST_SECONDS) {
      throw new IllegalArgumentException(
          what + " is whole seconds from 1 to " + MOST_SECONDS + ", not " + time);
    }
    return (int) seconds;
  }

  private static long wholeMillis(Duration time) {
    boolean whole = time.toNanosPart() % 1_000_000 == 0 && time.toSeconds() <= Integer.MAX_VALUE;
    return whole ? time.toMillis() : -1;
  }

  private static int within(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          what + " is from " + least + " to " + most + ", not " + value);
    }
    return value;
  }

  // ---- for pollers

  /** Whether nothing was asked for. */
  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** What was asked for. */
  public Set<Option> given() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /** Whether {@code option} was asked for. */
  public boolean has(Option option) {
    return values.containsKey(option);
  }

  /**
   * What was asked for, in the units of {@link Option}; 1 for what is only on or off.
   *
   * @throws IllegalArgumentException when it was not asked for
   */
  public int value(Option option) {
    Integer value = values.get(option);
    if (value == null) {
      throw new IllegalArgumentException(option + " was not asked for");
    }
    return value;
  }

  /** What was asked for, by option. */
  public Map<Option, Integer> values() {
    return Collections.unmodifiableMap(values);
  }

  /** The address of a client; null when the system chooses. */
  public @Nullable InetSocketAddress localAddress() {
    return local;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SocketOptions that
        && values.equals(that.values)
        && Objects.equals(local, that.local);
  }

  @Override
  public int hashCode() {
    return Objects.hash(values, local);
  }

  @Override
  public String toString() {
    return "SocketOptions" + values + (local == null ? "" : " from " + local);
  }
}
