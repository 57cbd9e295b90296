package dev.ferrule.ssl.tickets;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Keys that are replaced from time to time, such as those of a file. One that is not among the next
 * ones goes on to decrypt until the tickets have expired that it may have encrypted, here or in
 * another process.
 */
public final class ReplacedKeys extends TicketKeys {
  private static final class Retired {
    final byte[] key;
    final long since;

    Retired(byte[] key, long since) {
      this.key = key;
      this.since = since;
    }
  }

  /** The keys have the number until an instant, when one of them expires. */
  private record Present(long number, long until) {}

  private final InstantSource clock; // this and all times in milliseconds
  private volatile Present present = new Present(1, 0); // nobody has them yet

  // Guarded by this.
  private List<byte[]> keys;
  private final Deque<Retired> retired = new ArrayDeque<>(); // the last first
  private long longest; // lifetime of a ticket

  /** Takes over the keys. */
  public ReplacedKeys(GivenKeys first, InstantSource clock) {
    this.keys = first.keys();
    this.clock = clock;
  }

  /** Takes over the next keys; how many of them are new. */
  public synchronized int replace(GivenKeys next) {
    List<byte[]> old = keys;
    keys = next.keys();
    retired.removeIf(gone -> wipedIf(among(keys, gone.key), gone.key));
    long now = clock.millis();
    int known = 0;
    for (byte[] key : old.reversed()) {
      if (wipedIf(among(keys, key), key)) {
        known++;
      } else {
        retired.addFirst(new Retired(key, now));
      }
    }
    while (keys.size() + retired.size() > MOST) {
      wipe(retired.removeLast().key);
    }
    present = new Present(present.number + 1, 0);
    return keys.size() - known;
  }

  /** Of a key that comes again there is another copy. */
  private static boolean wipedIf(boolean again, byte[] key) {
    if (again) {
      wipe(key);
    }
    return again;
  }

  private static boolean among(List<byte[]> keys, byte[] key) {
    return keys.stream().anyMatch(each -> Arrays.equals(each, key));
  }

  /** Drops those that only decrypt because they were among the keys once. */
  public synchronized void forget() {
    retired.forEach(gone -> wipe(gone.key));
    retired.clear();
    present = new Present(present.number + 1, 0);
  }

  @Override
  public boolean isPresent(long number) {
    Present now = present;
    return now.number == number && clock.millis() < now.until;
  }

  @Override
  public long give(Duration lifetime, Consumer<List<byte[]>> taker) {
    List<byte[]> copies = new ArrayList<>();
    long number;
    synchronized (this) {
      longest = Math.max(longest, lifetime.toMillis());
      expire();
      keys.forEach(key -> copies.add(key.clone()));
      retired.forEach(gone -> copies.add(gone.key.clone()));
      number = present.number;
    }
    handOver(copies, taker);
    return number;
  }

  private void expire() {
    long now = clock.millis();
    long number = present.number;
    long until = Long.MAX_VALUE;
    for (Iterator<Retired> each = retired.iterator(); each.hasNext(); ) {
      Retired gone = each.next();
      long end = gone.since + longest + SLACK;
      if (end <= now) {
        wipe(gone.key);
        each.remove();
        number = present.number + 1;
      } else {
        until = Math.min(until, end);
      }
    }
    present = new Present(number, until);
  }
}
