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
 * place there either is refused. Of each four places that are given to those that wait, one is for
 * a full handshake, because a client may ask to resume what never was. Any thread: a lock is held
 * for some hundred nanoseconds, twice for each connection.
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
    REFUSED
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

    private ArrayDeque<Entry> queue(boolean resumes) {
      return resumes ? resuming : full;
    }
  }

  private final Bounds bounds;
  private final @Nullable Budgets budgets;
  private final LongSupplier nanos;
  private final Map<Thread, Share> shares = new HashMap<>();
  private final Map<Entry, Share> placed = new LinkedHashMap<>(); // the oldest first
  private int waiting;
  private int resumedInARow;
  private long admitted;
  private long delayed;
  private long refused;
  private long overBudget;
  private long noticed;
  private long noticedRefused;

  /** With a budget for each client address, or null. */
  public Admission(Bounds bounds, @Nullable Budgets budgets, LongSupplier nanos) {
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
      if (waiting > 0 || !hasPlace(share)) {
        takeBack(now, next);
      }
      verdict = verdict(entry, share, address, now);
      if (verdict != Verdict.REFUSED) {
        shares.put(entry.loop, share);
      }
    }
    next.forEach(one -> one.admitted.run());
    return verdict;
  }

  private Verdict verdict(Entry entry, Share share, long address, long now) {
    if (budgets != null && !budgets.take(address, now)) {
      overBudget++;
      refused++;
      return Verdict.REFUSED;
    }
    if (hasPlace(share)) {
      place(entry, share, now);
      return Verdict.ADMITTED;
    }
    if (waiting >= bounds.queue) {
      refused++;
      return Verdict.REFUSED;
    }
    entry.since = now;
    share.queue(entry.resumes).addLast(entry);
    waiting++;
    delayed++;
    return Verdict.WAITS;
  }

  private boolean hasPlace(Share share) {
    return (bounds.handshakes == 0 || placed.size() < bounds.handshakes)
        && (bounds.perLoop == 0 || share.inFlight < bounds.perLoop);
  }

  private void place(Entry entry, Share share, long now) {
    entry.placed = true;
    entry.since = now;
    placed.put(entry, share);
    share.inFlight++;
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
        waiting--;
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
      share.inFlight--;
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
      slow.getValue().inFlight--;
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
      waiting--;
      place(first, share, now);
      next.add(first);
    }
  }

  /** Of the loops that have a place left, the one whose first has waited longest. */
  private @Nullable Share longestWaiting(boolean resumes) {
    Share longest = null;
    long since = 0;
    for (Share share : shares.values()) {
      Entry first = hasPlace(share) ? share.queue(resumes).peekFirst() : null;
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
    String sentence =
        (refused - noticedRefused)
            + " clients were refused because too many handshakes go on ("
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
