package dev.ferrule.loop;

import org.jspecify.annotations.Nullable;

/** A handle that takes part in the phases of its loop's turn: a connection. */
public interface TurnHandle extends Handle {
  /** Its turn on the again-list. */
  void again();

  /** Something changed: sends what is to be sent, then says what it waits for. */
  void settle();

  /** The last phase of a turn: it was closed, and gives back what it holds. */
  void release();

  /** What it waits for and does not say, which would make it hang; null when all is well. */
  @Nullable String violation();
}
