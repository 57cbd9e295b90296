package dev.ferrule.bench.soak;

import dev.ferrule.loop.Pollers;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections, uses them and ends them in every {@link Way}, client and server in one
 * process, on loops that come and go, and requires that resident memory stays flat: {@code
 * [--connections N] [--provider NAME] [--poller NAME] [--slack KIB] [--slow N]}, the last for what
 * makes a JVM that many times slower.
 */
final class Soak {
  private static final int PER_LIFE = 500;
  private static final int SAMPLES = 20;

  private long connections = 200_000;
  private long slackKib = 8 * 1024;
  private int slow = 1;
  private @Nullable String provider;
  private @Nullable String poller;
  private final Map<Way, Integer> done = new EnumMap<>(Way.class);
  private final Map<Way, Integer> secured = new EnumMap<>(Way.class);
  private final List<Long> resident = new ArrayList<>();

  private Soak(String[] args) {
    for (int i = 0; i < args.length; i += 2) {
      String value = i + 1 < args.length ? args[i + 1] : "";
      switch (args[i]) {
        case "--connections" -> connections = Long.parseLong(value);
        case "--slack" -> slackKib = Long.parseLong(value);
        case "--slow" -> slow = Integer.parseInt(value);
        case "--provider" -> provider = value;
        case "--poller" -> poller = value;
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    if (connections < SAMPLES * 20L) {
      throw new IllegalArgumentException("--connections: at least " + SAMPLES * 20);
    }
  }

  /** Exits with 1 when memory grew or a connection went another way than it should. */
  public static void main(String[] args) throws IOException {
    System.exit(new Soak(args).run() ? 0 : 1);
  }

  private boolean run() throws IOException {
    ThrowawayCa ca = ThrowawayCa.create();
    Choices choices =
        new Choices(
            provider,
            poller,
            ca.issue(Life.HOST),
            List.of(ca.certificate()),
            List.of(ThrowawayCa.create().certificate()),
            slow);
    System.out.println(
        connections
            + " connections, provider "
            + SslContext.provider(provider).name()
            + ", poller "
            + Pollers.chosen(poller).name());
    long made = 0;
    while (made < connections) {
      int count =
          (int)
              Math.min(Math.min(PER_LIFE, Math.max(20, connections / SAMPLES)), connections - made);
      Life life = new Life(choices, made, count);
      life.run();
      life.done().forEach((way, number) -> done.merge(way, number, Integer::sum));
      life.secured().forEach((way, number) -> secured.merge(way, number, Integer::sum));
      made += count;
      if (made * SAMPLES / connections > resident.size()) {
        sample(made);
      }
    }
    boolean right = wentTheirWays();
    return isFlat() && right;
  }

  private void sample(long made) throws IOException {
    System.gc(); // what waits for the collector alone is no leak
    long kib = residentKib();
    resident.add(kib);
    System.out.printf("%,9d connections: %,d KiB%n", made, kib);
  }

  private static long residentKib() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("this system does not tell resident memory");
  }

  private boolean wentTheirWays() {
    boolean right = true;
    System.out.println("| way | ended | secure before |\n| --- | ---: | ---: |");
    for (Way way : Way.values()) {
      int ended = done.getOrDefault(way, 0);
      int secure = secured.getOrDefault(way, 0);
      boolean never = way == Way.WRONG_ISSUER || way == Way.GARBAGE;
      boolean wrong = ended == 0 || (never && secure > 0) || (way.echoes() && secure != ended);
      right &= !wrong;
      System.out.printf("| %s | %,d | %,d |%s%n", way, ended, secure, wrong ? " WRONG" : "");
    }
    return right;
  }

  /** The second quarter against the last: the first one warms up. */
  private boolean isFlat() {
    int quarter = resident.size() / 4;
    long middle = median(resident.subList(quarter, 2 * quarter));
    long end = median(resident.subList(resident.size() - quarter, resident.size()));
    boolean flat = end - middle <= slackKib;
    System.out.printf(
        "resident: start %,d KiB, second quarter %,d KiB, last quarter %,d KiB: %s (%+.3f KiB per"
            + " connection, at most %,d KiB in all)%n",
        resident.getFirst(),
        middle,
        end,
        flat ? "flat" : "GREW",
        (end - middle)
            / (connections * 0.625), // from the middle of one quarter to that of the other
        slackKib);
    return flat;
  }

  private static long median(List<Long> numbers) {
    long[] sorted = numbers.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
