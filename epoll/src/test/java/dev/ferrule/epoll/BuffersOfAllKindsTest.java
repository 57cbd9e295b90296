package dev.ferrule.epoll;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.epoll.Room.Pair;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Buffers that a program may hand over: their memory is remembered, and must not be mistaken. */
@EnabledOnOs(OS.LINUX)
class BuffersOfAllKindsTest {
  private Room room;
  private Pair pair;

  @BeforeEach
  void open() throws IOException {
    room = new Room();
    pair = room.pair();
  }

  @AfterEach
  void close() {
    room.close();
  }

  @Test
  void slices_read_only_views_and_arrays_with_an_offset_are_written_as_they_are()
      throws IOException {
    byte[] array = "..abcdef..".getBytes(UTF_8);
    ByteBuffer direct = ByteBuffer.allocateDirect(10).put(array).clear();
    ByteBuffer[] views = {
      ByteBuffer.wrap(array, 2, 6),
      ByteBuffer.wrap(array, 1, 9).slice().position(1).limit(7),
      ByteBuffer.wrap(array).asReadOnlyBuffer().position(2).limit(8),
      direct.duplicate().position(2).limit(8),
      direct.slice(1, 8).position(1).limit(7),
      direct.asReadOnlyBuffer().position(2).limit(8),
    };
    for (ByteBuffer view : views) {
      assertThat(pair.near().write(view)).isEqualTo(6);
      assertThat(view.hasRemaining()).isFalse();
    }
    assertThat(received(36)).isEqualTo("abcdef".repeat(6));
  }

  @Test
  void more_buffers_than_are_remembered_are_told_apart() throws IOException {
    ByteBuffer[] many = new ByteBuffer[10];
    for (int i = 0; i < many.length; i++) {
      many[i] = ByteBuffer.allocateDirect(1).put(0, (byte) ('a' + i));
    }
    for (int round = 0; round < 3; round++) {
      for (ByteBuffer one : many) {
        pair.near().write(one.clear());
      }
    }
    assertThat(received(30)).isEqualTo("abcdefghij".repeat(3));
  }

  @Test
  void memory_that_was_freed_is_refused_although_it_was_used_before() throws IOException {
    ByteBuffer buffer;
    try (Arena arena = Arena.ofConfined()) {
      buffer = arena.allocate(4).asByteBuffer();
      assertThat(pair.near().write(buffer)).isEqualTo(4);
    }
    buffer.clear();
    assertThatThrownBy(() -> pair.near().write(buffer)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> pair.far().read(buffer)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void nothing_is_read_into_what_must_not_be_written() throws IOException {
    pair.near().write(Room.text("abc"));
    ByteBuffer target = ByteBuffer.allocateDirect(3).asReadOnlyBuffer();
    assertThatThrownBy(() -> pair.far().read(target)).isInstanceOf(ReadOnlyBufferException.class);
    assertThat(received(3)).isEqualTo("abc");
  }

  @Test
  void a_buffer_without_room_is_not_the_end() throws IOException {
    pair.near().write(Room.text("abc"));
    assertThat(pair.far().read(ByteBuffer.allocate(0))).isZero();
    assertThat(pair.far().write(ByteBuffer.allocate(0))).isZero();
  }

  private String received(int count) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(count);
    room.until(() -> {
      assertThat(pair.far().read(all)).isNotNegative();
      return !all.hasRemaining();
    });
    return new String(all.array(), UTF_8);
  }
}
