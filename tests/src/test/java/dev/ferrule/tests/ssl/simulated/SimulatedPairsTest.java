package dev.ferrule.tests.ssl.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.testkit.Fault;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Random schedules of a client and a server. More of them by {@code
 * -Ddev.ferrule.pairs.count=100000}; others, or one again, by {@code -Ddev.ferrule.pairs.seed}.
 */
class SimulatedPairsTest {
  private static final long SEED = Long.getLong("dev.ferrule.pairs.seed", 1);
  private static final int COUNT = Integer.getInteger("dev.ferrule.pairs.count", 1_000);
  private static final int TWICE = 60;

  @Test
  void a_thousand_schedules_lose_nothing_silently() {
    Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    int whole = 0;
    for (long seed = SEED; seed < SEED + COUNT; seed++) {
      PairSchedule schedule = PairSchedule.run(seed);
      for (Fault fault : Fault.values()) {
        faults.merge(fault, schedule.hadFault(fault) ? 1 : 0, Integer::sum);
      }
      whole += schedule.isWhole() ? 1 : 0;
    }
    if (COUNT >= 1_000) {
      assertThat(faults.values()).as("of each fault: %s", faults).allMatch(times -> times > 20);
      assertThat(whole).as("schedules in which all arrived, both ways").isGreaterThan(100);
    }
  }

  @Test
  void a_seed_gives_the_same_order_of_events_twice() {
    for (long seed = SEED; seed < SEED + TWICE; seed++) {
      assertThat(PairSchedule.run(seed).trace())
          .as("seed %d", seed)
          .isEqualTo(PairSchedule.run(seed).trace());
    }
  }
}
