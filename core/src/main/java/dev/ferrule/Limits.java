package dev.ferrule;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a socket, shared by the sockets of one setup until one changes its own. A time
 * limit of null is none.
 */
record Limits(
    Duration connect,
    @Nullable Duration handshake,
    @Nullable Duration read,
    @Nullable Duration write,
    Duration close,
    long lowWater,
    long highWater,
    long maxQueued,
    boolean halfOpen,
    boolean nagle) {
  static final Limits DEFAULT =
      new Limits(
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          null,
          null,
          Duration.ofSeconds(3),
          64 * 1024,
          256 * 1024,
          64L * 1024 * 1024,
          false,
          false);

  Limits withConnect(Duration time) {
    return new Limits(
        time, handshake, read, write, close, lowWater, highWater, maxQueued, halfOpen, nagle);
  }

  Limits withHandshake(Duration time) {
    return new Limits(
        connect, time, read, write, close, lowWater, highWater, maxQueued, halfOpen, nagle);
  }

  Limits withRead(@Nullable Duration time) {
    return new Limits(
        connect, handshake, time, write, close, lowWater, highWater, maxQueued, halfOpen, nagle);
  }

  Limits withWrite(@Nullable Duration time) {
    return new Limits(
        connect, handshake, read, time, close, lowWater, highWater, maxQueued, halfOpen, nagle);
  }

  Limits withClose(Duration time) {
    return new Limits(
        connect, handshake, read, write, time, lowWater, highWater, maxQueued, halfOpen, nagle);
  }

  Limits withMarks(long low, long high) {
    return new Limits(
        connect, handshake, read, write, close, low, high, maxQueued, halfOpen, nagle);
  }

  Limits withMaxQueued(long bytes) {
    return new Limits(
        connect, handshake, read, write, close, lowWater, highWater, bytes, halfOpen, nagle);
  }

  Limits withHalfOpen() {
    return new Limits(
        connect, handshake, read, write, close, lowWater, highWater, maxQueued, true, nagle);
  }

  Limits withNagle() {
    return new Limits(
        connect, handshake, read, write, close, lowWater, highWater, maxQueued, halfOpen, true);
  }
}
