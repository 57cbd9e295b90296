package dev.ferrule.cli.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** What is kept for a page, and its bounds. */
class TunnelStatsTest {
  @Test
  void codes_are_counted_each_and_of_too_many_the_rest_together() {
    TunnelStats stats = new TunnelStats();
    for (int i = 0; i < 10_000; i++) {
      stats.handshakeFailed("CODE_" + i);
    }
    stats.handshakeFailed("CODE_7");
    assertThat(stats.failedHandshakes())
        .hasSize(101)
        .containsEntry("CODE_7", 2L)
        .containsEntry("OTHER", 9900L);
  }

  @Test
  void the_last_hundred_events_are_kept_the_newest_first_and_without_what_hides_them()
      throws Exception {
    try (EventLog log =
        new EventLog(EventLog.Format.json, 100, InstantSource.system(), line -> {}, line -> {})) {
      RecentEvents recent = log.keepRecent();
      for (int i = 0; i < 1000; i++) {
        log.tell("notice", "what", "line\n" + i, "n", i);
      }
      assertThat(recent.newestFirst()).hasSize(RecentEvents.MOST);
      RecentEvents.Entry last = recent.newestFirst().getFirst();
      assertThat(last.event()).isEqualTo("notice");
      assertThat(last.what()).isEqualTo("what=line\\x0A999 n=999");
      assertThat(recent.newestFirst().getLast().what()).endsWith("n=900");
    }
  }

  @Test
  void lines_that_the_budget_leaves_out_are_no_recent_events() throws Exception {
    try (EventLog log =
        new EventLog(
            EventLog.Format.text,
            1,
            InstantSource.fixed(java.time.Instant.EPOCH),
            line -> {},
            line -> {})) {
      RecentEvents recent = log.keepRecent();
      for (int i = 0; i < 50; i++) {
        log.note("open", "peer", i);
      }
      assertThat(recent.newestFirst()).hasSize(10);
      assertThat(log.dropped()).isEqualTo(40);
    }
  }
}
