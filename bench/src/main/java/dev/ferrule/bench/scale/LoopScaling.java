package dev.ferrule.bench.scale;

import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How much more two loops do than one, client and server in one process: {@code [--seconds S]
 * [--rounds N] [--loops N] [--provider NAME]}. It prints a line of JSON for each measurement, one
 * loop and many by turns. What the processors themselves give is measured in the same rounds, by as
 * many threads that only compute.
 */
final class LoopScaling {
  private static final Duration SETTLE = Duration.ofMillis(500);
  private static final Duration WARM = Duration.ofSeconds(8);

  private int rounds = 5;
  private int loops = 2;
  private Duration measured = Duration.ofMillis(2500);
  private @Nullable String provider;

  private LoopScaling(String[] args) {
    for (int i = 0; i < args.length; i += 2) {
      String value = i + 1 < args.length ? args[i + 1] : "";
      switch (args[i]) {
        case "--seconds" -> measured = Duration.ofMillis((long) (1000 * Double.parseDouble(value)));
        case "--rounds" -> rounds = Integer.parseInt(value);
        case "--loops" -> loops = Integer.parseInt(value);
        case "--provider" -> provider = value;
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    if (rounds < 1 || rounds > 100 || loops < 2 || measured.compareTo(Duration.ofMinutes(1)) > 0) {
      throw new IllegalArgumentException("--rounds 1 to 100, --loops from 2, --seconds to 60");
    }
  }

  /** See the class. */
  public static void main(String[] args) throws InterruptedException {
    new LoopScaling(args).run();
  }

  private void run() throws InterruptedException {
    ThrowawayCa ca = ThrowawayCa.create();
    Issued issued = ca.issue("127.0.0.1");
    var serving =
        SslContext.server().credentials(Credentials.of(issued.key(), issued.chain())).tickets(0);
    var trusting = SslContext.client().trust(List.of(ca.certificate()));
    if (provider != null) {
      serving.provider(provider);
      trusting.provider(provider);
    }
    SslContext server = serving.build();
    SslContext client = trusting.build();
    for (Work work : Work.values()) {
      new Trial(work, loops, server, client).run(SETTLE, WARM);
      for (int round = 0; round < rounds; round++) {
        told(work.name(), 1, new Trial(work, 1, server, client).run(SETTLE, measured));
        told(work.name(), loops, new Trial(work, loops, server, client).run(SETTLE, measured));
        told("COMPUTE", 1, Computation.rate(1, measured.dividedBy(4)));
        told("COMPUTE", loops, Computation.rate(loops, measured.dividedBy(4)));
      }
    }
  }

  private static void told(String work, int threads, double rate) {
    System.out.printf(
        Locale.ROOT, "{\"work\": \"%s\", \"loops\": %d, \"per_s\": %.1f}%n", work, threads, rate);
  }
}
