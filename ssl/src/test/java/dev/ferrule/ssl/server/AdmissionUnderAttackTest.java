package dev.ferrule.ssl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.server.Admission.Entry;
import dev.ferrule.ssl.server.Admission.Verdict;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Clients that say hello and then nothing, and one that comes with a ticket. */
class AdmissionUnderAttackTest {
  private static final long MILLI = 1_000_000;

  private final Thread loop = new Thread();
  private long now = 77;

  private Entry entry(boolean resumes) {
    return new Entry(loop, resumes, () -> {});
  }

  @Test
  void a_queue_that_is_full_of_others_does_not_refuse_who_comes_with_a_ticket() {
    Admission admission = new Admission(new Admission.Bounds(64, 0, 1024), null, () -> now);
    while (admission.enter(entry(false), Budgets.NONE) != Verdict.REFUSED) {}
    assertThat(admission.enter(entry(true), Budgets.NONE)).isNotEqualTo(Verdict.REFUSED);
  }

  @Test
  void who_resumes_does_not_need_the_budget_of_its_address() {
    Budgets budgets = new Budgets(1, 3600_000 * MILLI);
    Admission admission = new Admission(new Admission.Bounds(0, 0, 0), budgets, () -> now);
    long address = 1;
    Entry first = entry(false);
    assertThat(admission.enter(first, address)).isEqualTo(Verdict.ADMITTED);
    admission.leave(first, address, false);
    assertThat(admission.enter(entry(true), address)).isEqualTo(Verdict.ADMITTED);
  }

  @Test
  void who_is_refused_for_want_of_a_place_has_begun_no_handshake_of_its_budget() {
    Budgets budgets = new Budgets(2, 3600_000 * MILLI);
    Admission admission = new Admission(new Admission.Bounds(1, 0, 0), budgets, () -> now);
    Entry other = entry(false);
    assertThat(admission.enter(other, 2)).isEqualTo(Verdict.ADMITTED);
    for (int i = 0; i < 5; i++) {
      assertThat(admission.enter(entry(false), 1)).isEqualTo(Verdict.REFUSED);
    }
    admission.leave(other, 2, false);
    assertThat(admission.enter(entry(false), 1)).isEqualTo(Verdict.ADMITTED);
  }

  /** As many clients as there are, again and again, that say hello and stall. */
  @Test
  void the_median_of_those_with_a_ticket_waits_for_less_than_100_ms() {
    Admission admission = new Admission(new Admission.Bounds(64, 0, 1024), null, () -> now);
    long[] waits = new long[50];
    for (int i = 0; i < waits.length; i++) {
      Entry newcomer = entry(true);
      long came = now;
      Verdict verdict = admission.enter(newcomer, Budgets.NONE);
      waits[i] = verdict == Verdict.REFUSED ? Long.MAX_VALUE : 0;
      for (int step = 0; step < 110; step++) {
        now += 10 * MILLI;
        for (int n = 0; n < 50; n++) { // 5,000 in a second
          admission.enter(entry(false), Budgets.NONE);
        }
        if (verdict == Verdict.WAITS && admission.again(newcomer)) {
          waits[i] = now - came;
          break;
        }
      }
      if (verdict != Verdict.REFUSED) {
        admission.leave(newcomer, Budgets.NONE, true);
      }
    }
    Arrays.sort(waits);
    assertThat(waits[waits.length / 2]).isLessThan(100 * MILLI);
  }
}
