package dev.ferrule.fleet.limits;

import static dev.ferrule.fleet.limits.SimulatedLimits.most;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.fleet.limits.SimulatedLimits.Fault;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitSimulationTest {
  private static final int SERVERS = 8;
  private static final LimitRules RULES = new LimitRules(60, 60_000, 2_000);
  private static final long TIME = 10 * RULES.time();

  private static SimulatedLimits run(long seed, LimitRules rules, Fault... faults) {
    SimulatedLimits limits = new SimulatedLimits(seed, SERVERS, rules, List.of(faults));
    limits.run(TIME);
    return limits;
  }

  /** What docs/fleet.md promises of any time that begins when nothing was used. */
  private static double bound(LimitRules rules, long time) {
    return rules.paid(time)
        + SERVERS * (rules.most() + rules.slack() + rules.paid(2 * rules.gap()));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void all_together_admit_no_more_than_the_limit_and_a_burst_of_each_server(long seed) {
    for (LimitRules rules : List.of(RULES, new LimitRules(5, 8_000, 2_000))) {
      SimulatedLimits limits = run(seed, rules);
      assertThat((double) limits.attacked.size()).isLessThanOrEqualTo(bound(rules, TIME));
      assertThat((double) limits.wandered.size()).isLessThanOrEqualTo(bound(rules, TIME));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void who_goes_on_attacking_gets_a_tenth_more_than_the_limit_at_most(long seed) {
    SimulatedLimits limits = run(seed, RULES);
    long settled = SERVERS * RULES.time() / 2; // each server's first burst is paid back
    assertThat(most(limits.attacked, settled, RULES.time()))
        .isBetween(RULES.most() / 2L, RULES.most() * 11L / 10);
  }

  @ParameterizedTest
  @EnumSource(Fault.Kind.class)
  void who_keeps_to_the_limit_is_never_refused_whatever_the_store_does(Fault.Kind kind) {
    for (int seed = 1; seed <= 4; seed++) {
      Fault fault = new Fault(2 * RULES.time(), 4 * RULES.time(), kind);
      assertThat(run(seed, RULES, fault).wronglyRefused).isEmpty();
    }
    assertThat(run(9, new LimitRules(20, 10_000, 2_000)).wronglyRefused).isEmpty();
  }

  @Test
  void a_store_that_comes_back_costs_no_more_than_another_burst() {
    for (int seed = 1; seed <= 4; seed++) {
      long gone = RULES.time();
      Fault fault = new Fault(2 * RULES.time(), 2 * RULES.time() + gone, Fault.Kind.GONE);
      double alone = SERVERS * (RULES.most() + RULES.paid(gone));
      assertThat((double) run(seed, RULES, fault).attacked.size())
          .isLessThanOrEqualTo(bound(RULES, TIME) + alone);
    }
  }

  @Test
  void without_the_store_each_server_admits_what_it_would_alone() {
    Fault always = new Fault(0, Long.MAX_VALUE, Fault.Kind.GONE);
    long admitted = run(1, RULES, always).attacked.size();
    double alone = SERVERS * (RULES.most() + RULES.paid(TIME));
    assertThat((double) admitted).isBetween(alone - SERVERS, alone);
  }
}
