package dev.ferrule.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The small parts of a status, without a server. */
class SamplesTest {
  private static final Observed NONE =
      new Observed() {
        @Override
        public State state() {
          return State.READY;
        }

        @Override
        public List<Each> tunnels() {
          return List.of();
        }
      };

  @Test
  void an_hour_of_samples_is_kept_the_oldest_first() {
    Samples samples = new Samples(NONE);
    for (int i = 0; i < 1000; i++) {
      samples.take(Instant.ofEpochSecond(i * (long) Samples.EVERY_SECONDS));
    }
    assertThat(samples.all()).hasSize(Samples.MOST);
    assertThat(samples.all().getFirst().at()).isEqualTo(Instant.ofEpochSecond(6400));
    assertThat(samples.all().getLast().at()).isEqualTo(Instant.ofEpochSecond(9990));
  }

  @Test
  void a_body_that_many_ask_for_at_once_is_made_once() {
    AtomicInteger made = new AtomicInteger();
    Rendered rendered = new Rendered(() -> new byte[made.incrementAndGet()]);
    byte[] first = rendered.body();
    long end = System.nanoTime() + 100_000_000;
    while (System.nanoTime() - end < 0) {
      rendered.body();
    }
    assertThat(made.get()).isLessThan(5);
    while (rendered.body() == first) {
      Thread.onSpinWait();
    }
    assertThat(rendered.body()).hasSizeGreaterThan(1);
  }

  @Test
  void only_names_that_are_surely_this_machine_s_are_local() {
    for (String own :
        List.of(
            "localhost",
            "LOCALHOST:9090",
            "127.0.0.1:9090",
            "[::1]:9090",
            "10.0.0.7",
            "[fe80::1]")) {
      assertThat(StatusServer.isLocalName(own)).as(own).isTrue();
    }
    assertThat(StatusServer.isLocalName(null)).isTrue();
    for (String other :
        List.of(
            "evil.example",
            "evil.example:9090",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "",
            "[::1].evil.example",
            "a@localhost")) {
      assertThat(StatusServer.isLocalName(other)).as(other).isFalse();
    }
  }
}
