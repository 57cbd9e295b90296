package dev.ferrule.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuffersTest {
  private final Buffers buffers = new Buffers();

  private List<ByteBuffer> taken(int chunks) {
    List<ByteBuffer> all = new ArrayList<>();
    for (int i = 0; i < chunks; i++) {
      all.add(buffers.takeChunk(Buffers.CHUNK));
    }
    return all;
  }

  private static boolean isOne(ByteBuffer chunk, List<ByteBuffer> of) {
    return of.stream().anyMatch(other -> other == chunk);
  }

  @Test
  void chunks_that_nobody_needed_for_a_while_are_dropped() {
    List<ByteBuffer> busy = taken(10);
    assertThat(buffers.trims()).isFalse();
    busy.forEach(buffers::giveChunk);
    assertThat(buffers.trims()).isTrue();
    buffers.trim(); // from now on it is seen how many are needed
    taken(3).forEach(buffers::giveChunk);
    buffers.trim();
    assertThat(taken(3)).as("needed lately").allMatch(chunk -> isOne(chunk, busy));
    assertThat(taken(1)).as("dropped").noneMatch(chunk -> isOne(chunk, busy));
  }

  @Test
  void nothing_is_trimmed_once_all_is_dropped() {
    taken(10).forEach(buffers::giveChunk);
    buffers.trim();
    buffers.trim();
    assertThat(buffers.trims()).isFalse();
    taken(1).forEach(buffers::giveChunk);
    assertThat(buffers.trims()).isTrue();
  }

  @Test
  void few_bytes_take_a_chunk_of_their_size_which_is_no_spare() {
    ByteBuffer few = buffers.takeChunk(7);
    assertThat(few.capacity()).isEqualTo(7);
    buffers.giveChunk(few);
    assertThat(buffers.trims()).isFalse();
    assertThat(buffers.takeChunk(2000).capacity()).isEqualTo(Buffers.CHUNK);
  }

  @Test
  void output_buffers_that_were_kept_are_dropped_when_no_more_are() {
    ByteBuffer kept = buffers.keepOutput(Memory.HEAP);
    assertThat(kept).isNotNull();
    buffers.giveOutput(kept);
    buffers.trim();
    assertThat(buffers.trims()).as("one was given out since").isTrue();
    buffers.trim();
    assertThat(buffers.trims()).isFalse();
  }

  @Test
  void what_is_shared_is_made_once() {
    Object first = buffers.shared(Object.class, Object::new);
    assertThat(buffers.shared(Object.class, Object::new)).isSameAs(first);
  }
}
