package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The shape of {@code bench --json}, which docs/bench.md tells to those who read it. */
class BenchJsonTest {
  private static final Path PAGE =
      Path.of("").toAbsolutePath().getParent().resolve("docs/bench.md");

  private static final String OUTCOME =
      """
      .bytes.per_second .bytes.received .bytes.sent .connections.lost .connections.open \
      .connections.opened .connections.opened_in .connections.unclean .cpu_seconds \
      .handshakes.full .handshakes.resumed .latency_us.max .latency_us.mean .latency_us.p50 \
      .latency_us.p90 .latency_us.p99 .latency_us.p99_9 .latency_us.p99_99 .latency_us.samples \
      .operations.done .operations.failed .operations.per_second .operations.unanswered \
      .rate.asked .rate.late .rate.reached .rate.unsent .seconds\
      """;

  private static Set<String> paths(JsonNode node) {
    Set<String> paths = new TreeSet<>();
    add("", node, paths);
    return paths;
  }

  private static void add(String path, JsonNode node, Set<String> paths) {
    if (node.isObject()) {
      node.properties().forEach(each -> add(path + "." + each.getKey(), each.getValue(), paths));
    } else if (node.isArray()) {
      node.forEach(each -> add(path + "[]", each, paths));
    } else {
      paths.add(path);
    }
  }

  private static Set<String> expected() {
    Set<String> all = new TreeSet<>();
    for (String each : OUTCOME.split(" ", -1)) {
      all.add(".targets[].total" + each);
      all.add(".targets[].rounds[]" + each);
    }
    for (String each : "mode connections loops size seconds warmup rate".split(" ", -1)) {
      all.add(".load." + each);
    }
    for (String each : "seconds operations bytes p50_us p99_us max_us".split(" ", -1)) {
      all.add(".targets[].seconds[]." + each);
    }
    for (String each : "figure better medians least most low high".split(" ", -1)) {
      all.add(".ratios[]." + each);
    }
    for (String each :
        "version started interrupted targets[].target targets[].tls".split(" ", -1)) {
      all.add("." + each);
    }
    return all;
  }

  @Test
  void its_fields_are_these_and_the_page_names_them() throws IOException {
    try (PlainTarget one = PlainTarget.echo();
        PlainTarget other = PlainTarget.echo()) {
      String[] bench = {
        "bench",
        one.address(),
        "--against",
        other.address(),
        "--plain",
        "--rate",
        "50",
        "--rounds",
        "1",
        "--seconds",
        "0.5",
        "--warmup",
        "0",
        "--json"
      };
      Tool.Result result = Tool.run(bench);
      assertThat(result.status()).as(result.err()).isZero();
      JsonNode all = new ObjectMapper().readTree(result.out());
      Set<String> paths = paths(all);
      paths.remove(".notes[]"); // a busy machine has some
      assertThat(paths).isEqualTo(expected());
      String page = Files.readString(PAGE);
      for (String path : paths) {
        assertThat(page).contains("`" + path.substring(path.lastIndexOf('.') + 1) + "`");
      }
      assertThat(page).contains("`failures`", "`notes`", "`example`", "`cipher`");
    }
  }
}
