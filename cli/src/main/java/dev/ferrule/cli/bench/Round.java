package dev.ferrule.cli.bench;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopGroup;
import dev.ferrule.LoopSetup;
import dev.ferrule.ssl.SslContext;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One target under load for a while, by a {@link Generator} on each loop. It is run once; {@link
 * #stop} and {@link #progress} may be called by any thread.
 */
public final class Round {
  private final Load load;
  private final Site site;
  private final @Nullable SslContext context;
  private final Payload.Memory memory;
  private final int loops;
  private final Timeline timeline;
  private final AtomicReferenceArray<Generator> generators;
  private final AtomicInteger unprepared;
  private final AtomicInteger opened = new AtomicInteger();
  private final Histogram latency = new Histogram(Meter.DIGITS); // from here: with the lock of this
  private final Tally failures = new Tally();
  private Counts counts = Counts.NONE;
  private double seconds;
  private double preparedIn;
  private double cpuAtStart; // of loop 0, on the thread that called run
  private double cpu;
  private volatile @Nullable LoopGroup group;
  private volatile boolean stopped;

  /** Prepares a round against a target that was reached, with so many loops. */
  public Round(Load load, Reached target, int loops) {
    this.load = load;
    this.site = target.site();
    this.context = load.workload() == Workload.RESUMED ? null : site.context();
    this.memory = target.likesArrays() ? Payload.Memory.HEAP : Payload.Memory.DIRECT;
    this.loops = loops;
    this.timeline = new Timeline(loops);
    this.generators = new AtomicReferenceArray<>(loops);
    this.unprepared = new AtomicInteger(loops);
  }

  /** Runs it on loops of {@code setup}, of which there are as many as was said. */
  public Outcome run(LoopSetup setup) {
    setup.run(this::begin);
    synchronized (this) {
      return new Outcome(
          seconds, counts, latency, timeline.all(), failures.all(), opened.get(), preparedIn, cpu);
    }
  }

  private void begin(EventLoop loop) {
    int number = loop.number();
    Generator generator = new Generator(loop, this, load, site, new Payload(memory));
    generators.set(number, generator);
    group = loop.group();
    if (stopped) {
      generator.end();
      return;
    }
    int each = load.connections() / loops;
    int rest = load.connections() % loops;
    int first = number * each + Math.min(number, rest);
    generator.prepare(first, each + (number < rest ? 1 : 0), context);
  }

  /** Ends it soon; what was measured counts. Nothing when it has ended. */
  public void stop() {
    stopped = true;
    each(Generator::end);
  }

  private void each(Consumer<Generator> action) {
    LoopGroup all = group;
    if (all == null) {
      return; // nothing runs, and what begins will see that it was stopped
    }
    try {
      all.execute(loop -> {
        Generator generator = generators.get(loop.number());
        if (generator != null) {
          action.accept(generator);
        }
      });
    } catch (IllegalStateException e) {
      // All loops have ended.
    }
  }

  /** What is known so far; of a round that is prepared still, nothing. */
  public Timeline.Progress progress() {
    return timeline.progress();
  }

  // ---- what generators tell, each on its loop

  Timeline timeline() {
    return timeline;
  }

  /** One of them has opened so many connections, or may open them. */
  void prepared(int ready) {
    int all = opened.addAndGet(ready);
    if (unprepared.decrementAndGet() == 0) {
      each(all == 0 ? Generator::end : Generator::begin);
    }
  }

  void measuring(int number) {
    if (number == 0) {
      cpuAtStart = cpuSeconds();
    }
  }

  void ended(Generator generator, double measured, Counts part, Meter meter) {
    double used = generator.loop().number() == 0 ? cpuSeconds() - cpuAtStart : 0;
    synchronized (this) {
      seconds = Math.max(seconds, measured);
      counts = counts.plus(part);
      latency.add(meter.total);
      failures.addAll(meter.failures.all());
      preparedIn = Math.max(preparedIn, generator.preparedIn());
      cpu += measured > 0 ? used : 0;
    }
  }

  /** Of the whole process: the loops, the threads of handshakes, the JIT compiler. */
  private static double cpuSeconds() {
    return ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .map(Duration::toNanos)
        .map(nanos -> nanos / 1e9)
        .orElse(0.0);
  }
}
