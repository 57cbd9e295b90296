package dev.ferrule.cli.status;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What the process uses, under the names that Prometheus' clients have for it: as far as it is
 * known without the modules of management, which cost a start.
 */
final class ProcessMetrics implements MultiCollector {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  @Override
  public MetricSnapshots collect() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    ProcessHandle.Info info = ProcessHandle.current().info();
    info.startInstant()
        .map(Instant::toEpochMilli)
        .ifPresent(start ->
            all.metricSnapshot(
                gauge(
                    "process_start_time_seconds",
                    "When the process began, in seconds since 1970.",
                    start / 1000.0)));
    info.totalCpuDuration()
        .map(Duration::toMillis)
        .ifPresent(used ->
            all.metricSnapshot(
                CounterSnapshot.builder()
                    .name("process_cpu_seconds")
                    .help("Time of processors that the process has used.")
                    .dataPoint(
                        CounterSnapshot.CounterDataPointSnapshot.builder()
                            .value(used / 1000.0)
                            .build())
                    .build()));
    openDescriptors()
        .ifPresent(open ->
            all.metricSnapshot(
                gauge(
                    "process_open_fds", "Descriptors that the process has open.", (double) open)));
    Runtime runtime = Runtime.getRuntime();
    all.metricSnapshot(
        heap(
            "jvm_memory_used_bytes",
            "Bytes of the heap in use, garbage among them.",
            runtime.totalMemory() - runtime.freeMemory()));
    all.metricSnapshot(
        heap("jvm_memory_max_bytes", "Bytes that the heap may have.", runtime.maxMemory()));
    return all.build();
  }

  private static OptionalLong openDescriptors() {
    try (Stream<Path> open = Files.list(DESCRIPTORS)) {
      return OptionalLong.of(open.count() - 1); // but for the one that lists them
    } catch (java.io.IOException | java.io.UncheckedIOException e) {
      return OptionalLong.empty(); // no Linux, or none is left
    }
  }

  private static GaugeSnapshot heap(String name, String help, long value) {
    return gauge(name, help, (double) value, "area", "heap");
  }

  private static GaugeSnapshot gauge(String name, String help, double value, String... labels) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(
            GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .value(value)
                .labels(Labels.of(labels))
                .build())
        .build();
  }
}
