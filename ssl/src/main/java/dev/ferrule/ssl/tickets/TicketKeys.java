package dev.ferrule.ssl.tickets;

import dev.ferrule.ssl.SslConfigException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The ticket keys of each moment. A key has 48 bytes: its name, which a ticket shows, the AES-128
 * key and the HMAC-SHA-256 key, 16 bytes each, in the order of nginx's ssl_session_ticket_key. Used
 * by any thread. Keys are handed out as copies, because those kept here are wiped when they are
 * dropped.
 */
public abstract sealed class TicketKeys
    permits GivenKeys, RotatedKeys, DerivedKeys, ReplacedKeys, SuppliedKeys {
  /** The bytes of a key. */
  public static final int LENGTH = 48;

  /** The bytes of its name. */
  static final int NAME = 16;

  /** The most keys that decrypt at once. A provider compares the names one by one. */
  static final int MOST = 256;

  /**
   * Milliseconds: a handshake that began before a key was replaced may end, with that key, after.
   */
  static final long SLACK = 60_000;

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(365);

  /**
   * Whether the keys that {@link #give} gave with this number are still those to use. It costs a
   * look at the clock.
   */
  public abstract boolean isPresent(long number);

  /**
   * Gives the keys of now to {@code taker}, the encrypting one first; they are wiped behind it.
   *
   * @param lifetime how long tickets live, at most, at the server that asks
   * @return the number of these keys, which is not 0
   * @throws SslConfigException when there would be more than {@value #MOST}
   */
  public abstract long give(Duration lifetime, Consumer<List<byte[]>> taker);

  /** Passes copies on, and wipes them. */
  static void handOver(List<byte[]> copies, Consumer<List<byte[]>> taker) {
    try {
      taker.accept(copies);
    } finally {
      copies.forEach(TicketKeys::wipe);
    }
  }

  static void wipe(byte[] secret) {
    Arrays.fill(secret, (byte) 0);
  }

  /** The milliseconds of a period that can be kept. */
  static long millis(Duration period) {
    if (period.compareTo(SHORTEST) < 0 || period.compareTo(LONGEST) > 0) {
      throw new SslConfigException(
          "the period of ticket keys is 1 second to 365 days, not " + period);
    }
    return period.toMillis();
  }

  /** How many periods it takes until tickets that live so long have expired. */
  static int periods(long lifetime, long period) {
    long number = Math.ceilDiv(lifetime, period);
    if (number > MOST - 3) {
      throw new SslConfigException(
          "ticket keys that change every %s, with tickets that live %s, would be more than %d at once: change them less often, or let tickets live shorter (ticketLifetime)"
              .formatted(Duration.ofMillis(period), Duration.ofMillis(lifetime), MOST));
    }
    return (int) number;
  }
}
