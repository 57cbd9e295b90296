package dev.ferrule.epoll;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The calls of the C library that a socket's life takes, and no others; {@link Transfer} has those
 * that move bytes, {@link EpollCalls} those of the poller. Each answers as the C function does, but
 * a failure is the negated errno, such as {@code -EAGAIN}. {@code state} is where a call leaves its
 * errno: one for each thread.
 *
 * <p>Binding a call of a new shape takes milliseconds, so shapes are few, and what only some
 * programs need is bound when it is first needed.
 */
final class Libc {
  static final int AF_UNIX = 1;
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int SOCK_STREAM = 1;
  static final int SOCK_NONBLOCK = 0x800;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int SHUT_WR = 1;
  static final int IPPROTO_TCP = 6;
  static final int IPPROTO_IPV6 = 41;
  static final int IPV6_V6ONLY = 26;
  static final int TCP_NODELAY = 1;
  static final int SOL_SOCKET = 1;
  static final int SO_REUSEADDR = 2;
  static final int SO_ERROR = 4;
  static final int SO_LINGER = 13;
  static final int SO_REUSEPORT = 15;

  static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final long ERRNO_AT =
      Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno"));

  private static final FunctionDescriptor ON_ADDRESS =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final FunctionDescriptor ASK_ADDRESS =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);

  // int socket(int domain, int type, int protocol)
  private static final MethodHandle SOCKET =
      handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);

  // int bind(int fd, const struct sockaddr *address, socklen_t length)
  private static final MethodHandle BIND = handle("bind", ON_ADDRESS, ERRNO);

  // int connect(int fd, const struct sockaddr *address, socklen_t length)
  private static final MethodHandle CONNECT = handle("connect", ON_ADDRESS, ERRNO);

  // int listen(int fd, int backlog)
  private static final MethodHandle LISTEN =
      handle("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);

  // int shutdown(int fd, int how)
  private static final MethodHandle SHUTDOWN =
      handle("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);

  // int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
  private static final MethodHandle ACCEPT4 =
      handle(
          "accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT), ERRNO);

  // int getsockname(int fd, struct sockaddr *address, socklen_t *length)
  private static final MethodHandle GETSOCKNAME = handle("getsockname", ASK_ADDRESS, ERRNO);

  // int getpeername(int fd, struct sockaddr *address, socklen_t *length)
  private static final MethodHandle GETPEERNAME = handle("getpeername", ASK_ADDRESS, ERRNO);

  /** For clients only. */
  private static final class Client {
    // int getsockopt(int fd, int level, int name, void *value, socklen_t *length)
    static final MethodHandle GETSOCKOPT =
        handle(
            "getsockopt",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS),
            ERRNO);
  }

  // int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
  private static final MethodHandle SETSOCKOPT =
      handle(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT),
          ERRNO);

  // int close(int fd)
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), ERRNO);

  /** For an errno that nobody reads, of any thread. */
  private static final MemorySegment UNREAD = Arena.global().allocate(8, 8);

  private Libc() {}

  @SuppressWarnings("restricted")
  static MethodHandle handle(String name, FunctionDescriptor shape, Linker.Option... options) {
    SymbolLookup symbols = Linker.nativeLinker().defaultLookup();
    return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), shape, options);
  }

  static int socket(MemorySegment state, int domain, int type) {
    try {
      return answer((int) SOCKET.invokeExact(state, domain, type, 0), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int bind(MemorySegment state, int fd, MemorySegment address, int length) {
    try {
      return answer((int) BIND.invokeExact(state, fd, address, length), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int connect(MemorySegment state, int fd, MemorySegment address, int length) {
    try {
      return answer((int) CONNECT.invokeExact(state, fd, address, length), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int listen(MemorySegment state, int fd, int backlog) {
    try {
      return answer((int) LISTEN.invokeExact(state, fd, backlog), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int shutdown(MemorySegment state, int fd, int how) {
    try {
      return answer((int) SHUTDOWN.invokeExact(state, fd, how), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int accept4(
      MemorySegment state, int fd, MemorySegment address, MemorySegment length, int flags) {
    try {
      return answer((int) ACCEPT4.invokeExact(state, fd, address, length, flags), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int getsockname(MemorySegment state, int fd, MemorySegment address, MemorySegment length) {
    try {
      return answer((int) GETSOCKNAME.invokeExact(state, fd, address, length), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int getpeername(MemorySegment state, int fd, MemorySegment address, MemorySegment length) {
    try {
      return answer((int) GETPEERNAME.invokeExact(state, fd, address, length), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int getsockopt(
      MemorySegment state, int fd, int level, int name, MemorySegment value, MemorySegment length) {
    try {
      return answer(
          (int) Client.GETSOCKOPT.invokeExact(state, fd, level, name, value, length), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int setsockopt(
      MemorySegment state, int fd, int level, int name, MemorySegment value, int length) {
    try {
      return answer((int) SETSOCKOPT.invokeExact(state, fd, level, name, value, length), state);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** The descriptor is gone whatever the system answers, EINTR included: close(2). Any thread. */
  static void close(int fd) {
    try {
      int _ = (int) CLOSE.invokeExact(UNREAD, fd);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int answer(int result, MemorySegment state) {
    return result >= 0 ? result : -state.get(JAVA_INT, ERRNO_AT);
  }

  /** Such as a buffer whose arena was closed: what the foreign-function API has to say. */
  static RuntimeException unexpected(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException e ? e : new IllegalStateException(thrown);
  }
}
