package dev.ferrule.epoll;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/**
 * The calls of the C library that open, configure and close sockets; {@link Transfer} has those
 * that move bytes, {@link EpollCalls} those of the poller. Each returns what the C function
 * returns, but a failure is the negated errno, such as {@code -EAGAIN}. {@code state} is the memory
 * into which a call writes its errno; each thread has its own.
 *
 * <p>Java generates code for each new call signature, which takes about 20 ms at start. So all
 * calls have one signature of five 64-bit parameters, and a function ignores those it does not
 * have: in both ABIs (System V x86-64, AAPCS64) the first six parameters are passed in registers,
 * an int in the low half of one.
 */
final class Libc {
  static final int AF_UNIX = 1;
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int SOCK_STREAM = 1;
  static final int SOCK_NONBLOCK = 0x800;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int SHUT_WR = 1;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int O_NONBLOCK = 0x800;
  static final int IPPROTO_TCP = 6;
  static final int IPPROTO_IPV6 = 41;
  static final int IPV6_V6ONLY = 26;
  static final int TCP_NODELAY = 1;
  static final int TCP_INFO = 11;
  static final int SOL_SOCKET = 1;
  static final int SO_REUSEADDR = 2;
  static final int SO_ERROR = 4;
  static final int SO_TYPE = 3;
  static final int SO_ACCEPTCONN = 30;
  static final int SO_LINGER = 13;
  static final int SO_REUSEPORT = 15;

  static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final long ERRNO_AT =
      Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno"));

  private static final FunctionDescriptor SHAPE =
      FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  // int socket(int domain, int type, int protocol)
  private static final MethodHandle SOCKET = handle("socket");

  // int bind(int fd, const struct sockaddr *address, socklen_t length)
  private static final MethodHandle BIND = handle("bind");

  // int connect(int fd, const struct sockaddr *address, socklen_t length)
  private static final MethodHandle CONNECT = handle("connect");

  // int listen(int fd, int backlog)
  private static final MethodHandle LISTEN = handle("listen");

  // int shutdown(int fd, int how)
  private static final MethodHandle SHUTDOWN = handle("shutdown");

  // int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
  private static final MethodHandle ACCEPT4 = handle("accept4");

  // int getsockname(int fd, struct sockaddr *address, socklen_t *length)
  private static final MethodHandle GETSOCKNAME = handle("getsockname");

  // int getpeername(int fd, struct sockaddr *address, socklen_t *length)
  private static final MethodHandle GETPEERNAME = handle("getpeername");

  // int getsockopt(int fd, int level, int name, void *value, socklen_t *length)
  private static final MethodHandle GETSOCKOPT = handle("getsockopt");

  // int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
  private static final MethodHandle SETSOCKOPT = handle("setsockopt");

  // int fcntl(int fd, int operation, ...), whose third argument is in a register as well
  private static final MethodHandle FCNTL = handle("fcntl");

  // int close(int fd)
  private static final MethodHandle CLOSE = handle("close");

  /** For calls whose errno is not read, on any thread. */
  private static final MemorySegment UNREAD = Arena.global().allocate(8, 8);

  private Libc() {}

  /** A function of at most five parameters, each an integer or a pointer, that returns an int. */
  static MethodHandle handle(String name) {
    return handle(name, SHAPE, ERRNO);
  }

  @SuppressWarnings("restricted")
  static MethodHandle handle(String name, FunctionDescriptor shape, Linker.Option... options) {
    SymbolLookup symbols = Linker.nativeLinker().defaultLookup();
    return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), shape, options);
  }

  /**
   * Calls a function. The memory behind the addresses stays reachable during the call: {@code
   * memory}, and everything in the arena of {@code state}.
   */
  static int call(
      MethodHandle function,
      MemorySegment state,
      MemorySegment memory,
      long a,
      long b,
      long c,
      long d,
      long e) {
    try {
      return answer((int) (long) function.invokeExact(state, a, b, c, d, e), state);
    } catch (Throwable t) {
      throw unexpected(t);
    } finally {
      Reference.reachabilityFence(memory);
    }
  }

  static int socket(MemorySegment state, int domain, int type) {
    return call(SOCKET, state, state, domain, type, 0, 0, 0);
  }

  static int bind(MemorySegment state, int fd, MemorySegment address, int length) {
    return call(BIND, state, address, fd, address.address(), length, 0, 0);
  }

  static int connect(MemorySegment state, int fd, MemorySegment address, int length) {
    return call(CONNECT, state, address, fd, address.address(), length, 0, 0);
  }

  static int listen(MemorySegment state, int fd, int backlog) {
    return call(LISTEN, state, state, fd, backlog, 0, 0, 0);
  }

  static int shutdown(MemorySegment state, int fd, int how) {
    return call(SHUTDOWN, state, state, fd, how, 0, 0, 0);
  }

  static int accept4(
      MemorySegment state, int fd, MemorySegment address, MemorySegment length, int flags) {
    return call(ACCEPT4, state, address, fd, address.address(), length.address(), flags, 0);
  }

  static int getsockname(MemorySegment state, int fd, MemorySegment address, MemorySegment length) {
    return call(GETSOCKNAME, state, address, fd, address.address(), length.address(), 0, 0);
  }

  static int getpeername(MemorySegment state, int fd, MemorySegment address, MemorySegment length) {
    return call(GETPEERNAME, state, address, fd, address.address(), length.address(), 0, 0);
  }

  static int getsockopt(
      MemorySegment state, int fd, int level, int name, MemorySegment value, MemorySegment length) {
    return call(GETSOCKOPT, state, value, fd, level, name, value.address(), length.address());
  }

  static int setsockopt(
      MemorySegment state, int fd, int level, int name, MemorySegment value, int length) {
    return call(SETSOCKOPT, state, value, fd, level, name, value.address(), length);
  }

  /** Another descriptor of the same socket, which is closed by exec(3). */
  static int duplicate(MemorySegment state, int fd) {
    return call(FCNTL, state, state, fd, F_DUPFD_CLOEXEC, 0, 0, 0);
  }

  /** Sets O_NONBLOCK, which all descriptors of the socket share. */
  static int dontBlock(MemorySegment state, int fd) {
    int flags = call(FCNTL, state, state, fd, F_GETFL, 0, 0, 0);
    return flags < 0 ? flags : call(FCNTL, state, state, fd, F_SETFL, flags | O_NONBLOCK, 0, 0);
  }

  /**
   * Closes a descriptor, which is closed even if the call fails with EINTR (close(2)). Any thread.
   */
  static void close(int fd) {
    int _ = call(CLOSE, UNREAD, UNREAD, fd, 0, 0, 0, 0);
  }

  static int answer(int result, MemorySegment state) {
    return result >= 0 ? result : -state.get(JAVA_INT, ERRNO_AT);
  }

  /**
   * Rethrows what the foreign-function API throws, for example for a buffer whose arena was closed.
   */
  static RuntimeException unexpected(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException e ? e : new IllegalStateException(thrown);
  }
}
