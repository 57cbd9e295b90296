package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.testkit.WrittenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code bench} against {@code serve} in a JVM of its own. */
class BenchTest {
  private static final ThrowawayCa CA = ThrowawayCa.create();

  @TempDir private static Path folder;
  private static String ca;
  private static WrittenFiles files;
  private static RunningTool echo;
  private static String address;

  @BeforeAll
  static void serve() throws IOException {
    files = CA.issue("localhost", "127.0.0.1").write(folder);
    ca = Files.writeString(folder.resolve("ca.pem"), CA.pem()).toString();
    echo = server();
    address = echo.address();
  }

  @AfterAll
  static void end() {
    echo.close();
  }

  private static RunningTool server(String... more) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of("--cert", files.certificate().toString(), "--key", files.key().toString()));
    all.addAll(List.of(more));
    return RunningTool.serve(folder, all.toArray(String[]::new));
  }

  private static Tool.Result bench(String to, String... more) {
    List<String> all = new ArrayList<>(List.of("bench", to, "--ca", ca));
    all.addAll(List.of("--warmup", "0.1"));
    all.addAll(List.of(more));
    if (!all.contains("--connections")) {
      all.addAll(List.of("--connections", "4"));
    }
    if (all.stream().noneMatch(each -> each.startsWith("--seconds"))) {
      all.addAll(List.of("--seconds", "0.4"));
    }
    return Tool.run(all.toArray(String[]::new));
  }

  /** What it printed as JSON, once it has ended with 0. */
  static JsonNode json(Tool.Result result) throws IOException {
    assertThat(result.status()).as(result.err() + result.out()).isZero();
    return new ObjectMapper().readTree(result.out());
  }

  private static JsonNode total(JsonNode all) {
    return all.get("targets").get(0).get("total");
  }

  @Test
  void echoes_are_counted_and_timed() throws IOException {
    JsonNode all = json(bench(address, "--json"));
    JsonNode total = total(all);
    long done = total.at("/operations/done").asLong();
    assertThat(done).isPositive();
    assertThat(total.at("/bytes/sent").asLong()).isEqualTo(done * 64);
    assertThat(total.at("/bytes/received").asLong()).isEqualTo(done * 64);
    assertThat(total.at("/latency_us/samples").asLong()).isEqualTo(done);
    assertThat(total.at("/latency_us/max").asDouble())
        .isGreaterThanOrEqualTo(total.at("/latency_us/p50").asDouble());
    assertThat(total.at("/connections/open").asLong()).isEqualTo(4);
    assertThat(total.at("/failures")).isEmpty();
    assertThat(all.at("/targets/0/tls/protocol").asText()).isEqualTo("TLSv1.3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "300000", "2000000"})
  void messages_of_any_size_come_back_as_they_were(String size) throws IOException {
    String[] one = {"--json", "--size", size, "--seconds", "2", "--connections", "1"};
    JsonNode total = total(json(bench(address, one)));
    assertThat(total.at("/operations/done").asLong()).isPositive();
    assertThat(total.at("/failures")).isEmpty();
  }

  @Test
  void full_handshakes_are_full_ones() throws IOException {
    JsonNode total = total(json(bench(address, "--json", "--mode", "full")));
    assertThat(total.at("/operations/done").asLong()).isPositive();
    assertThat(total.at("/handshakes/full").asLong()).isPositive();
    assertThat(total.at("/handshakes/resumed").asLong()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.2", "1.3"})
  void resumed_handshakes_are_resumed_ones_from_the_first_that_is_measured(String version)
      throws IOException {
    JsonNode all = json(bench(address, "--json", "--mode", "resumed", "--max-protocol", version));
    assertThat(total(all).at("/handshakes/resumed").asLong()).isPositive();
    assertThat(total(all).at("/handshakes/full").asLong()).isZero();
    assertThat(all.get("notes").toString()).doesNotContain("resumed");
  }

  @Test
  void a_server_that_resumes_nothing_is_told() throws IOException {
    try (RunningTool server = server("--tickets", "0")) {
      Tool.Result result = bench(server.address(), "--mode", "resumed");
      assertThat(result.status()).isZero();
      assertThat(result.err()).contains("no session was resumed");
      assertThat(result.out()).contains("full, 0 resumed");
    }
  }

  @Test
  void churn_opens_a_connection_for_each_echo() throws IOException {
    JsonNode total = total(json(bench(address, "--json", "--mode", "churn")));
    long done = total.at("/operations/done").asLong();
    assertThat(done).isPositive();
    assertThat(total.at("/handshakes/full").asLong()).isGreaterThanOrEqualTo(done - 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"echo", "full", "resumed", "churn"})
  void operations_of_every_kind_can_be_paced(String mode) throws IOException {
    String[] paced = {"--json", "--mode", mode, "--rate", "20", "--seconds", "1"};
    JsonNode total = total(json(bench(address, paced)));
    assertThat(total.at("/operations/done").asLong()).isBetween(5L, 40L);
    assertThat(total.at("/rate/asked").asLong()).isBetween(19L, 40L); // late in ending, at most
  }

  @Test
  void idle_opens_and_keeps() throws IOException {
    JsonNode total = total(json(benchIdle("100")));
    assertThat(total.at("/connections/opened").asLong()).isEqualTo(100);
    assertThat(total.at("/connections/open").asLong()).isEqualTo(100);
    assertThat(total.at("/connections/lost").asLong()).isZero();
    assertThat(total.at("/connections/opened_in").asDouble()).isPositive();
    assertThat(total.at("/latency_us/samples").asLong()).isEqualTo(100);
  }

  private static Tool.Result benchIdle(String connections) {
    return Tool.run(
        "bench",
        address,
        "--ca",
        ca,
        "--json",
        "--mode",
        "idle",
        "--seconds",
        "0.2",
        "-c",
        connections);
  }

  @Test
  void source_reads_and_sink_writes() throws IOException {
    try (RunningTool source = server("--mode", "source");
        RunningTool sink = server("--mode", "sink")) {
      JsonNode read =
          total(json(bench(source.address(), "--json", "--seconds=3", "--mode=source")));
      assertThat(read.at("/bytes/received").asLong()).isPositive();
      assertThat(read.at("/bytes/sent").asLong()).isZero();
      JsonNode written = total(json(bench(sink.address(), "--json", "--seconds=3", "--mode=sink")));
      assertThat(written.at("/bytes/sent").asLong()).isPositive();
      assertThat(written.get("latency_us").isNull()).isTrue();
    }
  }

  @Test
  void plain_TCP_and_several_loops_do_the_same() throws IOException {
    try (RunningTool plain = RunningTool.serve(folder, "--plain")) {
      Tool.Result result =
          Tool.run(
              "bench",
              plain.address(),
              "--plain",
              "--seconds",
              "0.3",
              "--warmup",
              "0",
              "--loops",
              "2",
              "--json",
              "--rate",
              "400");
      JsonNode all = json(result);
      assertThat(all.at("/load/loops").asInt()).isEqualTo(2);
      assertThat(all.at("/targets/0/tls").isNull()).isTrue();
      assertThat(total(all).at("/operations/done").asLong()).isPositive();
    }
  }

  @Test
  void two_targets_are_compared_in_rounds_that_alternate() throws IOException {
    try (RunningTool other = server()) {
      String to = other.address();
      String[] against = {"--against", to, "--rounds", "3", "--seconds", "0.2"};
      assertThat(bench(address, against).out()).contains(address + " by " + to + ", 3 rounds");
      List<String> more = new ArrayList<>(List.of(against));
      more.add("--json");
      JsonNode all = json(bench(address, more.toArray(String[]::new)));
      assertThat(all.at("/targets/1/rounds")).hasSize(3);
      JsonNode ratio = all.at("/ratios/0");
      assertThat(ratio.get("figure").asText()).isEqualTo("operations/s");
      assertThat(ratio.get("least").asDouble())
          .isPositive()
          .isLessThanOrEqualTo(ratio.get("most").asDouble());
      assertThat(ratio.get("medians").asDouble()).isPositive();
    }
  }

  @Test
  void the_table_says_what_was_done_and_what_came_of_it() {
    Tool.Result result = bench(address);
    assertThat(result.err()).doesNotContain("failed");
    assertThat(result.out())
        .startsWith("echo of 64 bytes over 4 connections on 1 loop, closed loop\n")
        .containsPattern("\ntarget +" + address)
        .containsPattern("\nlatency +p50 .*, p90 .*, p99 .*, p99\\.9 .*, p99\\.99 .*, max ")
        .containsPattern("\nfailures +none\n")
        .doesNotContain("\r", "\u001b");
  }

  @Test
  void quiet_prints_the_result_alone() {
    Tool.Result result = bench(address, "--quiet");
    assertThat(result.status()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("done  ", "generator  ");
  }

  @Test
  void a_certificate_that_is_not_trusted_is_2_before_any_load() {
    Tool.Result result = Tool.run("bench", address, "--seconds", "60");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err().lines()).hasSize(1);
  }

  @Test
  void a_server_that_wants_a_certificate_is_2_before_any_load() throws IOException {
    try (RunningTool server = server("--client-ca", ca)) {
      Tool.Result result = bench(server.address(), "--seconds", "60");
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).contains("certificate");
    }
  }

  @Test
  void a_report_takes_the_place_of_the_last_one_and_of_no_other_file() throws IOException {
    Path report = folder.resolve("report.html");
    assertThat(bench(address, "--report", report.toString()).status()).isZero();
    assertThat(bench(address, "--report", report.toString()).status()).isZero();
    assertThat(report).content().contains("Latency by percentile", address);
    Path notes = Files.writeString(folder.resolve("notes.html"), "my notes");
    Tool.Result refused = bench(PlainTarget.nobody(), "--report", notes.toString());
    assertThat(refused.status()).isEqualTo(64); // and not 4: nothing was connected to
    assertThat(refused.err()).contains("no report of ferrule bench");
    assertThat(notes).hasContent("my notes");
    Tool.Result nowhere = bench(PlainTarget.nobody(), "--report", folder + "/no/such.html");
    assertThat(nowhere.status()).isEqualTo(64);
    assertThat(nowhere.err()).contains("its folder does not exist");
    assertThat(folder).isDirectoryNotContaining("glob:**/.ferrule-bench*");
  }

  @Test
  void neither_histograms_nor_Jackson_are_loaded_before_there_is_need() throws Exception {
    Path loaded = folder.resolve("loaded.txt");
    List<String> logging =
        List.of("env", "JAVA_TOOL_OPTIONS=-Xlog:class+load:file=" + loaded.toAbsolutePath());
    try (RunningTool tool = RunningTool.start(folder, logging, "bench", "a:1", "--size", "0")) {
      assertThat(tool.process().waitFor()).isEqualTo(64);
    }
    List<String> all = Files.readAllLines(loaded);
    assertThat(all).anyMatch(line -> line.contains("dev.ferrule.cli.BenchCommand "));
    assertThat(all)
        .filteredOn(line -> line.matches(".*\\b(org\\.HdrHistogram|com\\.fasterxml)\\b.*"))
        .isEmpty();
  }
}
