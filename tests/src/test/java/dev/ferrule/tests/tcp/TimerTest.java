package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.Timer;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class TimerTest {
  private final ManualClock clock = new ManualClock();
  private final List<String> ran = new ArrayList<>();

  @Test
  void delays_run_in_the_order_of_their_times() {
    Loops.run(
        clock.setup(),
        loop -> {
          loop.delay(Duration.ofHours(2), () -> ran.add("two hours"));
          loop.delay(Duration.ofSeconds(1), () -> ran.add("a second"));
          loop.delay(Duration.ofHours(1), () -> ran.add("an hour"));
        });
    assertThat(ran).containsExactly("a second", "an hour", "two hours");
  }

  @Test
  void those_due_at_the_same_time_run_in_the_order_they_were_set() {
    Loops.run(
        clock.setup(),
        loop -> {
          for (int i = 0; i < 40; i++) {
            String name = "number " + i;
            loop.delay(Duration.ZERO, () -> ran.add(name));
          }
        });
    assertThat(ran).hasSize(40).first().isEqualTo("number 0");
    assertThat(ran.get(39)).isEqualTo("number 39");
    assertThat(ran.get(10)).isEqualTo("number 10");
  }

  @Test
  void a_delay_of_nothing_set_by_a_timer_waits_for_the_next_turn() {
    Loops.run(
        clock.setup(),
        loop -> {
          loop.delay(
              Duration.ZERO,
              () -> {
                ran.add("outer");
                loop.delay(Duration.ZERO, () -> ran.add("inner"));
                loop.execute(() -> ran.add("next turn"));
              });
          loop.delay(Duration.ZERO, () -> ran.add("other"));
        });
    assertThat(ran).containsExactly("outer", "other", "next turn", "inner");
  }

  @Test
  void an_interval_repeats_until_it_is_cancelled_from_inside() {
    AtomicReference<Timer> timer = new AtomicReference<>();
    AtomicInteger rounds = new AtomicInteger();
    long start = clock.getAsLong();
    Loops.run(
        clock.setup(),
        loop ->
            timer.set(
                loop.interval(
                    Duration.ofMinutes(1),
                    () -> {
                      if (rounds.incrementAndGet() == 5) {
                        timer.get().cancel();
                      }
                    })));
    assertThat(rounds).hasValue(5);
    assertThat(clock.since(start)).isEqualTo(Duration.ofMinutes(5));
    assertThat(timer.get().isPending()).isFalse();
  }

  @Test
  void an_interval_skips_the_rounds_it_missed_and_keeps_its_beat() {
    AtomicReference<Timer> timer = new AtomicReference<>();
    long start = clock.getAsLong();
    Loops.run(
        clock.setup(),
        loop ->
            timer.set(
                loop.interval(
                    Duration.ofSeconds(10),
                    () -> {
                      ran.add(clock.since(start).toSeconds() + " s");
                      if (ran.size() == 1) {
                        clock.advance(Duration.ofSeconds(35));
                      } else if (ran.size() == 3) {
                        timer.get().cancel();
                      }
                    })));
    assertThat(ran).containsExactly("10 s", "45 s", "50 s");
  }

  @Test
  void a_timer_cancelled_by_another_that_is_due_with_it_does_not_run() {
    Loops.run(
        clock.setup(),
        loop -> {
          AtomicReference<Timer> later = new AtomicReference<>();
          loop.delay(Duration.ofSeconds(1), () -> later.get().cancel());
          later.set(loop.delay(Duration.ofSeconds(1), () -> ran.add("cancelled")));
        });
    assertThat(ran).isEmpty();
  }

  @Test
  void a_time_beyond_all_counting_is_a_long_time() {
    Loops.run(
        clock.setup(),
        loop -> {
          Timer timer = loop.delay(Duration.ofSeconds(Long.MAX_VALUE), () -> ran.add("too early"));
          loop.delay(Duration.ofDays(365), timer::cancel);
        });
    assertThat(ran).isEmpty();
  }

  @Test
  void a_negative_delay_is_none_and_an_interval_must_be_positive() {
    Loops.run(loop -> {
      loop.delay(Duration.ofSeconds(-5), () -> ran.add("at once"));
      assertThatThrownBy(() -> loop.interval(Duration.ZERO, () -> {}))
          .isInstanceOf(IllegalArgumentException.class);
    });
    assertThat(ran).containsExactly("at once");
  }

  @Test
  void a_callback_that_took_long_does_not_make_the_next_timer_late() {
    AtomicReference<Duration> late = new AtomicReference<>();
    long start = clock.getAsLong();
    Loops.run(
        clock.setup(),
        loop -> {
          loop.delay(Duration.ofSeconds(10), () -> late.set(clock.since(start)));
          loop.execute(() -> clock.advance(Duration.ofSeconds(9)));
        });
    assertThat(late.get()).isEqualTo(Duration.ofSeconds(10));
  }
}
