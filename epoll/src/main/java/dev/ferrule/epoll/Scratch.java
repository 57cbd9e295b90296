package dev.ferrule.epoll;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The small native memory that the calls of one thread share: where they leave their errno, an
 * address, an option. It is freed when nothing refers to it any more, so a link that is closed
 * after its poller finds it still there.
 */
final class Scratch {
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int ERRNO_BYTES = 8;
  private static final int ADDRESS_BYTES = 128; // sizeof(struct sockaddr_storage)

  /** Where a call leaves its errno. */
  final MemorySegment errno;

  /** Room for any {@code struct sockaddr}. */
  final MemorySegment address;

  /** A {@code socklen_t}, the length of {@link #address} or {@link #value}. */
  private final MemorySegment length;

  /** An option's value, or a {@code struct timespec}. */
  final MemorySegment value;

  Scratch() {
    MemorySegment all = Arena.ofAuto().allocate(ERRNO_BYTES + ADDRESS_BYTES + 8 + 16, 8);
    errno = all.asSlice(0, ERRNO_BYTES);
    address = all.asSlice(ERRNO_BYTES, ADDRESS_BYTES);
    length = all.asSlice(ERRNO_BYTES + ADDRESS_BYTES, 8);
    value = all.asSlice(ERRNO_BYTES + ADDRESS_BYTES + 8, 16);
  }

  /** {@link #length}, saying that there is room for {@code bytes}. */
  MemorySegment room(MemorySegment bytes) {
    length((int) bytes.byteSize());
    return length;
  }

  /** The length that a call has answered. */
  int length() {
    return length.get(ValueLayout.JAVA_INT, 0);
  }

  /** Says how long an address or an option is. */
  void length(int bytes) {
    length.set(ValueLayout.JAVA_INT, 0, bytes);
  }

  /** {@link #value}, holding one or two ints. */
  MemorySegment ints(int first, int second) {
    value.set(ValueLayout.JAVA_INT, 0, first);
    value.set(ValueLayout.JAVA_INT, 4, second);
    return value;
  }

  /** {@link #value}, holding a {@code struct timespec}. */
  MemorySegment time(long nanos) {
    value.set(ValueLayout.JAVA_LONG, 0, nanos / NANOS_PER_SECOND);
    value.set(ValueLayout.JAVA_LONG, 8, nanos % NANOS_PER_SECOND);
    return value;
  }
}
