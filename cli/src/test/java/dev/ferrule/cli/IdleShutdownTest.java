package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.SocketClosed;
import dev.ferrule.testkit.Loops;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The quiet time of five milliseconds, by a clock that the test moves. */
@Timeout(30)
class IdleShutdownTest {
  private static final Duration FIVE = Duration.ofMillis(5);

  private final List<String> seen = new ArrayList<>();
  private final Queue<Runnable> steps = new ArrayDeque<>();
  private IdleShutdown shutdown;
  private TcpSocket socket;
  private long now; // milliseconds
  private boolean held;
  private int asked;
  private int known;

  private long clock() {
    asked++;
    return Duration.ofMillis(now).toNanos();
  }

  /** The clock's next time; what is so once it was looked at. */
  private void at(long time) {
    steps.add(() -> now = time);
    steps.add(() -> seen.add(time + (isOpen() ? " open" : " ended")));
  }

  private void activity() {
    steps.add(() -> shutdown.activity());
  }

  private boolean isOpen() {
    try {
      socket.write("x");
      return true;
    } catch (SocketClosed e) {
      return false;
    }
  }

  /** Each step waits until the clock was asked after the one before; it is no more at the end. */
  private void step(EventLoop loop) {
    if (steps.isEmpty()) {
      loop.exit();
    } else if (asked > known || !isOpen()) {
      steps.remove().run();
      known = asked;
    }
  }

  private void run() {
    Loops.runUntilExit(
        EventLoop.setup(),
        loop -> {
          TcpServer server = Tcp.server(loop, "127.0.0.1", 0).open();
          Tcp.connect(loop, "127.0.0.1", server.port())
              .onConnect(connected -> {
                socket = connected;
                shutdown = new IdleShutdown(connected, FIVE, () -> held, this::clock);
                shutdown.begin();
                loop.interval(Duration.ofMillis(1), () -> step(loop));
              })
              .open();
        });
  }

  @Test
  void five_milliseconds_of_silence_end_this_side() {
    at(4);
    at(5);
    run();
    assertThat(seen).containsExactly("4 open", "5 ended");
  }

  @Test
  void activity_begins_the_time_anew() {
    at(4);
    activity();
    at(8);
    at(9);
    run();
    assertThat(seen).containsExactly("4 open", "8 open", "9 ended");
  }

  @Test
  void the_time_does_not_run_while_reading_is_held_off() {
    steps.add(() -> held = true);
    at(100);
    steps.add(() -> held = false);
    at(104);
    at(105);
    run();
    assertThat(seen).containsExactly("100 open", "104 open", "105 ended");
  }
}
