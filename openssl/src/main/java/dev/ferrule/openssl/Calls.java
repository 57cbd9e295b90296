package dev.ferrule.openssl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;

/**
 * How functions of OpenSSL are called, and how they call back. Java generates code for each new
 * signature, which takes about 20 ms at start. So all have one: six 64-bit parameters and a 64-bit
 * result, and a function ignores those that it does not have: in both ABIs (System V x86-64,
 * AAPCS64) the first six are passed in registers, an int in the low half of one. Pointers are longs
 * here; an int is the low half of a result.
 */
final class Calls {
  private static final FunctionDescriptor SHAPE =
      FunctionDescriptor.of(
          JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  /** More than any text or secret that OpenSSL points to. */
  private static final int LONGEST_TEXT = 64 * 1024;

  private Calls() {}

  /** A function by its name. */
  static MethodHandle of(String name) {
    return Library.function(name, SHAPE);
  }

  /** The same, of a function with eight. */
  static MethodHandle ofEight(String name) {
    return Library.function(name, SHAPE.appendArgumentLayouts(JAVA_LONG, JAVA_LONG));
  }

  static long call(
      MethodHandle function, long a, long b, long c, long d, long e, long f, long g, long h) {
    try {
      return (long) function.invokeExact(a, b, c, d, e, f, g, h);
    } catch (Throwable thrown) {
      throw broken(thrown);
    }
  }

  static long call(MethodHandle function, long a, long b, long c, long d, long e, long f) {
    try {
      return (long) function.invokeExact(a, b, c, d, e, f);
    } catch (Throwable thrown) {
      throw broken(thrown);
    }
  }

  private static IllegalStateException broken(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return new IllegalStateException("a call of OpenSSL failed in Java", thrown);
  }

  static long call(MethodHandle function) {
    return call(function, 0, 0, 0, 0, 0, 0);
  }

  static long call(MethodHandle function, long a) {
    return call(function, a, 0, 0, 0, 0, 0);
  }

  static long call(MethodHandle function, long a, long b) {
    return call(function, a, b, 0, 0, 0, 0);
  }

  static long call(MethodHandle function, long a, long b, long c) {
    return call(function, a, b, c, 0, 0, 0);
  }

  static long call(MethodHandle function, long a, long b, long c, long d) {
    return call(function, a, b, c, d, 0, 0);
  }

  /** With a text, which the function copies or only reads. */
  static long call(MethodHandle function, long a, long b, long c, String text) {
    try (Arena arena = Arena.ofConfined()) {
      return call(function, a, b, c, arena.allocateFrom(text).address());
    }
  }

  /** With a text as the second parameter. */
  static long call(MethodHandle function, long a, String text) {
    try (Arena arena = Arena.ofConfined()) {
      return call(function, a, arena.allocateFrom(text).address());
    }
  }

  /** What C calls instead of a function of it; for ever. */
  @SuppressWarnings("restricted")
  static long stub(MethodHandles.Lookup lookup, String method) {
    try {
      MethodHandle target =
          lookup.findStatic(
              lookup.lookupClass(),
              method,
              MethodType.methodType(
                  long.class,
                  long.class,
                  long.class,
                  long.class,
                  long.class,
                  long.class,
                  long.class));
      return Linker.nativeLinker().upcallStub(target, SHAPE, Arena.global()).address();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Native memory that C points to; the caller knows how long it stays. */
  @SuppressWarnings("restricted")
  static MemorySegment memory(long address, long bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }

  static byte[] bytes(long address, long length) {
    return length <= 0 ? new byte[0] : memory(address, length).toArray(JAVA_BYTE);
  }

  /** A text that ends with a zero; empty for no text. */
  static String text(long address) {
    return new String(line(address), StandardCharsets.UTF_8);
  }

  /** Its bytes, without the zero. */
  static byte[] line(long address) {
    if (address == 0) {
      return new byte[0];
    }
    MemorySegment memory = memory(address, LONGEST_TEXT);
    int length = 0;
    while (length < LONGEST_TEXT && memory.get(JAVA_BYTE, length) != 0) {
      length++;
    }
    return bytes(address, length);
  }
}
