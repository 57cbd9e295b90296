package dev.ferrule.fleet.rotation;

import dev.ferrule.fleet.FleetEvent;
import dev.ferrule.fleet.FleetEvent.Kind;
import dev.ferrule.fleet.rotation.FleetStore.Change;
import dev.ferrule.fleet.rotation.FleetStore.Entry;
import dev.ferrule.fleet.rotation.FleetStore.Snapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one server of a fleet decides: which key encrypts, which decrypt, when the next is made and
 * when an old one is erased. It is told what the store answered and what time it is, and does
 * nothing else. The diagram of its states is at {@link State}; the decision record has the rules.
 *
 * <p>Local times are milliseconds of a clock that only goes forward, from any origin. The store's
 * clock is that of the last answer, and goes on by the local one. Used by one thread at a time.
 */
public final class Rotation {
  private static final int MOST_REFUSALS_TOLD = 32;

  private final Schedule schedule;
  private final KeyMint mint;
  private final Consumer<FleetEvent> events;
  private final Map<String, Known> known = new TreeMap<>();
  private final Set<String> refused = new HashSet<>(); // told already
  private final Set<String> unwanted = new HashSet<>(); // of the last snapshot
  private boolean overfull;

  private boolean everAnswered;
  private long storeTime;
  private long answeredAt; // local
  private boolean answers;
  private @Nullable State state;
  private KeySet keys = KeySet.NONE;

  /** Nothing is known yet. */
  public Rotation(Schedule schedule, KeyMint mint, Consumer<FleetEvent> events) {
    this.schedule = schedule;
    this.mint = mint;
    this.events = events;
  }

  /** The store answered a request to read, that was sent and answered at these local times. */
  public void read(Snapshot snapshot, long sent, long now) {
    compareClocks(snapshot.time(), sent, now);
    storeTime = snapshot.time();
    answeredAt = now;
    everAnswered = true;
    answers = true;
    overfull = !snapshot.intact();
    unwanted.clear();
    Set<String> shown = new HashSet<>();
    if (overfull) {
      refuse("*", "what stands in the store is not a fleet's, or far too much");
    }
    for (Entry entry : snapshot.entries()) {
      if (take(entry, sent, now)) {
        shown.add(entry.id());
      } else {
        unwanted.add(entry.id());
      }
    }
    known.forEach((id, each) -> {
      if (!shown.contains(id)) {
        each.missed();
      }
    });
    advance(now);
  }

  private void compareClocks(long time, long sent, long now) {
    if (everAnswered) {
      long early = storeTime + (sent - answeredAt);
      long late = storeTime + schedule.timeout() + (now - answeredAt);
      long jump = time < early ? time - early : Math.max(0, time - late);
      if (Math.abs(jump) > schedule.timeout()) {
        tell(Kind.CLOCK, "the clock of the store has jumped by " + jump + " ms");
      }
    }
  }

  /** Whether the entry is a generation to know. */
  private boolean take(Entry entry, long sent, long now) {
    Known old = known.get(entry.id());
    if (old == null) {
      Generation opened = mint.open(entry);
      if (opened == null || !opened.id().equals(entry.id())) {
        refuse(entry.id(), "an entry of the store was not made with this fleet's secret");
        return false;
      }
      if (!isPlausible(opened) || known.size() >= Schedule.MOST) {
        opened.erase();
        return false;
      }
      old = new Known(opened);
      known.put(entry.id(), old);
    } else if (!entry.sealed().matches(old.generation.sealed())) {
      refuse(entry.id(), "a key in the store was changed by somebody");
      return false;
    }
    old.seen(entry.put(), storeTime, sent, now, schedule);
    return true;
  }

  private boolean isPlausible(Generation generation) {
    return generation.expiry() > storeTime
        && generation.activation() <= schedule.furthest(storeTime);
  }

  private void refuse(String id, String message) {
    if (refused.size() < MOST_REFUSALS_TOLD && refused.add(id)) {
      tell(Kind.REFUSED, message + "; it is not used, and removed");
    }
  }

  /** The store did not answer. What is known stays in use. */
  public void failed(String reason, long now) {
    if (answers || state == null) {
      tell(Kind.UNREACHABLE, "the store of the fleet cannot be used: " + reason);
    }
    answers = false;
    advance(now);
  }

  /** Whether this server has something to write, and so asks for the lease. */
  public boolean wantsLease() {
    return answers && (overfull || !unwanted.isEmpty() || anyMissing() || needsNext());
  }

  private boolean anyMissing() {
    return known.values().stream().anyMatch(each -> !each.isInStore());
  }

  private boolean needsNext() {
    return known.size() < Schedule.MOST
        && known.values().stream().noneMatch(each -> each.generation.activation() > storeTime);
  }

  /**
   * This server has the lease, and has read again since. The change may be empty: writing it gives
   * the lease back.
   *
   * @param token what the store gave
   * @param now the local time
   */
  public Change leased(long token, long now) {
    List<Generation> restored =
        known.values().stream()
            .filter(each -> overfull || !each.isInStore())
            .map(each -> each.generation)
            .toList();
    List<Generation> made = new ArrayList<>();
    if (needsNext()) {
      long soonest = storeNow(now) + schedule.notice() + schedule.lease();
      long due =
          known.values().stream()
              .mapToLong(each -> each.generation.activation() + schedule.period())
              .max()
              .orElse(soonest);
      long activation = Math.max(soonest, due);
      made.add(mint.make(activation, schedule.expiry(activation)));
    }
    List<String> removed = unwanted.stream().filter(id -> !known.containsKey(id)).sorted().toList();
    return new Change(token, overfull, restored, made, removed);
  }

  /** The store has written the change, or refused to. */
  public void written(Change change, boolean accepted, long now) {
    if (!accepted) {
      abandoned(change);
      tell(Kind.FENCED, "the store did not take what this server wrote, for its lease was over");
      return;
    }
    for (Generation made : change.made()) {
      known.put(made.id(), new Known(made));
      tell(Kind.MADE, "made ticket key " + made.id() + " for the fleet");
    }
    if (!change.restored().isEmpty()) {
      tell(
          Kind.RESTORED,
          "put back ticket keys that were missing in the store: " + change.restored());
    }
    advance(now);
  }

  /** Nobody knows whether the change was written: if it was, the next read shows it. */
  public void abandoned(Change change) {
    change.made().forEach(Generation::erase);
  }

  /** To be called from time to time: what is due by the clock happens. */
  public void advance(long now) {
    if (answers && now - answeredAt > schedule.spread()) {
      answers = false;
    }
    List<Generation> gone = everAnswered ? outOfTime(now) : List.of();
    gone.forEach(each -> known.remove(each.id()));
    choose(now);
    gone.forEach(Generation::erase); // when nobody has them from this set any more
    State next = State.of(answers, keys.encrypting() != null);
    if (next != state) {
      state = next;
      tell(Kind.STATE, sentence(next));
    }
  }

  private List<Generation> outOfTime(long now) {
    long time = storeNow(now);
    return known.values().stream()
        .map(each -> each.generation)
        .filter(each -> each.expiry() <= time || each.activation() > schedule.furthest(time))
        .toList();
  }

  private void choose(long now) {
    long time = storeNow(now);
    Generation encrypting =
        known.values().stream()
            .filter(Known::hasSettled)
            .map(each -> each.generation)
            .filter(each -> each.activation() <= time && time < schedule.lastUse(each.activation()))
            .max(Generation.ORDER)
            .orElse(null);
    List<Generation> others =
        known.values().stream()
            .map(each -> each.generation)
            .filter(each -> each != encrypting)
            .sorted(Generation.ORDER.reversed())
            .toList();
    if (!Objects.equals(encrypting, keys.encrypting()) || !others.equals(keys.others())) {
      boolean rotated = encrypting != null && encrypting != keys.encrypting();
      keys = new KeySet(keys.number() + 1, encrypting, others);
      if (rotated) {
        tell(Kind.ROTATED, "ticket key " + encrypting + " of the fleet encrypts");
      }
    }
  }

  private static String sentence(State state) {
    return switch (state) {
      case ALONE -> "no store was reached: ticket keys derived from the fleet's secret encrypt";
      case WAITING ->
          "the store answers; ticket keys derived from the secret encrypt until all "
              + "servers have its first key";
      case SHARED -> "ticket keys of the store encrypt";
      case DETACHED -> "the store does not answer; the keys that are known stay in use";
    };
  }

  private void tell(Kind kind, String message) {
    events.accept(new FleetEvent(kind, message));
  }

  private long storeNow(long now) {
    return storeTime + (now - answeredAt);
  }

  /** What encrypts and decrypts now. */
  public KeySet keys() {
    return keys;
  }

  /** How it stands with the fleet. */
  public State state() {
    return state == null ? State.ALONE : state;
  }

  /** The local time of the store's last answer; null when there was none. */
  public @Nullable Long answeredAt() {
    return everAnswered ? answeredAt : null;
  }
}
