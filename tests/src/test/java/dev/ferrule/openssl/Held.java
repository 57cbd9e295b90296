package dev.ferrule.openssl;

/** What the provider holds in native memory and has, for tests outside its package. */
public final class Held {
  private Held() {}

  /** Connections that hold native memory. */
  public static long connections() {
    return NativeContext.live();
  }

  /** The group that two of its ends agree on by default; empty where there is no library. */
  public static String firstGroup() {
    return Library.problem() == null ? Had.GROUPS.getFirst() : "";
  }

  /** Whether the library that was found has a post-quantum group. */
  public static boolean postQuantum() {
    return firstGroup().contains("MLKEM");
  }
}
