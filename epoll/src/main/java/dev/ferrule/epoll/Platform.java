package dev.ferrule.epoll;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The system that this runs on, and why it may not do. Nothing here binds a native call before
 * everything else is known to be right.
 */
record Platform(String system, String architecture) {
  /** Those that came last; epoll_pwait2, later still, can be done without. */
  private static final List<String> NEEDED =
      List.of("epoll_create1", "epoll_ctl", "epoll_wait", "eventfd", "eventfd_write", "accept4");

  static Platform current() {
    return new Platform(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  /** What the kernel calls the architecture; null for one whose structs are not known here. */
  private @Nullable String known() {
    return switch (architecture) {
      case "amd64", "x86_64" -> "x86-64";
      case "aarch64" -> "aarch64";
      default -> null;
    };
  }

  /** {@code sizeof(struct epoll_event)}: packed on x86-64, as it was in 32 bits. */
  int eventBytes() {
    return "x86-64".equals(known()) ? 12 : 16;
  }

  /** The system, its version and the architecture. */
  String text() {
    return system + " " + System.getProperty("os.version") + " (" + known() + ")";
  }

  /** One sentence; null when nothing is in the way. */
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
   * Without --enable-native-access, the JVM allows it and warns once, or denies it; only trying
   * tells which. Nothing is tried, and so nothing warned of, when access is enabled.
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
