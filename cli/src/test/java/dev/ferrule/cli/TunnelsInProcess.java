package dev.ferrule.cli;

import dev.ferrule.EventLoop;
import dev.ferrule.cli.tunnel.EventLog;
import dev.ferrule.cli.tunnel.Tunnel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import picocli.CommandLine;

/** Tunnels on two loops of this process, whose counters a test may look at. */
final class TunnelsInProcess implements AutoCloseable {
  private static final int LOOPS = 2;

  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final EventLog log =
      new EventLog(
          EventLog.Format.text, 10_000, InstantSource.system(), lines::add, System.err::println);
  final TunnelService service = new TunnelService(log, null, new FleetOptions());
  private final Thread loops;

  private TunnelsInProcess(Consumer<EventLoop> more, CountDownLatch opened) {
    loops =
        Thread.ofPlatform()
            .daemon()
            .unstarted(() ->
                EventLoop.setup()
                    .loops(LOOPS)
                    .run(loop -> {
                      service.open(loop);
                      more.accept(loop);
                      opened.countDown();
                    }));
  }

  /** {@code more} is done on each loop when the tunnels listen there. */
  static TunnelsInProcess start(Map<String, TunnelOptions> tunnels, Consumer<EventLoop> more)
      throws InterruptedException {
    CountDownLatch opened = new CountDownLatch(LOOPS);
    TunnelsInProcess started = new TunnelsInProcess(more, opened);
    started.service.load(tunnels);
    started.loops.start();
    opened.await();
    return started;
  }

  static TunnelOptions options(String... arguments) {
    TunnelOptions options = new TunnelOptions();
    Description described = new Description("tunnel", options);
    options.describe(described);
    new CommandLine(described.spec()).parseArgs(arguments);
    return options;
  }

  Tunnel tunnel(String name) {
    return service.all().stream()
        .filter(each -> each.loaded().name().equals(name))
        .findFirst()
        .orElseThrow()
        .tunnel();
  }

  void awaitLines(String part, int times) {
    await(part, () -> lines.stream().filter(line -> line.contains(part)).count() >= times);
  }

  /** Waits until {@code condition} holds; fails after a minute. */
  void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not " + what + " in: " + String.join("\n", lines));
      }
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    service.stop(Duration.ZERO, false);
    await("ended", () -> !loops.isAlive());
    service.close();
    log.close();
  }
}
