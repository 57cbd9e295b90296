package dev.ferrule.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ReportPageTest {
  private static final String HOSTILE = "<img src=x onerror='alert(1)'>\"&\u001b[31m";

  private static Outcome outcome(int seconds, long nanos) {
    Histogram latency = new Histogram(3);
    for (int i = 1; i <= 1_000; i++) {
      latency.recordValue(nanos * i);
    }
    List<Timeline.Second> timeline = new ArrayList<>();
    for (int i = 0; i < seconds; i++) {
      timeline.add(new Timeline.Second(1, 1_000 + i, 64_000, nanos, 2 * nanos, 3 * nanos));
    }
    Counts counts = new Counts(1_000, 1, 0, 0, 0, 0, 0, 64_000, 64_000, 10, 0, 0, 10, 0);
    return new Outcome(
        seconds, counts, latency, timeline, Map.of("EIO", new Failure(1, HOSTILE)), 10, 0.1, 0.5);
  }

  private static Result result(String name, Outcome... outcomes) {
    Load load =
        new Load(
            Workload.ECHO, 10, 64, Duration.ofSeconds(1), Duration.ZERO, 0, Duration.ofSeconds(10));
    List<Result.Target> targets = new ArrayList<>();
    for (Outcome each : outcomes) {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
      Site site = new Site(name, "127.0.0.1", 1, address, null, null, client -> {});
      targets.add(Result.Target.of(new Reached(site, null, null, true), List.of(each)));
    }
    return new Result(Instant.EPOCH, "ferrule test", load, 1, targets, false);
  }

  @Test
  void it_loads_nothing_from_anywhere() {
    String page = ReportPage.of(result("127.0.0.1:1", outcome(3, 1_000), outcome(3, 2_000)));
    assertThat(page)
        .contains(ReportPage.MARK, "default-src 'none'", "prefers-color-scheme: dark")
        .doesNotContain("http:", "https:", "://", "<img", "<script", "@import", "url(", "@BODY@");
  }

  @Test
  void hostile_names_and_sentences_are_only_texts() {
    String page = ReportPage.of(result(HOSTILE, outcome(3, 1_000)));
    assertThat(page)
        .contains("&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&quot;&amp;")
        .doesNotContain("<img", "\u001b");
  }

  @Test
  void it_has_charts_of_percentiles_and_of_time_with_a_line_for_each_target() {
    String one = ReportPage.of(result("a:1", outcome(3, 1_000)));
    assertThat(one).contains("Latency by percentile", "Operations a second", "p99.9");
    assertThat(one.split("<svg ", -1)).hasSize(4);
    assertThat(one.split("<polyline ", -1)).hasSize(1 + 1 + 1 + 3);
    String two = ReportPage.of(result("a:1", outcome(3, 1_000), outcome(3, 2_000)));
    assertThat(two).contains("of medians");
    assertThat(two.split("<polyline ", -1)).hasSize(1 + 2 + 2 + 2);
  }

  @Test
  void a_day_is_drawn_with_some_hundred_points() {
    String page = ReportPage.of(result("a:1", outcome(86_400, 1_000)));
    assertThat(page.length()).isLessThan(60_000);
  }

  @Test
  void a_result_without_a_second_has_a_page_too() {
    String page = ReportPage.of(result("a:1", outcome(0, 1_000), outcome(1, 1_000)));
    assertThat(page).contains("</html>").doesNotContain("NaN", "Infinity");
  }
}
