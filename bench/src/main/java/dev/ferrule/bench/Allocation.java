package dev.ferrule.bench;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the benchmarks with JMH's options, counts what they allocate, and compares. */
final class Allocation {
  private static final String PER_OPERATION = "gc.alloc.rate.norm";

  private Allocation() {}

  public static void main(String[] args) throws Exception {
    CommandLineOptions options = new CommandLineOptions(args);
    if (options.shouldHelp()) {
      options.showHelp();
      return;
    }
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .parent(options)
                    .addProfiler(GCProfiler.class)
                    .shouldFailOnError(true)
                    .build())
            .run();
    print(results);
  }

  private static void print(Collection<RunResult> results) {
    Map<String, Map<Integer, Double>> bytes = new TreeMap<>();
    for (RunResult result : results) {
      String name = result.getParams().getBenchmark();
      Result<?> allocated = result.getSecondaryResults().get(PER_OPERATION);
      String size = result.getParams().getParam("size");
      if (allocated != null && size != null) {
        bytes
            .computeIfAbsent(name.substring(name.lastIndexOf('.') + 1), key -> new TreeMap<>())
            .put(Integer.valueOf(size), allocated.getScore());
      }
    }
    Map<Integer, Double> tcp = bytes.getOrDefault("tcp", Map.of());
    Map<Integer, Double> ssl = bytes.getOrDefault("ssl", Map.of());
    Map<Integer, Double> engine = bytes.getOrDefault("engine", Map.of());
    System.out.println("\nBytes allocated per echo (two writes, two reads), both ends together\n");
    System.out.println("| message | tcp | ssl | SSLEngine alone | ssl - SSLEngine |");
    System.out.println("| ---: | ---: | ---: | ---: | ---: |");
    TreeSet<Integer> sizes = new TreeSet<>();
    bytes.values().forEach(row -> sizes.addAll(row.keySet()));
    for (int size : sizes) {
      double missing = Double.NaN;
      double withLibrary = ssl.getOrDefault(size, missing);
      double without = engine.getOrDefault(size, missing);
      System.out.printf(
          "| %d B | %.1f | %.1f | %.1f | %.1f |%n",
          size, tcp.getOrDefault(size, missing), withLibrary, without, withLibrary - without);
    }
  }
}
