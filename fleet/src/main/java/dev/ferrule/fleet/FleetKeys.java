package dev.ferrule.fleet;

import dev.ferrule.fleet.rotation.Generation;
import dev.ferrule.fleet.rotation.KeySet;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslTicketKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The ticket keys of a server: those of the store, and behind or before them those derived from the
 * secret, which every server decrypts. Any thread; the lock is held for copying only.
 */
final class FleetKeys implements SslTicketKeys.Source {
  /** Which keys had a number. */
  private record Given(long number, long setNumber, long derivedNumber) {}

  private final SslTicketKeys derived;
  private final Duration lifetime;
  private volatile Given given = new Given(0, 0, 0);
  private volatile long setNumber;

  // Guarded by this.
  private boolean encrypts;
  private List<byte[]> keys = List.of();

  FleetKeys(SslTicketKeys derived, Duration lifetime) {
    this.derived = derived;
    this.lifetime = lifetime;
  }

  /** These keys are used from now on; they are copied. */
  void publish(KeySet set) {
    if (set.number() == setNumber) {
      return;
    }
    List<byte[]> next =
        Stream.concat(Stream.ofNullable(set.encrypting()), set.others().stream())
            .map(Generation::key)
            .toList();
    synchronized (this) {
      keys.forEach(key -> Arrays.fill(key, (byte) 0));
      keys = next;
      encrypts = set.encrypting() != null;
      setNumber = set.number();
    }
  }

  @Override
  public boolean isPresent(long number) {
    Given last = given;
    return last.number == number
        && last.setNumber == setNumber
        && derived.isPresent(last.derivedNumber);
  }

  @Override
  public long give(Duration asked, Consumer<List<byte[]>> taker) {
    if (asked.compareTo(lifetime) > 0) {
      throw new SslConfigException(
          "tickets that live %s need a fleet that keeps keys as long, and it keeps them %s (ticketLifetime of both)"
              .formatted(asked, lifetime));
    }
    List<byte[]> all = new ArrayList<>();
    try {
      long number;
      synchronized (this) {
        keys.forEach(key -> all.add(key.clone()));
        long derivedNumber =
            derived.give(
                asked,
                copies ->
                    all.addAll(
                        encrypts ? all.size() : 0, copies.stream().map(byte[]::clone).toList()));
        number = numbered(setNumber, derivedNumber);
      }
      taker.accept(all);
      return number;
    } finally {
      all.forEach(key -> Arrays.fill(key, (byte) 0));
    }
  }

  /** The same keys have the same number, whoever asks. */
  private long numbered(long set, long ofDerived) {
    Given last = given;
    if (last.number == 0 || last.setNumber != set || last.derivedNumber != ofDerived) {
      last = new Given(last.number + 1, set, ofDerived);
      given = last;
    }
    return last.number;
  }
}
