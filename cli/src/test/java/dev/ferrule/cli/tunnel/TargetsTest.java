package dev.ferrule.cli.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.cli.tunnel.Targets.Target;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TargetsTest {
  private static Targets targets(int n) {
    return new Targets(
        IntStream.range(0, n)
            .mapToObj(i -> new Destination("t" + i, "localhost", 1000 + i, null))
            .toList());
  }

  private static Target chosen(Targets targets, long now) {
    Target chosen = targets.choose(Set.of(), now);
    assertThat(chosen).isNotNull();
    return chosen;
  }

  @Test
  void the_one_with_the_fewest_connections_is_chosen() {
    Targets targets = targets(3);
    for (int i = 0; i < 300; i++) {
      chosen(targets, 0).opening();
    }
    assertThat(targets.all()).extracting(Target::open).containsOnly(100);
    targets.all().get(1).closed();
    assertThat(chosen(targets, 0)).isSameAs(targets.all().get(1));
  }

  @Test
  void one_that_failed_three_times_is_left_out_for_longer_and_longer() {
    Targets targets = targets(2);
    Target bad = targets.all().get(0);
    assertThat(bad.failed(0)).isFalse();
    assertThat(bad.failed(0)).isFalse();
    assertThat(bad.works(0)).isTrue();
    assertThat(bad.failed(0)).as("it is left out from now on").isTrue();
    long now = 0;
    for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 32, 32}) {
      assertThat(bad.works(now + Duration.ofMillis(seconds * 1000L - 1).toNanos())).isFalse();
      now += Duration.ofSeconds(seconds).toNanos();
      assertThat(bad.works(now)).isTrue();
      assertThat(bad.failed(now)).as("that is no news").isFalse();
    }
    assertThat(bad.succeeded()).isTrue();
    assertThat(bad.works(now)).isTrue();
  }

  @Test
  void an_unhealthy_one_is_left_out_until_it_is_reached_again() {
    Targets targets = targets(2);
    Target bad = targets.all().get(0);
    assertThat(bad.unhealthy(0)).isTrue();
    assertThat(bad.unhealthy(0)).isFalse();
    for (int i = 0; i < 10; i++) {
      assertThat(chosen(targets, Duration.ofHours(1).toNanos())).isNotSameAs(bad);
    }
    assertThat(bad.succeeded()).isTrue();
    assertThat(bad.works(0)).isTrue();
  }

  @Test
  void when_none_works_all_have_a_chance_and_each_only_once() {
    Targets targets = targets(4);
    targets.all().forEach(each -> each.unhealthy(0));
    Set<Target> tried = new HashSet<>();
    Target next;
    while ((next = targets.choose(tried, 0)) != null) {
      assertThat(tried.add(next)).isTrue();
    }
    assertThat(tried).containsExactlyInAnyOrderElementsOf(targets.all());
  }

  @Test
  void whatever_happens_a_target_that_works_goes_before_one_that_does_not() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Targets targets = targets(5);
    long now = 0;
    for (int step = 0; step < 5_000; step++) {
      Target one = targets.all().get(random.nextInt(5));
      switch (random.nextInt(4)) {
        case 0 -> one.failed(now);
        case 1 -> one.succeeded();
        case 2 -> one.unhealthy(now);
        default -> now += random.nextInt(2_000_000_000);
      }
      long then = now;
      Target chosen = chosen(targets, then);
      List<Target> working = targets.all().stream().filter(each -> each.works(then)).toList();
      assertThat(working.isEmpty() || working.contains(chosen)).as("seed %d", seed).isTrue();
    }
  }
}
