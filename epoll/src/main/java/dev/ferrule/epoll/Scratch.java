package dev.ferrule.epoll;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Small native memory that the calls of one thread share: errno, an address, an option. It is freed
 * when it is unreachable, so a link that is closed after its poller can still use it.
 */
final class Scratch {
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int ERRNO_BYTES = 8;
  private static final int ADDRESS_BYTES = 128; // sizeof(struct sockaddr_storage)

  /** The memory into which a call writes its errno. */
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

  /** {@link #length}, set to {@code bytes}, the room for an address or a value. */
  MemorySegment room(MemorySegment bytes) {
    length((int) bytes.byteSize());
    return length;
  }

  /** The length that a call wrote. */
  int length() {
    return length.get(ValueLayout.JAVA_INT, 0);
  }

  /** Sets the length of an address or an option. */
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
