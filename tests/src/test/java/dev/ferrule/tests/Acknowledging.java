package dev.ferrule.tests;

import dev.ferrule.testkit.NetworkConditions;

/**
 * A link that takes a number of bytes, is full for the rest of the call, and takes all that the
 * next call offers, as when the peer's acknowledgement arrives between the two.
 */
public final class Acknowledging implements NetworkConditions {
  private final int bytes;
  private int calls;

  public Acknowledging(int bytes) {
    this.bytes = bytes;
  }

  @Override
  public int capacity() {
    return 64 << 20;
  }

  @Override
  public int accepts(int most) {
    return calls++ % 2 == 0 ? Math.min(most, bytes) : most;
  }
}
