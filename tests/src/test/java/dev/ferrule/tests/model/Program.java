package dev.ferrule.tests.model;

import dev.ferrule.tests.model.Step.When;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A random program: connections of one kind, and what is done with them. The seed decides all that
 * is not in the steps: buffers, settings and the order of what is ready at once.
 *
 * @param rough whether errors and limits belong to it; else everything that is sent must arrive
 */
record Program(long seed, Kind kind, int connections, boolean rough, List<Step> steps) {
  /** What the connections are. */
  enum Kind {
    PLAIN,
    SSL,
    /** Plain first, and wrapped in the middle. */
    WRAPPED
  }

  private static final int MOST_STEPS = 24;
  private static final int[] SIZES = {0, 1, 10, 999, 5_000, 20_000, 70_000, 140_000, 300_000};
  private static final Act[] CALM = {
    Act.WRITE,
    Act.WRITE,
    Act.WRITE,
    Act.WRITE,
    Act.WRITE_DONE,
    Act.WRITE_DONE,
    Act.WRITE_OFTEN,
    Act.DISABLE_READING,
    Act.ENABLE_READING,
    Act.ENABLE_READING,
    Act.DISABLE_WRITING,
    Act.ENABLE_WRITING,
    Act.ENABLE_WRITING,
    Act.SHUTDOWN_OUTPUT,
    Act.CLOSE,
    Act.ON_READ,
    Act.ON_STREAM,
    Act.ON_WRITE,
    Act.ON_DRAIN,
    Act.ON_EVENT,
    Act.ON_CLOSE
  };
  private static final Act[] ROUGH = {
    Act.ABORT, Act.READ_TIMEOUT, Act.READ_TIMEOUT, Act.WRITE_TIMEOUT, Act.WRITE_TIMEOUT, Act.WAIT
  };

  Program {
    steps = List.copyOf(steps);
  }

  /** The program of a seed. */
  static Program random(long seed, Kind kind) {
    Random random = new Random(seed * 31 + kind.name().hashCode());
    int connections = 1 + random.nextInt(3);
    boolean rough = random.nextInt(3) == 0;
    List<Step> steps = new ArrayList<>();
    for (int left = 1 + random.nextInt(MOST_STEPS); left > 0; left--) {
      steps.add(step(random, kind, connections, rough));
    }
    return new Program(seed, kind, connections, rough, steps);
  }

  private static Step step(Random random, Kind kind, int connections, boolean rough) {
    Act act = pick(random, rough && random.nextInt(3) == 0 ? ROUGH : CALM);
    if (kind == Kind.WRAPPED && random.nextInt(6) == 0) {
      act = Act.WRAP;
    }
    int size = SIZES[random.nextInt(SIZES.length)];
    return new Step(
        pick(random, When.values()),
        pick(random, Place.values()),
        random.nextInt(2 * connections),
        act,
        size == 0 ? 0 : size + random.nextInt(1 + size / 8));
  }

  private static <T> T pick(Random random, T[] all) {
    return all[random.nextInt(all.length)];
  }

  Program with(List<Step> others) {
    return new Program(seed, kind, connections, rough, others);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(rough ? "rough " : "calm ").append(kind).append(" program of seed ").append(seed);
    text.append(", connections: ").append(connections);
    for (Step step : steps) {
      text.append("\n    ").append(step);
    }
    return text.toString();
  }
}
