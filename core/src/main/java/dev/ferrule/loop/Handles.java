package dev.ferrule.loop;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is open on a loop, timers apart, and so keeps it running. On the loop's thread. */
public final class Handles {
  private final Map<Handle.Kind, Set<Handle>> open = new EnumMap<>(Handle.Kind.class);
  private int lookups;

  Handles() {
    for (Handle.Kind kind : Handle.Kind.values()) {
      open.put(kind, new HashSet<>());
    }
  }

  private Set<Handle> of(Handle.Kind kind) {
    return Objects.requireNonNull(open.get(kind));
  }

  /** It is open from now on. */
  public void add(Handle handle) {
    of(handle.kind()).add(handle);
  }

  /** It is not open any more; nothing when it was not. */
  public void remove(Handle handle) {
    of(handle.kind()).remove(handle);
  }

  /** How many of a kind are open. */
  public int count(Handle.Kind kind) {
    return of(kind).size();
  }

  /** How many names are being resolved. */
  public int lookups() {
    return lookups;
  }

  /** So many lookups more, or less. */
  void lookups(int change) {
    lookups += change;
  }

  boolean any() {
    if (lookups > 0) {
      return true;
    }
    for (Set<Handle> some : open.values()) {
      if (!some.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Ends servers, then connections, in order. */
  public void close() {
    close(Handle.Kind.SERVER);
    close(Handle.Kind.OUTGOING);
    close(Handle.Kind.INCOMING);
  }

  private void close(Handle.Kind kind) {
    List.copyOf(of(kind)).forEach(Handle::close);
  }

  /** Drops all, whatever goes wrong with one: the first failure there was. */
  @Nullable Throwable drop(@Nullable Throwable before) {
    Throwable first = before;
    for (Handle.Kind kind :
        List.of(
            Handle.Kind.SERVER,
            Handle.Kind.ACCEPTOR,
            Handle.Kind.OUTGOING,
            Handle.Kind.ATTEMPT,
            Handle.Kind.INCOMING)) {
      for (Handle handle : List.copyOf(of(kind))) {
        first = attempt(first, handle::drop);
      }
    }
    return first;
  }

  /** What hangs, and why; null when nothing does. For assertions. */
  @Nullable String violation() {
    for (Set<Handle> some : open.values()) {
      for (Handle handle : some) {
        String violation = handle instanceof TurnHandle turn ? turn.violation() : null;
        if (violation != null) {
          return violation;
        }
      }
    }
    return null;
  }

  /** Does a step; a second failure does not hide the first. */
  static @Nullable Throwable attempt(@Nullable Throwable before, Runnable step) {
    try {
      step.run();
      return before;
    } catch (Throwable t) {
      if (before != null && before != t) {
        before.addSuppressed(t);
      }
      return before == null ? t : before;
    }
  }
}
