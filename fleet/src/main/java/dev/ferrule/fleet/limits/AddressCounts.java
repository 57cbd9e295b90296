package dev.ferrule.fleet.limits;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What each client address has used of the fleet's limit, as far as this server knows: its own
 * handshakes at once, those of others when it hears of them. What was used is paid back evenly. At
 * most {@link LimitRules#MOST_KNOWN} addresses are known; then the one that was seen longest ago is
 * forgotten. Any thread; the lock is held for a look into two maps. Times are milliseconds of a
 * clock that only goes forward.
 */
public final class AddressCounts {
  private static final double ROUNDING = 1e-6;

  private static final class Use {
    private double used;
    private double heard; // of others, since nothing was used
    private long at;
  }

  private final LimitRules rules;
  private final Map<Long, Use> uses = new LinkedHashMap<>(16, 0.75f, true);
  private Map<Long, Integer> changes = new HashMap<>();
  private long refused;

  /** Nothing is known yet. */
  public AddressCounts(LimitRules rules) {
    this.rules = rules;
  }

  /** Takes a full handshake; false when the address has used what it may. */
  public boolean takeFull(long address, long now) {
    return take(address, rules.most(), now);
  }

  /** Takes one that asks to resume, which may exceed the limit by as much again. */
  public boolean takeResuming(long address, long now) {
    return take(address, 2.0 * rules.most(), now);
  }

  private synchronized boolean take(long address, double most, long now) {
    Use use = use(address, now);
    boolean takes = use.used + 1 <= most + Math.min(rules.slack(), use.heard) + ROUNDING;
    if (takes) {
      use.used++;
    } else {
      refused++;
    }
    change(address, takes ? 1 : 0);
    return takes;
  }

  /** One that was taken did resume a session: it does not count. */
  public synchronized void giveBack(long address, long now) {
    if (uses.containsKey(address)) {
      Use use = use(address, now);
      use.used = Math.max(0, use.used - 1);
      change(address, -1);
    }
  }

  private void change(long address, int more) {
    if (changes.size() < LimitRules.MOST_KNOWN || changes.containsKey(address)) {
      changes.merge(address, more, Integer::sum);
    }
  }

  private Use use(long address, long now) {
    Use use = uses.get(address);
    if (use == null) {
      use = new Use();
      use.at = now;
      uses.put(address, use);
      if (uses.size() > LimitRules.MOST_KNOWN) {
        uses.remove(uses.keySet().iterator().next());
      }
    }
    use.used = Math.max(0, use.used - rules.paid(now - use.at));
    use.at = now;
    if (use.used == 0) {
      use.heard = 0;
    }
    return use;
  }

  /** What this server has counted since the last call; with 0 where it only refused. */
  synchronized Map<Long, Integer> takeChanges() {
    Map<Long, Integer> taken = changes;
    changes = new HashMap<>();
    return taken;
  }

  /**
   * Others have counted so many more, or have given so many back, which may be no more than what
   * they counted. Gives what the address has used by now.
   */
  synchronized double hear(long address, double more, long now) {
    if (more <= 0 && !uses.containsKey(address)) {
      return 0;
    }
    Use use = use(address, now);
    if (more > 0) {
      double added = Math.min(more, Math.max(0, rules.worst() - use.used));
      use.used += added;
      use.heard += added;
    } else {
      double back = Math.min(-more, Math.min(use.heard, use.used));
      use.used -= back;
      use.heard -= back;
    }
    return use.used;
  }

  /** All together have at least so much in use. Gives what the address has used by now. */
  synchronized double hearAll(long address, double least, long now) {
    double used = uses.containsKey(address) ? use(address, now).used : 0;
    return hear(address, Math.max(0, least - used), now);
  }

  /** How many addresses are known. */
  public synchronized int size() {
    return uses.size();
  }

  /** How many handshakes were refused, so far. */
  public synchronized long refused() {
    return refused;
  }
}
