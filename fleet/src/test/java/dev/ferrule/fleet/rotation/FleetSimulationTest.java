package dev.ferrule.fleet.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.fleet.FleetEvent.Kind;
import dev.ferrule.fleet.rotation.SimulatedFleet.Conditions;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fleets in simulated time. A failure's message has the seed; -Dfleet.seed=N repeats it alone. */
class FleetSimulationTest {
  private static final long HOUR = 3_600_000;

  @Test
  void whoever_encrypts_is_understood_by_all_who_reach_the_store_whatever_fails() {
    randomFaults(new Conditions());
  }

  @Test
  void a_ticket_is_understood_for_its_whole_lifetime_where_the_clocks_of_stores_are_near() {
    Conditions near = new Conditions();
    near.clocksNear = true;
    randomFaults(near);
  }

  private static void randomFaults(Conditions conditions) {
    Long only = Long.getLong("fleet.seed");
    long first = only == null ? new Random().nextLong() : only;
    for (int i = 0; i < (only == null ? 10 : 1); i++) {
      SimulatedFleet fleet = new SimulatedFleet(first + i, 12, conditions);
      fleet.run(HOUR);
      assertThat(fleet.told).as("seed %d", first + i).containsKeys(Kind.MADE, Kind.ROTATED);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void a_thousand_servers_go_through_faults_and_rotations(long seed) {
    SimulatedFleet fleet = new SimulatedFleet(seed, 1_000, new Conditions());
    fleet.run(600_000);
    assertThat(fleet.told.get(Kind.ROTATED)).isGreaterThan(2_000);
  }

  @Test
  void without_faults_all_encrypt_with_one_key_and_each_period_makes_one() {
    Conditions calm = new Conditions();
    calm.faults = false;
    calm.lost = 0;
    SimulatedFleet fleet = new SimulatedFleet(4, 50, calm);
    fleet.run(HOUR + 100_000);
    fleet.checkAll();
    assertThat(fleet.encrypting()).hasSize(1).doesNotContain("derived");
    assertThat(fleet.told.get(Kind.MADE)).isBetween(30L, 32L);
    assertThat(fleet.told).doesNotContainKeys(Kind.CLOCK, Kind.REFUSED, Kind.RESTORED);
    assertThat(SimulatedFleet.ids(fleet.servers.getFirst())).hasSizeBetween(4, 7);
  }
}
