package dev.ferrule.cli.tunnel;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;

/** The last events of a log, and no more of them than a page shows. Any thread. */
public final class RecentEvents {
  /** How many are kept. */
  public static final int MOST = 100;

  private final ArrayDeque<Entry> entries = new ArrayDeque<>(MOST);

  /**
   * One of them.
   *
   * @param at when
   * @param event its name
   * @param what names and values, as the log has them in text
   */
  public record Entry(Instant at, String event, String what) {}

  RecentEvents() {}

  void add(Instant at, String event, String what) {
    Entry entry = new Entry(at, event, what.strip());
    synchronized (entries) {
      if (entries.size() == MOST) {
        entries.removeFirst();
      }
      entries.addLast(entry);
    }
  }

  /** All that are kept, the last one first. */
  public List<Entry> newestFirst() {
    synchronized (entries) {
      return List.copyOf(entries.reversed());
    }
  }
}
