package dev.ferrule.ssl.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.Protocol;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Sessions are in a client's cache with all that is known of them, or not yet. */
class ResumptionTest {
  private final ClientSessions sessions = new ClientSessions(4);
  private final Resumption resumption = resumption();

  private Resumption resumption() {
    Resumption made = Resumption.of(sessions, "localhost", 443);
    made.awaitLimits();
    return made;
  }

  @Test
  void a_session_is_not_seen_before_it_is_known_what_it_allows() {
    assertThat(resumption.take(new Given())).isTrue();
    assertThat(sessions.entries()).isEmpty();
    resumption.allow(7);
    assertThat(sessions.entries()).hasSize(1);
    assertThat(sessions.entries().getFirst().earlyData()).hasValue(7);
  }

  @Test
  void what_one_connection_is_told_is_not_said_of_the_session_of_another() {
    Resumption other = resumption();
    resumption.take(new Given());
    other.take(new Given());
    other.allow(1);
    resumption.allow(2);
    assertThat(sessions.entries().getFirst().earlyData()).hasValue(2);
    resumption.allow(3);
    assertThat(sessions.entries().getFirst().earlyData()).hasValue(2);
  }

  @Test
  void what_nothing_is_told_of_is_kept_at_the_end() {
    Given untold = new Given();
    resumption.take(untold);
    resumption.end();
    resumption.allow(1);
    assertThat(sessions.entries()).hasSize(1);
    assertThat(sessions.entries().getFirst().earlyData()).isEmpty();
    assertThat(untold.freed).isZero();
  }

  @Test
  void what_no_cache_keeps_is_freed_once() {
    Given told = new Given();
    Given untold = new Given();
    sessions.close();
    resumption.take(told);
    resumption.take(untold);
    resumption.allow(1);
    resumption.end();
    resumption.end();
    assertThat(told.freed).isEqualTo(1);
    assertThat(untold.freed).isEqualTo(1);
  }

  @Test
  void no_more_wait_than_are_kept_for_a_peer() {
    for (int i = 0; i < ClientSessions.EACH; i++) {
      assertThat(resumption.take(new Given())).isTrue();
    }
    assertThat(resumption.take(new Given())).isFalse();
  }

  private static final class Given implements ClientSessions.Session {
    private final Instant made = Instant.now();
    private int freed;

    @Override
    public Protocol protocol() {
      return Protocol.TLS_1_3;
    }

    @Override
    public Instant made() {
      return made;
    }

    @Override
    public Instant until() {
      return made.plusSeconds(3600);
    }

    @Override
    public boolean singleUse() {
      return true;
    }

    @Override
    public void free() {
      freed++;
    }
  }
}
