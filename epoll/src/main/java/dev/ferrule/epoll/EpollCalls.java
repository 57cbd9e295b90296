package dev.ferrule.epoll;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** The calls of the C library that a poller needs; they return errors as {@link Libc} does. */
final class EpollCalls {
  static final int EPOLL_CLOEXEC = 0x80000;
  static final int EPOLL_CTL_ADD = 1;
  static final int EPOLL_CTL_DEL = 2;
  static final int EPOLL_CTL_MOD = 3;
  static final int EPOLLIN = 0x001;
  static final int EPOLLPRI = 0x002;
  static final int EPOLLOUT = 0x004;
  static final int EPOLLERR = 0x008;
  static final int EPOLLHUP = 0x010;
  static final int EPOLLRDHUP = 0x2000;
  static final int EPOLLET = 1 << 31;
  static final int EFD_NONBLOCK = 0x800;
  static final int EFD_CLOEXEC = 0x80000;

  // int epoll_create1(int flags)
  private static final MethodHandle EPOLL_CREATE1 = Libc.handle("epoll_create1");

  // int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
  private static final MethodHandle EPOLL_CTL = Libc.handle("epoll_ctl");

  // int epoll_pwait2(int epfd, struct epoll_event *events, int maxevents,
  //                  const struct timespec *timeout, const sigset_t *sigmask)
  private static final @Nullable MethodHandle EPOLL_PWAIT2 =
      Linker.nativeLinker().defaultLookup().find("epoll_pwait2").isEmpty()
          ? null
          : Libc.handle("epoll_pwait2");

  // int eventfd(unsigned int value, int flags)
  private static final MethodHandle EVENTFD = Libc.handle("eventfd");

  // int eventfd_write(int fd, eventfd_t value)
  private static final MethodHandle EVENTFD_WRITE = Libc.handle("eventfd_write");

  // int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout)
  private static final MethodHandle EPOLL_WAIT = Libc.handle("epoll_wait");

  private EpollCalls() {}

  static int create(MemorySegment state) {
    return Libc.call(EPOLL_CREATE1, state, state, EPOLL_CLOEXEC, 0, 0, 0, 0);
  }

  static int control(MemorySegment state, int epoll, int op, int fd, MemorySegment event) {
    return Libc.call(EPOLL_CTL, state, event, epoll, op, fd, event.address(), 0);
  }

  /** Waits for {@code millis}; -1 without limit. For systems without epoll_pwait2. */
  static int await(MemorySegment state, int epoll, MemorySegment events, int most, int millis) {
    return Libc.call(EPOLL_WAIT, state, events, epoll, events.address(), most, millis, 0);
  }

  /**
   * Waits for a {@code struct timespec}, NULL without limit; -ENOSYS where the system cannot
   * (before Linux 5.11).
   */
  static int awaitNanos(
      MemorySegment state, int epoll, MemorySegment events, int most, MemorySegment time) {
    MethodHandle wait = EPOLL_PWAIT2; // a constant for the JIT compiler
    if (wait == null) {
      return -Errno.ENOSYS;
    }
    return Libc.call(wait, state, events, epoll, events.address(), most, time.address(), 0);
  }

  static int eventfd(MemorySegment state) {
    return Libc.call(EVENTFD, state, state, 0, EFD_NONBLOCK | EFD_CLOEXEC, 0, 0, 0);
  }

  static int signal(MemorySegment state, int eventfd) {
    return Libc.call(EVENTFD_WRITE, state, state, eventfd, 1, 0, 0, 0);
  }
}
