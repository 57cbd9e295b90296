package dev.ferrule.cli.tunnel;

import dev.ferrule.host.SafeText;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One line for each event, as text or as JSON, written by a thread of its own: a full disk or a
 * slow pipe holds up no connection. Lines about single connections have a budget, so that a scanner
 * cannot fill a disk; a line says how many were left out. It holds addresses, names, codes and
 * counts, and never a key, a secret or a byte of what is passed on. Any thread.
 */
public final class EventLog implements AutoCloseable {
  /** How lines look. */
  public enum Format {
    /** Words and {@code key=value}. */
    text,
    /** One object a line. */
    json
  }

  /** Takes whole lines, without their end. */
  public interface Sink {
    /** Writes a line. */
    void write(String line) throws IOException;

    /** Opens its file anew, which somebody may have moved away. */
    default void reopen() throws IOException {}
  }

  private static final int WAITING = 4096;
  private static final int LONGEST_VALUE = 300;
  private static final long FLUSHED_SECONDS = 5;

  private sealed interface Job {
    record Line(String text) implements Job {}

    record Reopen() implements Job {}

    record End() implements Job {}
  }

  private final Format format;
  private final InstantSource clock;
  private final Sink sink;
  private final Sink emergency;
  private final Budget budget;
  private final BlockingQueue<Job> jobs = new ArrayBlockingQueue<>(WAITING);
  private final LongAdder dropped = new LongAdder();
  private final Thread writer;
  private volatile @Nullable RecentEvents recent; // null where nobody asks for them
  private boolean broken; // the writer's: the sink failed, and somebody was told

  /**
   * Begins to write.
   *
   * @param perSecond lines about single connections a second; ten times as many at once
   * @param emergency who is told that the sink fails
   */
  public EventLog(Format format, int perSecond, InstantSource clock, Sink sink, Sink emergency) {
    this.format = format;
    this.clock = clock;
    this.sink = sink;
    this.emergency = emergency;
    this.budget = new Budget(perSecond);
    this.writer = Thread.ofPlatform().name("ferrule-log").daemon().start(this::run);
  }

  /** What the owner has to know: always written. {@code fields} are names and values in turn. */
  public void tell(String event, @Nullable Object... fields) {
    put(event, fields);
  }

  /** What happens on one connection: written while the budget lasts. */
  public void note(String event, @Nullable Object... fields) {
    Instant now = clock.instant();
    long leftOut;
    synchronized (budget) {
      if (!budget.take(now)) {
        return;
      }
      leftOut = budget.leftOut();
    }
    if (leftOut > 0) {
      put("left-out", "lines", leftOut);
    }
    put(event, fields);
  }

  /** Lines that were never written: there were too many of them, or the log takes no more. */
  public long dropped() {
    synchronized (budget) {
      return dropped.sum() + budget.leftOutEver();
    }
  }

  /** The file was moved away, maybe: opens it anew. */
  public void reopen() {
    if (!jobs.offer(new Job.Reopen())) {
      dropped.increment();
    }
  }

  /** Keeps the last events from now on, for whoever wants to look at them. */
  public RecentEvents keepRecent() {
    RecentEvents kept = new RecentEvents();
    recent = kept;
    return kept;
  }

  private void put(String event, @Nullable Object... fields) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    String line = format == Format.json ? json(now, event, fields) : text(now, event, fields);
    if (!jobs.offer(new Job.Line(line))) {
      dropped.increment();
    }
    RecentEvents kept = recent;
    if (kept != null) {
      kept.add(now, event, words(fields));
    }
  }

  private static String text(Instant now, String event, @Nullable Object[] fields) {
    return now + " " + event + words(fields);
  }

  private static String words(@Nullable Object[] fields) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i + 1 < fields.length; i += 2) {
      Object value = fields[i + 1];
      if (value != null) {
        String shown = shown(value);
        boolean bare = !shown.isEmpty() && shown.chars().noneMatch(c -> c == ' ' || c == '"');
        line.append(' ').append(fields[i]).append('=');
        line.append(bare ? shown : '"' + shown.replace("\"", "'") + '"');
      }
    }
    return line.toString();
  }

  private static String json(Instant now, String event, @Nullable Object[] fields) {
    StringBuilder line = new StringBuilder("{\"time\":");
    quoted(line, now.toString());
    quoted(line.append(",\"event\":"), event);
    for (int i = 0; i + 1 < fields.length; i += 2) {
      Object value = fields[i + 1];
      if (value == null) {
        continue;
      }
      quoted(line.append(','), String.valueOf(fields[i]));
      line.append(':');
      if (value instanceof Number || value instanceof Boolean) {
        line.append(value);
      } else {
        quoted(line, shown(value));
      }
    }
    return line.append('}').toString();
  }

  /** After {@link #shown} there is no control character in it. */
  private static void quoted(StringBuilder to, String text) {
    to.append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
  }

  private static String shown(Object value) {
    String text = SafeText.of(value.toString());
    return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE) + "...";
  }

  private void run() {
    try {
      while (true) {
        switch (jobs.take()) {
          case Job.Line(String text) -> write(text);
          case Job.Reopen() -> reopenSink();
          case Job.End() -> {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(String line) {
    try {
      sink.write(line);
      broken = false;
    } catch (IOException e) {
      dropped.increment();
      failed(e);
    }
  }

  private void reopenSink() {
    try {
      sink.reopen();
    } catch (IOException e) {
      failed(e);
    }
  }

  private void failed(IOException e) {
    if (broken) {
      return; // told already
    }
    broken = true;
    try {
      emergency.write("the log takes no more, and lines are lost: " + e.getMessage());
    } catch (IOException hopeless) {
      return; // there is nobody left to tell
    }
  }

  /** Writes what waits, for a few seconds at most. */
  @Override
  public void close() {
    try {
      if (jobs.offer(new Job.End(), FLUSHED_SECONDS, TimeUnit.SECONDS)) {
        writer.join(TimeUnit.SECONDS.toMillis(FLUSHED_SECONDS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lines that may be written: so many a second, ten times as many at once. */
  private static final class Budget {
    private final double perSecond;
    private double left;
    private @Nullable Instant refilled;
    private long leftOut;
    private long ever;

    Budget(int perSecond) {
      this.perSecond = perSecond;
      this.left = 10.0 * perSecond;
    }

    boolean take(Instant now) {
      Instant before = refilled;
      if (before != null && now.isAfter(before)) {
        double seconds = ChronoUnit.NANOS.between(before, now) / 1e9;
        left = Math.min(10 * perSecond, left + seconds * perSecond);
      }
      refilled = now;
      if (left < 1) {
        leftOut++;
        ever++;
        return false;
      }
      left--;
      return true;
    }

    long leftOut() {
      long n = leftOut;
      leftOut = 0;
      return n;
    }

    long leftOutEver() {
      return ever;
    }
  }
}
