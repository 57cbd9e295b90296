package dev.ferrule.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class NotesTest {
  private static List<String> notes(double seconds) {
    Outcome outcome =
        new Outcome(seconds, Counts.NONE, new Histogram(3), List.of(), Map.of(), 10, 0.1, 0);
    Load load =
        new Load(
            Workload.ECHO, 10, 64, Duration.ofSeconds(1), Duration.ZERO, 50, Duration.ofSeconds(1));
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    Site site = new Site("a:1", "127.0.0.1", 1, address, null, null, client -> {});
    Reached reached = new Reached(site, null, null, true);
    Result.Target target = Result.Target.of(reached, List.of(outcome));
    return Notes.of(new Result(Instant.EPOCH, "ferrule test", load, 1, List.of(target), true));
  }

  @Test
  void a_rate_is_missed_only_where_something_was_measured() {
    assertThat(notes(1)).anyMatch(note -> note.startsWith("rate not reached"));
    assertThat(notes(0)).singleElement().asString().startsWith("interrupted");
  }
}
