package dev.ferrule.cli.tunnel;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What a tunnel, or a server, has done since it began. Any thread. */
public final class TunnelStats {
  /** Things that are counted. */
  public enum Count {
    /** Connections that clients opened. */
    ACCEPTED,
    /** Of those, what a bound or a route refused. */
    REFUSED,
    /** Full handshakes with the peer that speaks SSL. */
    FULL_HANDSHAKES,
    /** Handshakes with it that resumed a session. */
    RESUMED_HANDSHAKES,
    /** Connections for which no target could be reached. */
    UNREACHABLE,
    /** Connections that both sides ended in order. */
    CLOSED,
    /** Connections that were cut, whoever did it, and that count nowhere else. */
    CUT,
    /** Bytes that clients sent. */
    BYTES_FROM_CLIENTS,
    /** Bytes that targets sent. */
    BYTES_FROM_TARGETS
  }

  /** Limits that are counted by themselves; those of handshakes are codes of failed ones. */
  private static final Set<String> LIMITS =
      Set.of("max-connections", "connections-per-address", "route", "idle", "lifetime", "drain");

  /** Codes that are counted by themselves; the catalogue has fewer. */
  private static final int MOST_CODES = 100;

  private static final String OTHER = "OTHER";

  private final Map<Count, LongAdder> counts = new EnumMap<>(Count.class);
  private final ConcurrentHashMap<String, LongAdder> failures = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, LongAdder> limits = new ConcurrentHashMap<>();

  /** All zero. */
  public TunnelStats() {
    for (Count each : Count.values()) {
      counts.put(each, new LongAdder());
    }
  }

  /** One more. */
  public void add(Count what) {
    add(what, 1);
  }

  /** So many more. */
  public void add(Count what, long n) {
    Objects.requireNonNull(counts.get(what)).add(n);
  }

  /** {@code code} is one of a catalogue; of others there is a bound all the same. */
  public void handshakeFailed(String code) {
    String key = failures.containsKey(code) || failures.size() < MOST_CODES ? code : OTHER;
    failures.computeIfAbsent(key, fresh -> new LongAdder()).increment();
  }

  /** A limit refused a connection, or cut it. What is no limit counts nothing. */
  public void limited(String limit) {
    if (LIMITS.contains(limit)) {
      limits.computeIfAbsent(limit, fresh -> new LongAdder()).increment();
    }
  }

  /** How often so far. */
  public long of(Count what) {
    return Objects.requireNonNull(counts.get(what)).sum();
  }

  /** Handshakes that failed, by the code of their failure. */
  public Map<String, Long> failedHandshakes() {
    return sums(failures);
  }

  /** Connections that a limit refused or cut, by the limit; none for one that never did. */
  public Map<String, Long> limited() {
    return sums(limits);
  }

  private static Map<String, Long> sums(Map<String, LongAdder> adders) {
    Map<String, Long> sums = new TreeMap<>();
    adders.forEach((name, n) -> sums.put(name, n.sum()));
    return sums;
  }
}
