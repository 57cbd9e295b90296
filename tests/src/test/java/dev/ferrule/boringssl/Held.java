package dev.ferrule.boringssl;

/** What the provider holds in native memory, for tests outside its package. */
public final class Held {
  private Held() {}

  /** Connections that hold native memory. */
  public static long connections() {
    return NativeContext.live();
  }
}
