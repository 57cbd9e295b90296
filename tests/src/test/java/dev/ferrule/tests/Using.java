package dev.ferrule.tests;

import dev.ferrule.ssl.SslContext;

/**
 * The SSL provider that the suites run with: the default, or what {@code
 * -Ddev.ferrule.provider=NAME} says. Only where providers differ, and docs say so, a test asks.
 */
public final class Using {
  private static final String PROVIDER = SslContext.provider(null).name();

  private Using() {}

  /** Its name. */
  public static String provider() {
    return PROVIDER;
  }

  /** Whether it is the JDK's. */
  public static boolean jdk() {
    return PROVIDER.equals("jdk");
  }

  /** One of two expectations. */
  public static <T> T either(T jdk, T boringssl) {
    return jdk() ? jdk : boringssl;
  }
}
