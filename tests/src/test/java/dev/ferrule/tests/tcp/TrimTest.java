package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.loop.Loop;
import dev.ferrule.loop.LoopSettings;
import dev.ferrule.loop.Pollers;
import dev.ferrule.spi.Poller;
import dev.ferrule.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Memory that connections of a loop share is dropped by the loop when it is not used. */
class TrimTest {
  private final ManualClock clock = new ManualClock();
  private final List<Long> seconds = new ArrayList<>();
  private final LoopSettings settings = new LoopSettings();

  private void run(Duration time, int rounds) {
    settings.clock = clock;
    Poller poller = Pollers.open(clock.jumping(Pollers.chosen(settings)));
    try {
      Loop loop = new Loop(settings, poller);
      long start = clock.getAsLong();
      loop.run(() -> {
        loop.buffers()
            .trimLater(() -> {
              seconds.add(clock.since(start).toSeconds());
              return seconds.size() < rounds;
            });
        loop.delay(time, () -> {});
      });
    } finally {
      poller.close();
    }
  }

  @Test
  void a_loop_that_waits_trims_every_twenty_seconds_until_nothing_is_left() {
    run(Duration.ofMinutes(5), 3);
    assertThat(seconds).containsExactly(20L, 40L, 60L);
  }

  @Test
  void trimming_keeps_no_loop_running() {
    run(Duration.ofSeconds(50), Integer.MAX_VALUE);
    assertThat(seconds).containsExactly(20L, 40L);
  }
}
