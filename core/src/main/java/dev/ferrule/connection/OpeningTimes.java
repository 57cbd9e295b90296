package dev.ferrule.connection;

import dev.ferrule.event.Endpoint;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the time went of a connection that opens: it is in one phase at each moment, and every
 * change of the phase is told here. Kept only while it opens; belongs to the loop's thread, but for
 * what a task says of itself.
 *
 * <p>Waiting is measured by the loop's clock, computing always by the system's: with a manual clock
 * the sum of the phases is no span of time.
 */
public final class OpeningTimes {
  /** What a connection that opens does, or waits for. */
  public enum Phase {
    /** Its host's name is looked up. */
    RESOLVING,
    /** Its addresses are tried, until one has answered. */
    CONNECTING,
    /** The peer has to send, or to take, bytes of the handshake. */
    PEER,
    /** A callback of the program runs or has to answer, or admission makes the client wait. */
    PROGRAM,
    /** A task of the handshake waits for a thread, or for the loop to hear that it is done. */
    THREAD,
    /** The handshake's own work: on the loop's thread, and in tasks. */
    COMPUTING
  }

  private static final int PHASES = Phase.values().length;

  private final LongSupplier clock;
  private final long[] nanos = new long[PHASES];
  private Phase phase;
  private long since;
  private long sentBefore;
  private long receivedBefore;
  // What else is only needed while it opens, so that an idle connection has no room for it:
  @Nullable Consumer<? super Endpoint> question; // of the wire, for the program
  @Nullable HandshakeRecording recording; // of the handshake; null when nobody records it
  private long taskNanos; // written by a task, read when the loop has heard that it is done

  OpeningTimes(LongSupplier clock, Phase first) {
    this.clock = clock;
    this.phase = first;
    this.since = read(first);
  }

  @SuppressWarnings("EnumOrdinal") // it does not leave this object
  private static int index(Phase of) {
    return of.ordinal();
  }

  private long read(Phase of) {
    return of == Phase.COMPUTING ? System.nanoTime() : clock.getAsLong();
  }

  /** From now on it is in this phase. */
  void enter(Phase next) {
    nanos[index(phase)] += read(phase) - since;
    phase = next;
    since = read(next);
  }

  /** As {@link #enter}, where it is still measured. */
  static void note(@Nullable OpeningTimes times, Phase next) {
    if (times != null) {
      times.enter(next);
    }
  }

  /** The handshake begins on a link that has taken, and given, so many bytes before. */
  void handshakeBegins(long sent, long received) {
    sentBefore = sent;
    receivedBefore = received;
    enter(Phase.COMPUTING);
  }

  /** A task ran for so long; on the task's thread. */
  void taskRan(long duration) {
    taskNanos = duration;
  }

  /** The loop knows that the task is done: what it ran was no waiting for a thread. */
  void taskDone() {
    enter(Phase.COMPUTING);
    int waited = index(Phase.THREAD);
    nanos[waited] = Math.max(0, nanos[waited] - taskNanos);
    nanos[index(Phase.COMPUTING)] += taskNanos;
    taskNanos = 0;
  }

  /** The phase that it is in. */
  public Phase phase() {
    return phase;
  }

  /** How long it has been in a phase so far, in nanoseconds. */
  public long nanos(Phase of) {
    long running = of == phase ? read(of) - since : 0;
    return nanos[index(of)] + running;
  }

  /** As {@link #nanos}. */
  public Duration in(Phase of) {
    return Duration.ofNanos(nanos(of));
  }

  /** Bytes that the link had taken before the handshake began: those of an upgraded connection. */
  public long sentBefore() {
    return sentBefore;
  }

  /** The same of bytes that had come from the link. */
  public long receivedBefore() {
    return receivedBefore;
  }
}
