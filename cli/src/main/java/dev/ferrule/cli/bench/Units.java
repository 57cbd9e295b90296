package dev.ferrule.cli.bench;

import java.util.Locale;

/** Figures as people read them. */
final class Units {
  private static final String NONE = "-";

  private Units() {}

  /** A whole number, with commas. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** A number a second: small ones with a digit behind the point. */
  static String rate(double perSecond) {
    return String.format(Locale.ROOT, perSecond < 100 ? "%,.1f/s" : "%,.0f/s", perSecond);
  }

  /** Bytes a second. */
  static String speed(double bytesPerSecond) {
    return bytesPerSecond < 1e6
        ? String.format(Locale.ROOT, "%,.1f kB/s", bytesPerSecond / 1e3)
        : String.format(Locale.ROOT, "%,.1f MB/s", bytesPerSecond / 1e6);
  }

  static String time(long nanos) {
    return time((double) nanos);
  }

  /** A time of nanoseconds. */
  static String time(double nanos) {
    if (nanos < 1e6) {
      return String.format(Locale.ROOT, nanos < 1e4 ? "%.1f µs" : "%.0f µs", nanos / 1e3);
    }
    return nanos < 1e9
        ? String.format(Locale.ROOT, nanos < 1e7 ? "%.2f ms" : "%.1f ms", nanos / 1e6)
        : String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
  }

  static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f s", seconds);
  }

  /** A ratio; a dash for none. */
  static String ratio(double ratio) {
    return Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.3g", ratio) : NONE;
  }
}
