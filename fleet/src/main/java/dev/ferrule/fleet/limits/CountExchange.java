package dev.ferrule.fleet.limits;

import dev.ferrule.fleet.limits.CountStore.Answer;
import dev.ferrule.fleet.limits.CountStore.Count;
import dev.ferrule.fleet.limits.CountStore.Sum;
import dev.ferrule.fleet.rotation.StoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells the store what this server has counted, and hears what the others have. An address is
 * followed as long as it has used anything; of too many, those that have used most. Counts that
 * come late are left out, here and there: an address may then begin more than the limit, but nobody
 * who keeps to it is refused. Used by one thread.
 */
public final class CountExchange {
  /** What was last heard of an address. */
  private record Followed(long window, long sum, double used) {}

  /** What goes into an exchange, the most important first. */
  private record Candidate(long address, int more, @Nullable Followed followed) {
    double weight() {
      return Math.abs(more) + (followed == null ? 0 : followed.used);
    }
  }

  private final LimitRules rules;
  private final AddressCounts counts;
  private final Map<Long, Followed> followed = new HashMap<>();
  private long last; // when counts were last taken
  private boolean began;

  /** Nothing was exchanged yet. */
  public CountExchange(LimitRules rules, AddressCounts counts) {
    this.rules = rules;
    this.counts = counts;
  }

  /** One exchange, which blocks as the store does. */
  public void make(CountStore store, LongSupplier clock) {
    long now = clock.getAsLong();
    List<Candidate> chosen = chosen(now);
    List<Count> said = chosen.stream().map(each -> new Count(each.address, each.more)).toList();
    Answer answer;
    try {
      answer = store.add(said);
    } catch (StoreException e) {
      followed.clear(); // nobody knows whether it was added
      throw e;
    }
    for (int i = 0; i < chosen.size(); i++) {
      hear(chosen.get(i), answer, answer.sums().get(i), clock.getAsLong());
    }
  }

  private List<Candidate> chosen(long now) {
    Map<Long, Integer> changes = counts.takeChanges();
    boolean late = !began || now - last > rules.gap();
    began = true;
    last = now;
    if (late) {
      changes.replaceAll((address, more) -> 0);
      followed.clear();
    }
    List<Candidate> all = new ArrayList<>();
    followed.forEach((address, known) -> {
      Integer more = changes.remove(address);
      all.add(new Candidate(address, more == null ? 0 : more, known));
    });
    changes.forEach((address, more) -> all.add(new Candidate(address, more, null)));
    if (all.size() <= LimitRules.MOST_SHARED) {
      return all;
    }
    all.sort(Comparator.comparingDouble(Candidate::weight).reversed());
    List<Candidate> first = all.subList(0, LimitRules.MOST_SHARED);
    all.subList(LimitRules.MOST_SHARED, all.size())
        .forEach(other -> followed.remove(other.address));
    return first;
  }

  private void hear(Candidate candidate, Answer answer, Sum sum, long now) {
    Followed before = candidate.followed;
    double used;
    if (before != null && answer.window() == before.window) {
      used = heard(candidate, sum.current() - before.sum, now);
    } else if (before != null && answer.window() == before.window + 1) {
      used = heard(candidate, sum.previous() - before.sum + sum.current(), now);
    } else {
      used = counts.hearAll(candidate.address, sum.used(), now);
    }
    if (used > 0) {
      followed.put(candidate.address, new Followed(answer.window(), sum.current(), used));
    } else {
      followed.remove(candidate.address);
    }
  }

  private double heard(Candidate candidate, long more, long now) {
    return counts.hear(candidate.address, (double) (more - candidate.more), now);
  }

  /** How many addresses are followed. */
  int size() {
    return followed.size();
  }
}
