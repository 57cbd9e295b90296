package dev.ferrule.connection;

import dev.ferrule.spi.SocketOptions;
import java.time.Duration;

/**
 * How a client is connected: what its setup says beside whom to.
 *
 * @param options of its socket
 * @param attemptDelay between the attempts at two addresses of a host (RFC 8305 5)
 * @param decidedBy what an attempt has to reach to win
 */
public record ConnectSettings(SocketOptions options, Duration attemptDelay, Decision decidedBy) {
  /** What decides the race of a host's addresses. */
  public enum Decision {
    /** The first TCP connection. */
    TCP,
    /** The first finished handshake; where there is none, as TCP. */
    HANDSHAKE
  }

  /** What holds unless something else is chosen; the delay is that of RFC 8305 8. */
  public static final ConnectSettings DEFAULT =
      new ConnectSettings(SocketOptions.NONE, Duration.ofMillis(250), Decision.TCP);

  private static final Duration SHORTEST_DELAY = Duration.ofMillis(10); // RFC 8305 5
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(2);

  /** With other options. */
  public ConnectSettings with(SocketOptions others) {
    return new ConnectSettings(others, attemptDelay, decidedBy);
  }

  /**
   * With another delay.
   *
   * @throws IllegalArgumentException when it is not from 10 ms to 2 s
   */
  public ConnectSettings with(Duration delay) {
    if (delay.compareTo(SHORTEST_DELAY) < 0 || delay.compareTo(LONGEST_DELAY) > 0) {
      throw new IllegalArgumentException(
          "the delay between attempts at addresses is from 10 ms to 2 s, not " + delay);
    }
    return new ConnectSettings(options, delay, decidedBy);
  }

  /** With another decision. */
  public ConnectSettings with(Decision decision) {
    return new ConnectSettings(options, attemptDelay, decision);
  }

  /**
   * The delay where there are {@code addresses}: shorter, where the last of them would not be tried
   * in the time that connecting may take, but never so short that a network is flooded.
   */
  Duration delayFor(int addresses, Duration limit) {
    Duration share = limit.dividedBy(addresses);
    Duration delay = share.compareTo(attemptDelay) < 0 ? share : attemptDelay;
    return delay.compareTo(SHORTEST_DELAY) < 0 ? SHORTEST_DELAY : delay;
  }
}
