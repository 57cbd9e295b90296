package dev.ferrule.connection;

import static dev.ferrule.connection.OpeningTimes.Phase.COMPUTING;
import static dev.ferrule.connection.OpeningTimes.Phase.CONNECTING;
import static dev.ferrule.connection.OpeningTimes.Phase.PEER;
import static dev.ferrule.connection.OpeningTimes.Phase.PROGRAM;
import static dev.ferrule.connection.OpeningTimes.Phase.RESOLVING;
import static dev.ferrule.connection.OpeningTimes.Phase.THREAD;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Where the time of a connection that opens is counted. */
class OpeningTimesTest {
  private final AtomicLong clock = new AtomicLong(1000);
  private final OpeningTimes times = new OpeningTimes(clock::get, CONNECTING);

  @Test
  void waiting_is_counted_by_the_clock_in_the_phase_that_it_falls_into() {
    times.enter(RESOLVING);
    clock.addAndGet(5);
    times.enter(CONNECTING);
    clock.addAndGet(7);
    times.handshakeBegins(3, 0);
    times.enter(PEER);
    clock.addAndGet(11);
    times.enter(COMPUTING);
    times.enter(PROGRAM);
    clock.addAndGet(13);
    times.enter(PEER);
    clock.addAndGet(17);
    assertThat(times.nanos(RESOLVING)).isEqualTo(5);
    assertThat(times.nanos(CONNECTING)).isEqualTo(7);
    assertThat(times.nanos(PEER)).as("with that which still runs").isEqualTo(28);
    assertThat(times.nanos(PROGRAM)).isEqualTo(13);
    assertThat(times.sentBefore()).isEqualTo(3);
  }

  @Test
  void computing_is_counted_by_the_systems_clock() {
    times.enter(COMPUTING);
    long began = System.nanoTime();
    while (System.nanoTime() - began < 1000) {
      Thread.onSpinWait();
    }
    times.enter(PEER);
    assertThat(times.nanos(COMPUTING)).isGreaterThanOrEqualTo(1000);
    assertThat(times.nanos(PEER)).isEqualTo(0);
  }

  @Test
  void what_a_task_ran_is_computing_and_the_rest_was_waiting_for_a_thread() {
    times.enter(THREAD);
    times.taskRan(40);
    clock.addAndGet(100);
    times.taskDone();
    times.enter(PEER);
    assertThat(times.nanos(THREAD)).isEqualTo(60);
    assertThat(times.nanos(COMPUTING)).isGreaterThanOrEqualTo(40);
  }

  @Test
  void a_task_that_ran_longer_than_the_clock_says_leaves_no_negative_waiting() {
    times.enter(THREAD);
    times.taskRan(40);
    times.taskDone();
    assertThat(times.nanos(THREAD)).isEqualTo(0);
  }
}
