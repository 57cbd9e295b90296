package dev.ferrule.jfr;

import org.jspecify.annotations.Nullable;

/**
 * Measures the parts of a loop's turn while somebody records stalls. Parts contain others, as the
 * dispatch of a connection contains its callbacks: the innermost that is over the threshold is
 * recorded, and those around it are not. Belongs to the loop's thread; the events are made once,
 * and again after one was recorded.
 */
public final class StallWatch {
  /** How deep parts are measured; what is deeper counts for the part around it. */
  private static final int DEEPEST = 4;

  private final @Nullable LoopStall[] running = new @Nullable LoopStall[DEEPEST];
  private int depth;
  private boolean told;

  /** Nothing runs yet. */
  public StallWatch() {}

  /** A part begins; {@link #ends} comes for each. */
  public void begins() {
    if (depth < DEEPEST) {
      LoopStall event = running[depth];
      if (event == null) {
        event = new LoopStall();
        running[depth] = event;
      }
      event.begin();
    }
    depth++;
  }

  /** The part that began last ends; {@code code} is what ran. */
  public void ends(String part, Object code) {
    depth--;
    LoopStall event = depth < DEEPEST ? running[depth] : null;
    if (event != null) {
      event.end();
      if (!told && event.shouldCommit()) {
        told = true;
        event.part = part;
        event.type = name(code);
        event.commit();
        running[depth] = null;
      }
    }
    told = told && depth > 0;
  }

  /** Without the number of a hidden class, which is another in each process. */
  private static @Nullable String name(Object code) {
    Object own = code;
    while (own instanceof Called called && called.code() != own) {
      own = called.code();
    }
    String name = own.getClass().getName();
    int slash = name.indexOf('/');
    return Shown.of(slash < 0 ? name : name.substring(0, slash));
  }
}
