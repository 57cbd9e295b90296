package dev.ferrule.epoll;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes the operating system, and gives the reason if the poller cannot run on it. No native
 * call is bound before all other checks have passed.
 */
record Platform(String system, String architecture) {
  /** The first Linux version with all required calls; epoll_pwait2 came later and is optional. */
  private static final List<String> NEEDED =
      List.of("epoll_create1", "epoll_ctl", "epoll_wait", "eventfd", "eventfd_write", "accept4");

  static Platform current() {
    return new Platform(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  /**
   * The kernel's name of the architecture; null for one whose struct layouts are not supported
   * here.
   */
  private @Nullable String known() {
    return switch (architecture) {
      case "amd64", "x86_64" -> "x86-64";
      case "aarch64" -> "aarch64";
      default -> null;
    };
  }

  /** {@code sizeof(struct epoll_event)}: packed on x86-64. */
  int eventBytes() {
    return "x86-64".equals(known()) ? 12 : 16;
  }

  /** The system, its version and the architecture. */
  String text() {
    return system + " " + System.getProperty("os.version") + " (" + known() + ")";
  }

  /** The reason in one sentence; null when the poller can run. */
  @Nullable String unavailable() {
    if (!system.equals("Linux")) {
      return "epoll is Linux', and this is " + system;
    }
    if (known() == null) {
      return "epoll is known here for x86-64 and aarch64, and this is " + architecture;
    }
    for (String name : NEEDED) {
      if (Linker.nativeLinker().defaultLookup().find(name).isEmpty()) {
        return "the C library has no " + name;
      }
    }
    return denied();
  }

  /**
   * Without --enable-native-access, the JVM allows native access and warns once, or denies it; only
   * an attempt shows which. When access is enabled, no attempt is made.
   */
  @SuppressWarnings("restricted")
  private static @Nullable String denied() {
    if (Platform.class.getModule().isNativeAccessEnabled()) {
      return null;
    }
    try {
      MemorySegment _ = MemorySegment.NULL.reinterpret(0);
      return null;
    } catch (IllegalCallerException e) {
      return "the JVM denies native access; allow it with --enable-native-access=dev.ferrule.epoll"
          + " (ALL-UNNAMED when Ferrule is on the class path)";
    }
  }
}
