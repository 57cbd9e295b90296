package dev.ferrule.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ByteQueueTest {
  private final Buffers buffers = new Buffers();

  @Property(tries = 200)
  void what_goes_in_comes_out_in_order_whatever_the_pieces(
      @ForAll @Size(max = 40) List<@IntRange(min = -40_000, max = 40_000) Integer> steps) {
    ByteQueue queue = buffers.takeQueue();
    ByteArrayOutputStream in = new ByteArrayOutputStream();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int step : steps) {
      if (step >= 0) {
        byte[] bytes = numbered(in.size(), step);
        in.writeBytes(bytes);
        queue.put(ByteBuffer.wrap(bytes));
      } else {
        take(queue, -step, out);
      }
      assertThat(queue.size()).isEqualTo(in.size() - out.size());
    }
    take(queue, in.size(), out);
    assertThat(out.toByteArray()).isEqualTo(in.toByteArray());
    assertThat(queue.isEmpty()).isTrue();
    buffers.giveQueue(queue);
  }

  @Property(tries = 200)
  void what_was_copied_and_skipped_is_what_would_have_been_taken(
      @ForAll @IntRange(min = 1, max = 100_000) int size,
      @ForAll @IntRange(min = 1, max = 60_000) int window) {
    ByteQueue queue = buffers.takeQueue();
    byte[] bytes = numbered(0, size);
    queue.put(ByteBuffer.wrap(bytes));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (!queue.isEmpty()) {
      ByteBuffer piece = ByteBuffer.allocate(window);
      queue.copy(piece);
      int half = (piece.position() + 1) / 2; // as a link that takes a part of it
      out.write(piece.array(), 0, half);
      queue.skip(half);
    }
    assertThat(out.toByteArray()).isEqualTo(bytes);
    buffers.giveQueue(queue);
  }

  private static void take(ByteQueue queue, int most, ByteArrayOutputStream out) {
    ByteBuffer piece = ByteBuffer.allocate(most);
    int n = queue.take(piece);
    out.write(piece.array(), 0, n);
  }

  private static byte[] numbered(int from, int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) ((from + i) % 251);
    }
    return bytes;
  }
}
