package dev.ferrule;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ferrule.event.FramingError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages are the same however their bytes are cut into pieces. */
class FramingTest {
  private static List<Framing> framings() {
    return List.of(
        Framing.lengthPrefix(1, 20),
        Framing.lengthPrefix(2, 20),
        Framing.lengthPrefix(4, 20),
        Framing.lines(20),
        Framing.crlfLines(20));
  }

  private static byte[] message(Random random, Framing framing, int length) {
    byte[] message = new byte[length];
    for (int i = 0; i < length; i++) {
      // Lines hold CR anywhere but in front of their end.
      boolean last = i == length - 1;
      message[i] =
          (byte)
              (framing.isLines() ? (last || random.nextInt(3) > 0 ? 'a' : '\r') : random.nextInt());
    }
    return message;
  }

  private static byte[] written(Framing framing, List<byte[]> messages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] message : messages) {
      try {
        framing.write(out, ByteBuffer.wrap(message));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return out.toByteArray();
  }

  private static List<ByteBuffer> buffers(List<byte[]> messages) {
    return messages.stream().map(ByteBuffer::wrap).toList();
  }

  /** Reads pieces that end at each set bit of {@code cuts}, and at the end. */
  private static List<ByteBuffer> read(Framing framing, byte[] bytes, long cuts) {
    MessageReader reader = framing.reader();
    List<ByteBuffer> found = new ArrayList<>();
    int from = 0;
    for (int to = 1; to <= bytes.length; to++) {
      if (to == bytes.length || (cuts >> (to - 1) & 1) != 0) {
        ByteBuffer piece = ByteBuffer.wrap(bytes, from, to - from);
        for (ByteBuffer message; (message = reader.next(piece)) != null; ) {
          found.add(ByteBuffer.allocate(message.remaining()).put(message).flip());
        }
        assertThat(piece.hasRemaining()).isFalse();
        from = to;
      }
    }
    assertThat(reader.isInside()).isFalse();
    return found;
  }

  @ParameterizedTest
  @MethodSource("framings")
  void every_split_gives_the_same_messages(Framing framing) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<byte[]> messages =
        List.of(
            message(random, framing, 3), message(random, framing, 0), message(random, framing, 2));
    byte[] bytes = written(framing, messages);
    assertThat(bytes.length).isLessThan(18);
    for (long cuts = 0; cuts < 1L << (bytes.length - 1); cuts++) {
      assertThat(read(framing, bytes, cuts))
          .as("seed %d, cuts %s", seed, Long.toBinaryString(cuts))
          .isEqualTo(buffers(messages));
    }
  }

  @ParameterizedTest
  @MethodSource("framings")
  void random_messages_in_random_pieces_are_the_same(Framing framing) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      List<byte[]> messages = new ArrayList<>();
      for (int left = random.nextInt(1, 5); left > 0; left--) {
        messages.add(message(random, framing, random.nextInt(21)));
      }
      byte[] bytes = written(framing, messages);
      if (bytes.length <= 64) {
        assertThat(read(framing, bytes, random.nextLong()))
            .as("seed %d, round %d", seed, round)
            .isEqualTo(buffers(messages));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("framings")
  void a_blocking_stream_gives_the_same_and_is_not_read_ahead(Framing framing) throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<byte[]> messages = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      messages.add(message(random, framing, random.nextInt(21)));
    }
    ByteArrayInputStream in = new ByteArrayInputStream(written(framing, messages));
    MessageReader reader = framing.reader();
    for (int i = 0; i < 50; i++) {
      int behind = written(framing, messages.subList(i + 1, 50)).length;
      assertThat(reader.read(in)).as("seed %d", seed).isEqualTo(ByteBuffer.wrap(messages.get(i)));
      assertThat(in.available()).isEqualTo(behind);
    }
    assertThat(reader.read(in)).isNull();
  }

  @Test
  void a_message_that_lies_whole_in_the_buffer_is_not_copied() {
    byte[] bytes = written(Framing.lines(20), List.of(new byte[] {'a'}, new byte[] {'b'}));
    ByteBuffer data = ByteBuffer.wrap(bytes);
    MessageReader reader = Framing.lines(20).reader();
    assertThat(reader.next(data).array()).isSameAs(bytes);
    assertThat(reader.next(data).array()).isSameAs(bytes);
  }

  @ParameterizedTest
  @MethodSource("framings")
  void one_byte_more_than_the_maximum_is_an_error_in_every_split(Framing framing) {
    byte[] longest = new byte[20];
    Arrays.fill(longest, (byte) 'x');
    byte[] good = written(framing, List.of(longest));
    Framing shorter =
        framing.isLines() ? Framing.lines(19) : Framing.lengthPrefix(framing.prefix(), 19);
    for (int cut = 0; cut < good.length; cut++) {
      long cuts = cut == 0 ? 0 : 1L << (cut - 1);
      assertThat(read(framing, good, cuts)).hasSize(1);
      FramingError error =
          catchThrowableOfType(FramingError.class, () -> read(shorter, good, cuts));
      assertThat(error.kind()).isEqualTo(FramingError.Kind.TOO_LONG);
      assertThat(error.message()).contains("19").doesNotContain("xx");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x80000000, -1, 0xfffffff0})
  void a_negative_length_is_an_error(int length) {
    ByteBuffer data = ByteBuffer.allocate(4).putInt(length).flip();
    MessageReader reader = Framing.lengthPrefix(4, 100).reader();
    FramingError error = catchThrowableOfType(FramingError.class, () -> reader.next(data));
    assertThat(error.kind()).isEqualTo(FramingError.Kind.NEGATIVE);
    assertThatThrownBy(() -> reader.next(data)).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x80000000, -1, 0xfffffff0})
  void a_negative_length_is_an_error_in_every_split_and_behind_a_message(int length) {
    Framing framing = Framing.lengthPrefix(4, 100);
    byte[] bytes = ByteBuffer.allocate(9).putInt(1).put((byte) 'a').putInt(length).array();
    for (long cuts = 0; cuts < 1L << (bytes.length - 1); cuts++) {
      long at = cuts;
      FramingError error = catchThrowableOfType(FramingError.class, () -> read(framing, bytes, at));
      assertThat(error.kind()).as("cuts %d", cuts).isEqualTo(FramingError.Kind.NEGATIVE);
    }
  }

  @ParameterizedTest
  @MethodSource("framings")
  void a_reader_knows_in_every_split_whether_an_end_would_be_in_the_middle(Framing framing) {
    byte[] bytes = written(framing, List.of("hello".getBytes(US_ASCII)));
    for (int length = 0; length <= bytes.length; length++) {
      for (int cut = 0; cut <= length; cut++) {
        MessageReader reader = framing.reader();
        boolean whole = reader.next(ByteBuffer.wrap(bytes, 0, cut)) != null;
        whole |= reader.next(ByteBuffer.wrap(bytes, cut, length - cut)) != null;
        assertThat(whole).isEqualTo(length == bytes.length);
        assertThat(reader.isInside()).as("%d of %d", cut, length).isEqualTo(length > 0 && !whole);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("framings")
  void an_end_in_the_middle_is_an_error_to_a_blocking_reader(Framing framing) {
    byte[] whole = written(framing, List.of("hello".getBytes(US_ASCII)));
    for (int length = 1; length < whole.length; length++) {
      ByteArrayInputStream in = new ByteArrayInputStream(whole, 0, length);
      IOException thrown = catchThrowableOfType(IOException.class, () -> framing.reader().read(in));
      assertThat(((FramingError) thrown.getCause()).kind()).isEqualTo(FramingError.Kind.INCOMPLETE);
    }
  }

  @Test
  void what_a_peer_announces_takes_no_memory_before_it_comes() {
    MessageReader reader = Framing.lengthPrefix(4, Framing.MOST).reader();
    ByteBuffer data = ByteBuffer.allocate(100).putInt(Framing.MOST).position(0);
    long before = allocated();
    assertThat(reader.next(data)).isNull();
    assertThat(allocated() - before).isLessThan(1 << 20);
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean)
            java.lang.management.ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  @Test
  void a_message_that_cannot_be_said_is_refused_where_it_is_written() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThatThrownBy(() -> Framing.lines(3).write(out, ByteBuffer.wrap(new byte[4])))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Framing.lines(3).write(out, US_ASCII.encode("a\nb")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line feed");
    assertThatThrownBy(() -> Framing.lines(3).write(out, US_ASCII.encode("a\r")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("CR");
    assertThat(out.size()).isZero();
  }

  @Test
  void a_long_message_is_written_whole() throws IOException {
    byte[] message = new byte[100_000];
    new Random(1).nextBytes(message);
    byte[] bytes = written(Framing.lengthPrefix(4, 1 << 20), List.of(message));
    assertThat(bytes).hasSize(100_004);
    assertThat(Framing.lengthPrefix(4, 1 << 20).reader().read(new ByteArrayInputStream(bytes)))
        .isEqualTo(ByteBuffer.wrap(message));
    byte[] line = new byte[16 * 1024 - 1];
    Arrays.fill(line, (byte) 'x');
    assertThat(written(Framing.crlfLines(1 << 20), List.of(line))).hasSize(16 * 1024 + 1);
  }

  @Test
  void settings_without_a_meaning_are_refused() {
    assertThatThrownBy(() -> Framing.lengthPrefix(3, 10)).hasMessageContaining("1, 2 or 4");
    assertThatThrownBy(() -> Framing.lengthPrefix(1, 256)).hasMessageContaining("256");
    assertThatThrownBy(() -> Framing.lengthPrefix(2, 65_536)).hasMessageContaining("65536");
    assertThatThrownBy(() -> Framing.lines(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
