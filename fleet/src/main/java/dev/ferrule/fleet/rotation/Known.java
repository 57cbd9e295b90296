package dev.ferrule.fleet.rotation;

/**
 * A generation that a server knows, and since when it stood in the store without a gap. It has
 * settled, and may encrypt, when every server that reaches the store must have read it.
 */
final class Known {
  final Generation generation;
  private long put; // by the store's clock, another when it was put again
  private long since; // by the local clock, as until: the first and the last read that showed it
  private boolean inStore;
  private boolean settled;

  Known(Generation generation) {
    this.generation = generation;
    this.put = Long.MIN_VALUE;
  }

  /** It was in a snapshot that was asked for and came at these times. */
  void seen(long entryPut, long storeTime, long sent, long now, Schedule schedule) {
    if (!inStore || put != entryPut) {
      inStore = true;
      put = entryPut;
      since = now;
    }
    settled |= sent - since >= schedule.spread() || storeTime - put >= schedule.notice();
  }

  /** A read did not show it. */
  void missed() {
    inStore = false;
  }

  boolean isInStore() {
    return inStore;
  }

  boolean hasSettled() {
    return settled;
  }
}
