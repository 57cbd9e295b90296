package dev.ferrule.testkit.contract;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Limits a read or a write to a number of bytes. */
final class Pieces {
  private Pieces() {}

  /** A read or a write. */
  @FunctionalInterface
  interface Move {
    int move(ByteBuffer buffer) throws IOException;
  }

  static int move(Move move, ByteBuffer buffer, int most) throws IOException {
    int limit = buffer.limit();
    buffer.limit(buffer.position() + Math.min(most, buffer.remaining()));
    try {
      return move.move(buffer);
    } finally {
      buffer.limit(limit);
    }
  }
}
