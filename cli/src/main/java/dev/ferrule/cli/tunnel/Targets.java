package dev.ferrule.cli.tunnel;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The targets of a tunnel that stand for each other. The one with the fewest connections is taken
 * among those that work, in turn among equals. Any thread.
 */
public final class Targets {
  /** Failures in a row after which a target is left out. */
  static final int TOLERATED = 3;

  private static final long SHORTEST_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int MOST_DOUBLINGS = 5; // 32 s

  private final List<Target> all;
  private final AtomicInteger next = new AtomicInteger();

  /** At least one. */
  public Targets(List<Destination> destinations) {
    if (destinations.isEmpty()) {
      throw new IllegalArgumentException("a tunnel has at least one target");
    }
    all = destinations.stream().map(Target::new).toList();
  }

  /** Each of them. */
  public List<Target> all() {
    return all;
  }

  /**
   * The one to try next; null when all of them have been tried. When none works, each has a chance
   * all the same: the one whose time comes first.
   */
  @Nullable Target choose(Set<Target> tried, long now) {
    int from = Math.floorMod(next.getAndIncrement(), all.size());
    Target best = null;
    for (int i = 0; i < all.size(); i++) {
      Target each = all.get((from + i) % all.size());
      if (!tried.contains(each) && (best == null || each.isBetter(best, now))) {
        best = each;
      }
    }
    return best;
  }

  /** One target, and how it does. */
  public static final class Target {
    private final Destination destination;
    private final AtomicInteger open = new AtomicInteger();
    private int failures; // in a row
    private boolean unhealthy;
    private long leftOutUntil;

    Target(Destination destination) {
      this.destination = destination;
    }

    /** Where it is. */
    public Destination destination() {
      return destination;
    }

    /** Connections that are open to it, or about to be. */
    public int open() {
      return open.get();
    }

    /** Whether it is chosen, by {@code System.nanoTime()}. */
    public synchronized boolean works(long now) {
      return !unhealthy && (failures < TOLERATED || now - leftOutUntil >= 0);
    }

    /** Whether it failed too often, or its check did, and nothing has succeeded since. */
    public synchronized boolean isDown() {
      return unhealthy || failures >= TOLERATED;
    }

    private synchronized long leftOutUntil() {
      return leftOutUntil;
    }

    private boolean isBetter(Target other, long now) {
      boolean works = works(now);
      if (works != other.works(now)) {
        return works;
      }
      return works ? open() < other.open() : leftOutUntil() - other.leftOutUntil() < 0;
    }

    void opening() {
      open.incrementAndGet();
    }

    void closed() {
      open.decrementAndGet();
    }

    /** It was connected. True when it had been left out. */
    synchronized boolean succeeded() {
      boolean news = isDown();
      failures = 0;
      unhealthy = false;
      return news;
    }

    /** It could not be connected. True when it is left out from now on. */
    synchronized boolean failed(long now) {
      failures++;
      if (failures < TOLERATED) {
        return false;
      }
      int doublings = Math.min(failures - TOLERATED, MOST_DOUBLINGS);
      leftOutUntil = now + (SHORTEST_NANOS << doublings);
      return failures == TOLERATED;
    }

    /** A health check failed: it is left out until one does not. True when that is news. */
    synchronized boolean unhealthy(long now) {
      boolean news = !unhealthy;
      unhealthy = true;
      leftOutUntil = now;
      return news;
    }
  }
}
