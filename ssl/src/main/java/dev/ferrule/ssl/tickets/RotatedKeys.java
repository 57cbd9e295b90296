package dev.ferrule.ssl.tickets;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Random keys, a new one each period. It has no thread: who asks for keys finds that the period is
 * over. A key decrypts until the tickets of its period have expired.
 */
public final class RotatedKeys extends TicketKeys {
  private static final class Key {
    final byte[] bytes;
    long made;

    Key(byte[] bytes, long made) {
      this.bytes = bytes;
      this.made = made;
    }
  }

  /** A period: its keys have the number, from one instant until before another. */
  private record Period(long number, long from, long until) {
    boolean has(long now) {
      return from <= now && now < until;
    }
  }

  private final long length; // this and all times in milliseconds
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private volatile Period present = new Period(0, 0, 0);

  // Guarded by this.
  private Deque<Key> keys = new ArrayDeque<>(); // the newest first
  private long longest; // lifetime of a ticket

  /** A new key each {@code period}. */
  public RotatedKeys(Duration period, InstantSource clock) {
    this.length = millis(period);
    this.clock = clock;
  }

  @Override
  public boolean isPresent(long number) {
    Period now = present;
    return now.number == number && now.has(clock.millis());
  }

  @Override
  public long give(Duration lifetime, Consumer<List<byte[]>> taker) {
    long asked = lifetime.toMillis();
    periods(asked + SLACK, length); // throws when there are too many
    List<byte[]> copies = new ArrayList<>();
    long number;
    synchronized (this) {
      longest = Math.max(longest, asked);
      long now = clock.millis();
      if (!present.has(now)) {
        rotate(now);
      }
      keys.forEach(key -> copies.add(key.bytes.clone()));
      number = present.number;
    }
    handOver(copies, taker);
    return number;
  }

  private void rotate(long now) {
    byte[] made = new byte[LENGTH];
    random.nextBytes(made);
    Deque<Key> kept = new ArrayDeque<>();
    kept.add(new Key(made, now));
    for (Key key : keys) {
      key.made = Math.min(key.made, now); // the clock may have been set back
      if (kept.size() < MOST && now < key.made + length + longest + SLACK) {
        kept.add(key);
      } else {
        wipe(key.bytes);
      }
    }
    keys = kept;
    present = new Period(present.number + 1, now, now + length);
  }
}
