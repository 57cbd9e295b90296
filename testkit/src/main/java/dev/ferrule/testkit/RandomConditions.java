package dev.ferrule.testkit;

import java.util.Random;

/**
 * Random conditions: a link that is full at any byte, and ready again at once or at any later poll.
 * The seed determines the behaviour, the probabilities and the size of the buffers.
 */
public final class RandomConditions implements NetworkConditions {
  private static final int[] CAPACITIES = {
    1, 7, 100, 1_000, 4_096, 17_000, 40_000, 70_000, 140_000, 300_000
  };

  private final Random random;
  private final int capacity;
  private final int clogs; // percent of writes
  private final int pieces; // percent of reads
  private final int late; // percent of writes
  private final int longest; // polls

  /** The conditions of a seed. */
  public RandomConditions(long seed) {
    random = new Random(seed);
    capacity = CAPACITIES[random.nextInt(CAPACITIES.length)];
    clogs = random.nextInt(4) * 20;
    pieces = random.nextInt(4) * 20;
    late = random.nextInt(4) * 20;
    longest = 1 + random.nextInt(5);
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public int accepts(int most) {
    return hits(clogs) ? part(most) : most;
  }

  @Override
  public int stalls() {
    return hits(50) ? 0 : random.nextInt(longest + 1);
  }

  @Override
  public int gives(int most) {
    return hits(pieces) ? Math.max(1, part(most)) : most;
  }

  @Override
  public int delays() {
    return hits(late) ? 1 + random.nextInt(longest) : 0;
  }

  @Override
  public boolean reportsFalsely() {
    return hits(5);
  }

  private boolean hits(int percent) {
    return percent > 0 && random.nextInt(100) < percent;
  }

  /** 0, a few, nearly all, or any number. */
  private int part(int most) {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> Math.min(most, 1 + random.nextInt(6));
      case 2 -> Math.max(0, most - 1 - random.nextInt(6));
      default -> random.nextInt(most + 1);
    };
  }
}
