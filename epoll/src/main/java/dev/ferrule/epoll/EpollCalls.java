package dev.ferrule.epoll;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** The calls of the C library that a poller takes; answers are as those of {@link Libc}. */
final class EpollCalls {
  static final int EPOLL_CLOEXEC = 0x80000;
  static final int EPOLL_CTL_ADD = 1;
  static final int EPOLL_CTL_DEL = 2;
  static final int EPOLL_CTL_MOD = 3;
  static final int EPOLLIN = 0x001;
  static final int EPOLLOUT = 0x004;
  static final int EPOLLERR = 0x008;
  static final int EPOLLHUP = 0x010;
  static final int EPOLLRDHUP = 0x2000;
  static final int EPOLLET = 1 << 31;
  static final int EFD_NONBLOCK = 0x800;
  static final int EFD_CLOEXEC = 0x80000;

  // int epoll_create1(int flags)
  private static final MethodHandle EPOLL_CREATE1 =
      Libc.handle("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT), Libc.ERRNO);

  // int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
  private static final MethodHandle EPOLL_CTL =
      Libc.handle(
          "epoll_ctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS),
          Libc.ERRNO);

  // int epoll_pwait2(int epfd, struct epoll_event *events, int maxevents,
  //                  const struct timespec *timeout, const sigset_t *sigmask)
  private static final @Nullable MethodHandle EPOLL_PWAIT2 =
      Linker.nativeLinker().defaultLookup().find("epoll_pwait2").isEmpty()
          ? null
          : Libc.handle(
              "epoll_pwait2",
              FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS),
              Libc.ERRNO);

  // int eventfd(unsigned int value, int flags)
  private static final MethodHandle EVENTFD =
      Libc.handle("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), Libc.ERRNO);

  // int eventfd_write(int fd, eventfd_t value)
  private static final MethodHandle EVENTFD_WRITE =
      Libc.handle(
          "eventfd_write", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG), Libc.ERRNO);

  /** For systems without epoll_pwait2 only. */
  private static final class Older {
    // int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout)
    static final MethodHandle EPOLL_WAIT =
        Libc.handle(
            "epoll_wait",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
            Libc.ERRNO);
  }

  private EpollCalls() {}

  static int create(MemorySegment state) {
    try {
      return Libc.answer((int) EPOLL_CREATE1.invokeExact(state, EPOLL_CLOEXEC), state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  static int control(MemorySegment state, int epoll, int op, int fd, MemorySegment event) {
    try {
      return Libc.answer((int) EPOLL_CTL.invokeExact(state, epoll, op, fd, event), state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  /** Waits for {@code millis}; -1 without limit. */
  static int await(MemorySegment state, int epoll, MemorySegment events, int most, int millis) {
    try {
      return Libc.answer(
          (int) Older.EPOLL_WAIT.invokeExact(state, epoll, events, most, millis), state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  /**
   * Waits for a {@code struct timespec}, NULL without limit; -ENOSYS where the system cannot
   * (before Linux 5.11).
   */
  static int awaitNanos(
      MemorySegment state, int epoll, MemorySegment events, int most, MemorySegment time) {
    MethodHandle call = EPOLL_PWAIT2; // a constant for the compiler all the same
    if (call == null) {
      return -Errno.ENOSYS;
    }
    try {
      int n = (int) call.invokeExact(state, epoll, events, most, time, MemorySegment.NULL);
      return Libc.answer(n, state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  static int eventfd(MemorySegment state) {
    try {
      return Libc.answer((int) EVENTFD.invokeExact(state, 0, EFD_NONBLOCK | EFD_CLOEXEC), state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  static int signal(MemorySegment state, int eventfd) {
    try {
      return Libc.answer((int) EVENTFD_WRITE.invokeExact(state, eventfd, 1L), state);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }
}
