package dev.ferrule.epoll;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The calls that move bytes; they return errors as {@link Libc} does. They are critical downcalls:
 * they skip the thread state transition and access Java arrays directly, and block garbage
 * collection while they run. So they are only for non-blocking sockets and bounded sizes.
 *
 * <p>Compiled code allocates nothing: the casts to the segments' real types let the compiler remove
 * the slices, also in a program that uses both kinds of memory.
 */
final class Transfer {
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final Class<? extends MemorySegment> NATIVE = MemorySegment.NULL.getClass();
  private static final Class<? extends MemorySegment> ARRAY =
      MemorySegment.ofArray(new byte[0]).getClass();
  private static final FunctionDescriptor SHAPE =
      FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

  /** For native memory; bound at first use, as is {@link Inside}. */
  private static final class Outside {
    static final Linker.Option QUICK = Linker.Option.critical(false);

    // ssize_t recv(int fd, void *bytes, size_t length, int flags)
    static final MethodHandle RECV = Libc.handle("recv", SHAPE, Libc.ERRNO, QUICK);

    // ssize_t send(int fd, const void *bytes, size_t length, int flags)
    static final MethodHandle SEND = Libc.handle("send", SHAPE, Libc.ERRNO, QUICK);
  }

  /** For arrays, which the garbage collector does not move during a call. */
  private static final class Inside {
    static final Linker.Option QUICK = Linker.Option.critical(true);
    static final MethodHandle RECV = Libc.handle("recv", SHAPE, Libc.ERRNO, QUICK);
    static final MethodHandle SEND = Libc.handle("send", SHAPE, Libc.ERRNO, QUICK);
  }

  private Transfer() {}

  /** Receives into {@code length} bytes of {@code region} from {@code at} on. */
  static int recv(
      MemorySegment state, int fd, MemorySegment region, boolean heap, int at, long length) {
    try {
      long n =
          heap
              ? recvInside(state, fd, ARRAY.cast(region).asSlice(at, length), length)
              : recvOutside(state, fd, NATIVE.cast(region).asSlice(at, length), length);
      return Libc.answer((int) n, state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  private static long recvInside(MemorySegment state, int fd, MemorySegment bytes, long length)
      throws Throwable {
    return (long) Inside.RECV.invokeExact(state, fd, bytes, length, 0);
  }

  private static long recvOutside(MemorySegment state, int fd, MemorySegment bytes, long length)
      throws Throwable {
    return (long) Outside.RECV.invokeExact(state, fd, bytes, length, 0);
  }

  /** Sends bytes of a region; if the peer has closed, the result is EPIPE, not a signal. */
  static int send(
      MemorySegment state, int fd, MemorySegment region, boolean heap, int at, long length) {
    try {
      long n =
          heap
              ? sendInside(state, fd, ARRAY.cast(region).asSlice(at, length), length)
              : sendOutside(state, fd, NATIVE.cast(region).asSlice(at, length), length);
      return Libc.answer((int) n, state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  private static long sendInside(MemorySegment state, int fd, MemorySegment bytes, long length)
      throws Throwable {
    return (long) Inside.SEND.invokeExact(state, fd, bytes, length, MSG_NOSIGNAL);
  }

  private static long sendOutside(MemorySegment state, int fd, MemorySegment bytes, long length)
      throws Throwable {
    return (long) Outside.SEND.invokeExact(state, fd, bytes, length, MSG_NOSIGNAL);
  }
}
