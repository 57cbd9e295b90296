package dev.ferrule.ssl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.server.Admission.Entry;
import dev.ferrule.ssl.server.Admission.Verdict;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final long SECOND = 1_000_000_000;

  private final Thread loop = new Thread();
  private final Thread otherLoop = new Thread();
  private final List<Entry> told = new ArrayList<>();
  private long now = 77;

  private Admission admission(int handshakes, int perLoop, int queue) {
    return new Admission(new Admission.Bounds(handshakes, perLoop, queue), null, () -> now);
  }

  private Entry entry(Thread of, boolean resumes) {
    Entry[] made = new Entry[1];
    made[0] = new Entry(of, resumes, () -> told.add(made[0]));
    return made[0];
  }

  @Test
  void those_that_resume_go_before_those_that_waited_longer() {
    Admission admission = admission(1, 0, 10);
    Entry first = entry(loop, false);
    Entry full = entry(loop, false);
    Entry resuming = entry(otherLoop, true);
    assertThat(admission.enter(first, Budgets.NONE)).isEqualTo(Verdict.ADMITTED);
    assertThat(admission.enter(full, Budgets.NONE)).isEqualTo(Verdict.WAITS);
    assertThat(admission.enter(resuming, Budgets.NONE)).isEqualTo(Verdict.WAITS);
    admission.leave(first, Budgets.NONE, false);
    assertThat(told).containsExactly(resuming);
    assertThat(admission.isAdmitted(resuming)).isTrue();
    assertThat(admission.isAdmitted(full)).isFalse();
    admission.leave(resuming, Budgets.NONE, true);
    assertThat(told).containsExactly(resuming, full);
  }

  @Test
  void a_full_queue_refuses_and_tells_so_once_a_second() {
    Admission admission = admission(1, 0, 1);
    admission.enter(entry(loop, false), Budgets.NONE);
    admission.enter(entry(loop, false), Budgets.NONE);
    assertThat(admission.notice()).isNull();
    for (int i = 0; i < 3; i++) {
      assertThat(admission.enter(entry(loop, true), Budgets.NONE)).isEqualTo(Verdict.REFUSED);
    }
    assertThat(admission.notice()).contains("3 clients were refused", "1 in flight, 1 waiting");
    admission.enter(entry(loop, true), Budgets.NONE);
    assertThat(admission.notice()).isNull();
    now += SECOND;
    assertThat(admission.notice()).contains("1 client was refused");
    assertThat(admission.notice()).isNull();
  }

  @Test
  void a_loop_has_no_more_than_its_own() {
    Admission admission = admission(3, 1, 10);
    Entry one = entry(loop, false);
    assertThat(admission.enter(one, Budgets.NONE)).isEqualTo(Verdict.ADMITTED);
    Entry waits = entry(loop, true);
    assertThat(admission.enter(waits, Budgets.NONE)).isEqualTo(Verdict.WAITS);
    assertThat(admission.enter(entry(otherLoop, false), Budgets.NONE)).isEqualTo(Verdict.ADMITTED);
    admission.leave(one, Budgets.NONE, false);
    assertThat(told).containsExactly(waits);
  }

  @Test
  void a_slow_client_loses_its_place_to_those_that_wait() {
    Admission admission = admission(1, 0, 10);
    Entry slow = entry(loop, false);
    admission.enter(slow, Budgets.NONE);
    now += Admission.PATIENCE_NANOS - 1;
    Entry next = entry(loop, false);
    assertThat(admission.enter(next, Budgets.NONE)).isEqualTo(Verdict.WAITS);
    now++;
    Entry last = entry(loop, false);
    assertThat(admission.enter(last, Budgets.NONE)).isEqualTo(Verdict.WAITS);
    assertThat(told).containsExactly(next);
    admission.leave(slow, Budgets.NONE, false); // late, and no place of its own
    assertThat(admission.numbers().inFlight()).isEqualTo(1);
    assertThat(admission.isAdmitted(last)).isFalse();
  }

  @Test
  void a_client_that_waits_gets_the_place_of_a_slow_one_although_nobody_comes_or_goes() {
    Admission admission = admission(1, 0, 10);
    admission.enter(entry(loop, false), Budgets.NONE);
    Entry waits = entry(loop, false);
    admission.enter(waits, Budgets.NONE);
    now += Admission.PATIENCE_NANOS - 1;
    assertThat(admission.again(waits)).isFalse();
    now++;
    assertThat(admission.again(waits)).isTrue();
    assertThat(told).containsExactly(waits);
    assertThat(admission.numbers().inFlight()).isEqualTo(1);
  }

  @Test
  void made_up_tickets_do_not_keep_full_handshakes_waiting_for_ever() {
    Admission admission = admission(1, 0, 100);
    Entry current = entry(loop, true);
    admission.enter(current, Budgets.NONE);
    Entry full = entry(loop, false);
    admission.enter(full, Budgets.NONE);
    for (int i = 0; i < 20; i++) {
      admission.enter(entry(otherLoop, true), Budgets.NONE);
    }
    int others = 0;
    for (; !admission.isAdmitted(full); others++) {
      admission.leave(current, Budgets.NONE, false);
      current = told.getLast();
    }
    assertThat(others).isEqualTo(4); // three that ask to resume, then this one
  }

  @Test
  void a_slow_client_loses_its_place_to_the_first_that_asks() {
    Admission admission = admission(1, 0, 0);
    admission.enter(entry(loop, false), Budgets.NONE);
    now += Admission.PATIENCE_NANOS;
    assertThat(admission.enter(entry(loop, false), Budgets.NONE)).isEqualTo(Verdict.ADMITTED);
    assertThat(admission.numbers().inFlight()).isEqualTo(1);
    assertThat(admission.enter(entry(loop, false), Budgets.NONE)).isEqualTo(Verdict.REFUSED);
  }

  @Test
  void an_address_has_its_budget_and_gets_it_back_with_time() throws UnknownHostException {
    Budgets budgets = new Budgets(2, SECOND);
    Admission admission = new Admission(new Admission.Bounds(0, 0, 0), budgets, () -> now);
    long one = key("192.0.2.1");
    long other = key("192.0.2.2");
    for (int i = 0; i < 2; i++) {
      assertThat(admission.enter(entry(loop, false), one)).isEqualTo(Verdict.ADMITTED);
    }
    Entry last = entry(loop, false);
    assertThat(admission.enter(last, one)).isEqualTo(Verdict.OVER_BUDGET);
    assertThat(admission.enter(entry(loop, false), other)).isEqualTo(Verdict.ADMITTED);
    now += SECOND / 2;
    assertThat(admission.enter(entry(loop, true), one)).isEqualTo(Verdict.ADMITTED);
    assertThat(admission.enter(entry(loop, false), one)).isEqualTo(Verdict.OVER_BUDGET);
    admission.leave(entry(loop, true), one, true); // it resumed: that one does not count
    assertThat(admission.enter(entry(loop, false), one)).isEqualTo(Verdict.ADMITTED);
    assertThat(admission.numbers().overBudget()).isEqualTo(2);
  }

  @Test
  void addresses_of_a_64_count_together_and_the_table_is_bounded() throws UnknownHostException {
    assertThat(key("2001:db8::1")).isEqualTo(key("2001:db8::ffff:1"));
    assertThat(key("2001:db8::1")).isNotEqualTo(key("2001:db8:0:1::1"));
    assertThat(key("192.0.2.1")).isNotEqualTo(key("192.0.2.2")).isNotEqualTo(Budgets.NONE);
    assertThat(key("255.255.255.255")).isNotEqualTo(Budgets.NONE);
    Budgets budgets = new Budgets(1, SECOND);
    for (long i = 0; i < Budgets.MOST + 10L; i++) {
      assertThat(budgets.take(i, false, now)).isTrue();
    }
    assertThat(budgets.size()).isEqualTo(Budgets.MOST);
    assertThat(budgets.take(Budgets.MOST + 9L, false, now)).isFalse();
  }

  @Test
  void full_handshakes_leave_a_quarter_of_places_and_queue_to_those_that_resume() {
    Admission admission = admission(8, 4, 4);
    for (Thread of : List.of(loop, loop, loop, otherLoop, otherLoop, otherLoop)) {
      assertThat(admission.enter(entry(of, false), Budgets.NONE)).isEqualTo(Verdict.ADMITTED);
    }
    Entry full = entry(new Thread(), false);
    assertThat(admission.enter(full, Budgets.NONE)).isEqualTo(Verdict.WAITS);
    for (Verdict verdict : List.of(Verdict.WAITS, Verdict.WAITS, Verdict.REFUSED)) {
      assertThat(admission.enter(entry(loop, false), Budgets.NONE)).isEqualTo(verdict);
    }
    Entry cheap = entry(loop, true);
    assertThat(admission.enter(cheap, Budgets.NONE)).isEqualTo(Verdict.ADMITTED);
    Entry next = entry(loop, true);
    assertThat(admission.enter(next, Budgets.NONE)).isEqualTo(Verdict.WAITS); // of the loop's four
    assertThat(admission.enter(entry(loop, true), Budgets.NONE)).isEqualTo(Verdict.REFUSED);
    admission.leave(cheap, Budgets.NONE, true);
    assertThat(told).containsExactly(next); // those before it may not have the place
    now += Admission.PATIENCE_NANOS;
    assertThat(admission.again(full)).isTrue();
  }

  @Test
  void who_asks_to_resume_may_go_below_the_budget_by_as_much_again() {
    Budgets budgets = new Budgets(2, SECOND);
    for (int i = 0; i < 4; i++) {
      assertThat(budgets.take(1, true, now)).isTrue();
    }
    assertThat(budgets.take(1, true, now)).isFalse();
    budgets.giveBack(1); // it was true
    assertThat(budgets.take(1, false, now)).isFalse();
    assertThat(budgets.take(1, true, now)).isTrue();
    now += SECOND; // two grow back, to none
    assertThat(budgets.take(1, false, now)).isFalse();
    now += SECOND / 2;
    assertThat(budgets.take(1, false, now)).isTrue();
  }

  /** Whatever comes and goes: the bounds hold, nobody is forgotten, and all is empty at the end. */
  @Test
  void no_bound_is_broken_and_nobody_is_forgotten() {
    random((random, seed) -> {
      Model model = new Model(random);
      for (int step = 0; step < 200; step++) {
        model.step();
        now += random.nextInt(10) == 0 ? Admission.PATIENCE_NANOS : 1;
        model.check(seed);
      }
      model.end();
    });
  }

  /** With clients that are all quick, so that each place is known. */
  @Test
  void no_share_is_exceeded_and_nobody_waits_for_what_it_may_have() {
    random((random, seed) -> {
      Model model = new Model(random);
      for (int step = 0; step < 200; step++) {
        model.step();
        now++;
        model.check(seed);
        model.checkShares(seed);
      }
      model.end();
    });
  }

  private static void random(BiConsumer<Random, String> run) {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    for (int i = 0; i < 300; i++) {
      run.accept(new Random(seed + i), seed + " + " + i);
    }
  }

  /** An admission with random bounds, and who is in it. */
  private final class Model {
    private record Client(Thread of, boolean resumes, Entry entry) {}

    private final Random random;
    private final int places;
    private final int perLoop;
    private final int queue;
    private final Admission admission;
    private final List<Client> open = new ArrayList<>();

    Model(Random random) {
      this.random = random;
      places = 1 + random.nextInt(9);
      perLoop = random.nextInt(6);
      queue = random.nextInt(10);
      admission = admission(places, perLoop, queue);
    }

    void step() {
      if (open.isEmpty() || random.nextInt(3) > 0) {
        come(random.nextBoolean() ? loop : otherLoop, random.nextBoolean());
      } else {
        Client ended = open.remove(random.nextInt(open.size()));
        admission.leave(ended.entry, Budgets.NONE, random.nextBoolean());
      }
    }

    private void come(Thread of, boolean resumes) {
      Entry entry = entry(of, resumes);
      long before = waiting(resumes);
      long all = waiting(true) + waiting(false);
      Verdict verdict = admission.enter(entry, Budgets.NONE);
      if (verdict != Verdict.REFUSED) {
        open.add(new Client(of, resumes, entry));
      } else {
        assertThat(all == queue || (!resumes && before == full(queue))).isTrue();
      }
    }

    void check(String seed) {
      Admission.Numbers numbers = admission.numbers();
      assertThat(numbers.inFlight()).as("seed %s", seed).isBetween(0, places);
      assertThat(numbers.waiting()).as("seed %s", seed).isBetween(0, queue);
      assertThat(waiting(false)).as("seed %s", seed).isBetween(0L, (long) full(queue));
      assertThat(waiting(true) + waiting(false)).isEqualTo(numbers.waiting());
    }

    void checkShares(String seed) {
      assertThat(placed(null, false)).as("seed %s", seed).isLessThanOrEqualTo(full(places));
      for (Thread of : List.of(loop, otherLoop)) {
        if (perLoop > 0) {
          assertThat(placed(of, true)).as("seed %s", seed).isLessThanOrEqualTo(perLoop);
          assertThat(placed(of, false)).as("seed %s", seed).isLessThanOrEqualTo(full(perLoop));
        }
      }
      open.stream()
          .filter(client -> !admission.isAdmitted(client.entry))
          .forEach(client -> assertThat(mayHavePlace(client)).as("seed %s", seed).isFalse());
    }

    private boolean mayHavePlace(Client client) {
      boolean some = placed(null, true) < places;
      boolean ofLoop = perLoop == 0 || placed(client.of, true) < perLoop;
      boolean share = placed(null, false) < full(places);
      boolean shareOfLoop = perLoop == 0 || placed(client.of, false) < full(perLoop);
      return some && ofLoop && (client.resumes || (share && shareOfLoop));
    }

    void end() {
      open.forEach(client -> admission.leave(client.entry, Budgets.NONE, false));
      assertThat(admission.numbers().inFlight() + admission.numbers().waiting()).isZero();
    }

    private long waiting(boolean resumes) {
      return open.stream()
          .filter(client -> client.resumes == resumes && !admission.isAdmitted(client.entry))
          .count();
    }

    /** Those with a place: of one loop or all, with those that resume or without. */
    private long placed(@Nullable Thread of, boolean resuming) {
      return open.stream()
          .filter(client -> of == null || client.of == of)
          .filter(client -> resuming || !client.resumes)
          .filter(client -> admission.isAdmitted(client.entry))
          .count();
    }

    private static int full(int bound) {
      return bound - bound / 4;
    }
  }

  private static long key(String address) throws UnknownHostException {
    return Budgets.key(new InetSocketAddress(InetAddress.getByName(address), 1));
  }
}
