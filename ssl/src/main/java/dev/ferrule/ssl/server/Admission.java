package dev.ferrule.ssl.server;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the handshakes that go on at once, on all loops of a process and on each. Those that find
 * no place wait in a queue, the ones that ask to resume a session before the others; what finds no
 * place there either is refused. Any thread: a lock is held for some hundred nanoseconds, twice for
 * each connection.
 *
 * <p>Full handshakes have at most three quarters, rounded up, of the places, of a loop's places and
 * of the queue. The rest is kept for those that ask to resume, who so find room while others say
 * hello and stall. Of each four places that are given to those that wait, one is for a full
 * handshake, because a client may ask to resume what never was.
 *
 * <p>A handshake has its place until it is done or has failed. If it takes longer than {@link
 * #PATIENCE_NANOS} the client is the slow one: its place is given to the next that asks.
 */
public final class Admission {
  /** How long a slow client keeps a place that others want. */
  static final long PATIENCE_NANOS = 1_000_000_000;

  /** How many places in a row go to those that ask to resume a session, while others wait. */
  private static final int RESUMED_IN_A_ROW = 3;

  private static final long NOTICE_NANOS = 1_000_000_000;

  /** What becomes of a handshake. */
  enum Verdict {
    ADMITTED,
    WAITS,
    REFUSED,
    /** Refused, because its address has had too many. */
    OVER_BUDGET
  }

  /**
   * The bounds; 0 is none.
   *
   * @param handshakes places of all loops together
   * @param perLoop places of each loop
   * @param queue the most that wait
   */
  public record Bounds(int handshakes, int perLoop, int queue) {}

  /** The numbers so far. */
  public record Numbers(
      int inFlight, int waiting, long admitted, long delayed, long refused, long overBudget) {}

  /** One handshake. */
  static final class Entry {
    private final Thread loop;
    private final boolean resumes;
    private final Runnable admitted;
    private long since; // when it began to wait, and then when it got its place
    private boolean placed; // it had a place, maybe until that was taken back
    private boolean over; // it has left

    /** {@code admitted} is called when it need not wait any more, on any thread. */
    Entry(Thread loop, boolean resumes, Runnable admitted) {
      this.loop = loop;
      this.resumes = resumes;
      this.admitted = admitted;
    }
  }

  /** What one loop has. */
  private static final class Share {
    private final ArrayDeque<Entry> resuming = new ArrayDeque<>();
    private final ArrayDeque<Entry> full = new ArrayDeque<>();
    private int inFlight;
    private int fullInFlight;

    private ArrayDeque<Entry> queue(boolean resumes) {
      return resumes ? resuming : full;
    }
  }

  private final Bounds bounds;
  private final @Nullable AddressBudget budgets;
  private final LongSupplier nanos;
  private final Map<Thread, Share> shares = new HashMap<>();
  private final Map<Entry, Share> placed = new LinkedHashMap<>(); // the oldest first
  private int fullPlaced;
  private int waiting;
  private int fullWaiting;
  private int resumedInARow;
  private long admitted;
  private long delayed;
  private long refused;
  private long overBudget;
  private long noticed;
  private long noticedRefused;

  /** With a budget for each client address, or null. */
  public Admission(Bounds bounds, @Nullable AddressBudget budgets, LongSupplier nanos) {
    this.bounds = bounds;
    this.budgets = budgets;
    this.nanos = nanos;
    this.noticed = nanos.getAsLong() - NOTICE_NANOS;
  }

  /** A handshake whose hello is whole; {@code address} as {@link Budgets#key} says. */
  Verdict enter(Entry entry, long address) {
    List<Entry> next = new ArrayList<>(0);
    Verdict verdict;
    synchronized (this) {
      long now = nanos.getAsLong();
      Share known = shares.get(entry.loop);
      Share share = known == null ? new Share() : known;
      if (waiting > 0 || !hasPlace(share, entry.resumes)) {
        takeBack(now, next);
      }
      verdict = verdict(entry, share, address, now);
      if (verdict == Verdict.ADMITTED || verdict == Verdict.WAITS) {
        shares.put(entry.loop, share);
      }
    }
    next.forEach(one -> one.admitted.run());
    return verdict;
  }

  private Verdict verdict(Entry entry, Share share, long address, long now) {
    boolean place = hasPlace(share, entry.resumes);
    if (!place && !hasRoom(entry.resumes)) {
      refused++;
      return Verdict.REFUSED;
    }
    if (budgets != null && !budgets.take(address, entry.resumes, now)) {
      overBudget++;
      refused++;
      return Verdict.OVER_BUDGET;
    }
    if (place) {
      place(entry, share, now);
      return Verdict.ADMITTED;
    }
    entry.since = now;
    share.queue(entry.resumes).addLast(entry);
    countWaiting(entry, 1);
    delayed++;
    return Verdict.WAITS;
  }

  /** What full handshakes may have of a bound. */
  private static int fullOf(int bound) {
    return bound - bound / 4;
  }

  private boolean hasPlace(Share share, boolean resumes) {
    return isBelow(placed.size(), fullPlaced, bounds.handshakes, resumes)
        && isBelow(share.inFlight, share.fullInFlight, bounds.perLoop, resumes);
  }

  private static boolean isBelow(int all, int full, int bound, boolean resumes) {
    return bound == 0 || (all < bound && (resumes || full < fullOf(bound)));
  }

  private boolean hasRoom(boolean resumes) {
    return waiting < bounds.queue && (resumes || fullWaiting < fullOf(bounds.queue));
  }

  private void countWaiting(Entry entry, int more) {
    waiting += more;
    fullWaiting += entry.resumes ? 0 : more;
  }

  private void countPlaced(Entry entry, Share share, int more) {
    share.inFlight += more;
    if (!entry.resumes) {
      share.fullInFlight += more;
      fullPlaced += more;
    }
  }

  private void place(Entry entry, Share share, long now) {
    entry.placed = true;
    entry.since = now;
    placed.put(entry, share);
    countPlaced(entry, share, 1);
    admitted++;
  }

  /** The handshake is done or has failed; once. */
  void leave(Entry entry, long address, boolean resumed) {
    List<Entry> next = new ArrayList<>(1);
    synchronized (this) {
      entry.over = true;
      if (budgets != null && resumed) {
        budgets.giveBack(address);
      }
      Share share = shares.get(entry.loop);
      if (share == null) {
        return; // its place was taken back, and its loop has no other
      }
      if (entry.placed) {
        giveBack(entry, share);
      } else if (share.queue(entry.resumes).remove(entry)) {
        countWaiting(entry, -1);
      }
      admitWaiting(nanos.getAsLong(), next);
      if (share.inFlight == 0 && share.resuming.isEmpty() && share.full.isEmpty()) {
        shares.remove(entry.loop); // so that loops that have ended are not kept
      }
    }
    next.forEach(one -> one.admitted.run());
  }

  private void giveBack(Entry entry, Share share) {
    if (placed.remove(entry) != null) {
      countPlaced(entry, share, -1);
    }
  }

  /** The places of slow clients. */
  private void takeBack(long now, List<Entry> next) {
    for (var oldest = placed.entrySet().iterator(); oldest.hasNext(); ) {
      Map.Entry<Entry, Share> slow = oldest.next();
      if (now - slow.getKey().since < PATIENCE_NANOS) {
        break;
      }
      oldest.remove();
      countPlaced(slow.getKey(), slow.getValue(), -1);
    }
    admitWaiting(now, next);
  }

  private void admitWaiting(long now, List<Entry> next) {
    while (waiting > 0) {
      boolean resumes = resumedInARow < RESUMED_IN_A_ROW;
      Share share = longestWaiting(resumes);
      if (share == null) {
        resumes = !resumes;
        share = longestWaiting(resumes);
      }
      Entry first = share == null ? null : share.queue(resumes).pollFirst();
      if (share == null || first == null) {
        return;
      }
      resumedInARow = resumes ? resumedInARow + 1 : 0;
      countWaiting(first, -1);
      place(first, share, now);
      next.add(first);
    }
  }

  /** Of the loops that have such a place left, the one whose first has waited longest. */
  private @Nullable Share longestWaiting(boolean resumes) {
    Share longest = null;
    long since = 0;
    for (Share share : shares.values()) {
      Entry first = hasPlace(share, resumes) ? share.queue(resumes).peekFirst() : null;
      if (first != null && (longest == null || first.since - since < 0)) {
        longest = share;
        since = first.since;
      }
    }
    return longest;
  }

  /** Whether one that waits has a place by now; before that, slow clients lose theirs. */
  boolean again(Entry entry) {
    List<Entry> next = new ArrayList<>(0);
    boolean admits;
    synchronized (this) {
      if (waiting > 0) {
        takeBack(nanos.getAsLong(), next);
      }
      admits = isAdmitted(entry);
    }
    next.forEach(one -> one.admitted.run());
    return admits;
  }

  synchronized boolean isAdmitted(Entry entry) {
    return entry.placed && !entry.over;
  }

  /** The numbers so far. */
  public synchronized Numbers numbers() {
    return new Numbers(placed.size(), waiting, admitted, delayed, refused, overBudget);
  }

  /** A sentence about what was refused, at most once a second; null otherwise. */
  synchronized @Nullable String notice() {
    long now = nanos.getAsLong();
    if (refused == noticedRefused || now - noticed < NOTICE_NANOS) {
      return null;
    }
    long more = refused - noticedRefused;
    String sentence =
        (more == 1 ? "1 client was" : more + " clients were")
            + " refused because too many handshakes go on ("
            + placed.size()
            + " in flight, "
            + waiting
            + " waiting, "
            + overBudget
            + " over the budget of their address so far)";
    noticed = now;
    noticedRefused = refused;
    return sentence;
  }
}
