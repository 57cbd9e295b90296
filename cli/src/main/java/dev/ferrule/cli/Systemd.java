package dev.ferrule.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells systemd how the process does, in the protocol of sd_notify(3): a datagram to the
 * Unix-domain socket that NOTIFY_SOCKET names, which Java itself cannot send. Linux only. Any
 * thread.
 */
final class Systemd {
  private static final short AF_UNIX = 1;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int PATH_AT = 2;
  private static final int LONGEST_PATH = 108;
  private static final Duration SHORTEST = Duration.ofMillis(1);

  /** Bound when something is told for the first time. */
  @SuppressWarnings("restricted") // the tool may call native code
  private static final class Calls {
    static final Linker LINKER = Linker.nativeLinker();

    // int socket(int domain, int type, int protocol)
    static final MethodHandle SOCKET =
        handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

    // ssize_t sendto(int fd, const void *, size_t, int flags, const struct sockaddr *, socklen_t)
    static final MethodHandle SENDTO =
        handle(
            "sendto",
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

    // int close(int fd)
    static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private static MethodHandle handle(String name, FunctionDescriptor shape) {
      return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), shape);
    }
  }

  private final byte @Nullable [] path; // null: nobody listens
  private final @Nullable Duration watchdog;

  private Systemd(byte @Nullable [] path, @Nullable Duration watchdog) {
    this.path = path;
    this.watchdog = watchdog;
  }

  /** Tells nobody when systemd does not wait for anything, or this is not Linux. */
  static Systemd of(Map<String, String> environment, long pid) {
    String socket = environment.get("NOTIFY_SOCKET");
    if (socket == null || !socket.matches("[/@].+") || !isLinux()) {
      return new Systemd(null, null);
    }
    byte[] path = socket.getBytes(UTF_8);
    if (path.length >= LONGEST_PATH) {
      return new Systemd(null, null);
    }
    if (path[0] == '@') {
      path[0] = 0; // a name that is in no file system
    }
    return new Systemd(path, watchdog(environment, pid));
  }

  private static boolean isLinux() {
    return System.getProperty("os.name", "").equals("Linux");
  }

  private static @Nullable Duration watchdog(Map<String, String> environment, long pid) {
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    String whose = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
    if (!micros.matches("[0-9]{1,15}") || !whose.equals(Long.toString(pid))) {
      return null;
    }
    Duration time = Duration.ofNanos(Long.parseLong(micros) * 1000);
    return time.compareTo(SHORTEST) < 0 ? null : time;
  }

  /** How long it waits for a sign of life before it kills the process; null when it does not. */
  @Nullable Duration watchdog() {
    return watchdog;
  }

  /** It serves. */
  boolean ready(String status) {
    return send("READY=1\nSTATUS=" + status);
  }

  /** It reads its configuration again; {@link #ready} follows. */
  boolean reloading() {
    return send("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000);
  }

  /** It ends. */
  boolean stopping() {
    return send("STOPPING=1");
  }

  /** All its loops are alive. */
  boolean alive() {
    return send("WATCHDOG=1");
  }

  /** False when nobody took it: that is no reason to end. */
  private boolean send(String state) {
    byte[] to = path;
    if (to == null) {
      return false;
    }
    byte[] text = state.getBytes(UTF_8);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(PATH_AT + LONGEST_PATH, 2);
      address.set(JAVA_SHORT, 0, AF_UNIX);
      MemorySegment.copy(to, 0, address, JAVA_BYTE, PATH_AT, to.length);
      MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, text);
      int fd = (int) Calls.SOCKET.invokeExact((int) AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
      if (fd < 0) {
        return false;
      }
      long sent =
          (long)
              Calls.SENDTO.invokeExact(
                  fd, bytes, (long) text.length, MSG_NOSIGNAL, address, PATH_AT + to.length);
      int closed = (int) Calls.CLOSE.invokeExact(fd);
      return sent == text.length && closed == 0;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the system threw", e);
    }
  }
}
