package dev.ferrule.cli.handover;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Locale;

/**
 * The system calls for sockets whose descriptors go from one process to another, which Java does
 * not make. Linux on x86-64 and aarch64, whose first six integer parameters are passed in
 * registers: all calls have one shape, and a function ignores the parameters that it does not have.
 * Any thread.
 */
@SuppressWarnings("restricted") // the tool may call native code
final class Calls {
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EPIPE = 32;
  static final int ECONNRESET = 104;
  static final int ECONNREFUSED = 111;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO_VALUE =
      Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));
  private static final MethodHandle STRERROR =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("strerror"),
          FunctionDescriptor.of(java.lang.foreign.ValueLayout.ADDRESS, JAVA_INT));

  /** A function of the C library. */
  enum Call {
    SOCKET,
    BIND,
    LISTEN,
    ACCEPT4,
    CONNECT,
    SENDMSG,
    RECVMSG,
    GETSOCKOPT,
    SETSOCKOPT,
    GETSOCKNAME,
    SHUTDOWN,
    GETEUID,
    CLOSE;

    private final MethodHandle function =
        LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow(name().toLowerCase(Locale.ROOT)),
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            ERRNO);

    /** What the function returns, or its negated errno; again after EINTR. */
    int of(long a, long b, long c, long d, long e) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
        int result;
        do {
          result = (int) (long) function.invokeExact(state, a, b, c, d, e);
        } while (result < 0 && (int) ERRNO_VALUE.get(state, 0L) == EINTR && this != CLOSE);
        return result >= 0 ? result : -(int) ERRNO_VALUE.get(state, 0L);
      } catch (RuntimeException | Error e1) {
        throw e1;
      } catch (Throwable e1) {
        throw new IllegalStateException("a call of the system threw", e1);
      }
    }

    int of(long a, long b, long c) {
      return of(a, b, c, 0, 0);
    }

    /** What the function returns; {@code what} begins the message of a failure. */
    int require(String what, long a, long b, long c, long d, long e) throws IOException {
      int result = of(a, b, c, d, e);
      if (result < 0) {
        throw new IOException(what + ": " + text(-result));
      }
      return result;
    }
  }

  private Calls() {}

  /** Whether they can be made here. */
  static boolean exist() {
    return System.getProperty("os.name", "").equals("Linux");
  }

  /** An error as the system says it. */
  static String text(int errno) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
      return text.reinterpret(256).getString(0);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the system threw", e);
    }
  }

  static void close(int descriptor) {
    int _ = Call.CLOSE.of(descriptor, 0, 0);
  }
}
