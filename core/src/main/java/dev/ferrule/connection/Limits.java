package dev.ferrule.connection;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a connection, shared by those of one setup until one changes its own. A time limit
 * of null is none.
 *
 * @param connect for resolving and connecting
 * @param handshake for the handshake as a whole
 * @param read for silence of the peer
 * @param write for a peer that takes nothing
 * @param close for each step of closing
 * @param lowWater bytes queued at which writing may go on
 * @param highWater bytes queued above which writing shall hold off
 * @param maxQueued bytes queued above which writing is an error
 * @param maxUnread bytes unread at which reading pauses
 * @param halfOpen whether the peer's end leaves this side open
 * @param nagle whether Nagle's algorithm stays on
 */
public record Limits(
    Duration connect,
    @Nullable Duration handshake,
    @Nullable Duration read,
    @Nullable Duration write,
    Duration close,
    long lowWater,
    long highWater,
    long maxQueued,
    long maxUnread,
    boolean halfOpen,
    boolean nagle) {
  /** What holds unless something else is chosen. */
  public static final Limits DEFAULT =
      new Limits(
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          null,
          null,
          Duration.ofSeconds(3),
          64 * 1024,
          256 * 1024,
          64L * 1024 * 1024,
          256 * 1024,
          false,
          false);

  /** Another limit for connecting. */
  public Limits withConnect(Duration time) {
    return new Limits(
        time, handshake, read, write, close, lowWater, highWater, maxQueued, maxUnread, halfOpen,
        nagle);
  }

  /** Another limit for the handshake. */
  public Limits withHandshake(Duration time) {
    return new Limits(
        connect, time, read, write, close, lowWater, highWater, maxQueued, maxUnread, halfOpen,
        nagle);
  }

  /** Another limit for silence. */
  public Limits withRead(@Nullable Duration time) {
    return new Limits(
        connect, handshake, time, write, close, lowWater, highWater, maxQueued, maxUnread, halfOpen,
        nagle);
  }

  /** Another limit for a peer that takes nothing. */
  public Limits withWrite(@Nullable Duration time) {
    return new Limits(
        connect, handshake, read, time, close, lowWater, highWater, maxQueued, maxUnread, halfOpen,
        nagle);
  }

  /** Another limit for closing. */
  public Limits withClose(Duration time) {
    return new Limits(
        connect, handshake, read, write, time, lowWater, highWater, maxQueued, maxUnread, halfOpen,
        nagle);
  }

  /** Other water marks. */
  public Limits withMarks(long low, long high) {
    return new Limits(
        connect, handshake, read, write, close, low, high, maxQueued, maxUnread, halfOpen, nagle);
  }

  /** Another bound of what is queued. */
  public Limits withMaxQueued(long bytes) {
    return new Limits(
        connect, handshake, read, write, close, lowWater, highWater, bytes, maxUnread, halfOpen,
        nagle);
  }

  /** Another bound of what waits unread. */
  public Limits withMaxUnread(long bytes) {
    return new Limits(
        connect, handshake, read, write, close, lowWater, highWater, maxQueued, bytes, halfOpen,
        nagle);
  }

  /** The peer's end leaves this side open. */
  public Limits withHalfOpen() {
    return new Limits(
        connect, handshake, read, write, close, lowWater, highWater, maxQueued, maxUnread, true,
        nagle);
  }

  /** The peer's end ends this side. */
  public Limits withoutHalfOpen() {
    return new Limits(
        connect, handshake, read, write, close, lowWater, highWater, maxQueued, maxUnread, false,
        nagle);
  }

  /** Nagle's algorithm stays on. */
  public Limits withNagle() {
    return new Limits(
        connect, handshake, read, write, close, lowWater, highWater, maxQueued, maxUnread, halfOpen,
        true);
  }
}
