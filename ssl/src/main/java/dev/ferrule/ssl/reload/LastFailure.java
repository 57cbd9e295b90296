package dev.ferrule.ssl.reload;

import org.jspecify.annotations.Nullable;

/**
 * Why the last attempt to load failed, if it did: what has failed is tried again, and the same
 * reason is told once. Used by one thread at a time.
 */
public final class LastFailure {
  private @Nullable String said;

  /** Nothing has failed. */
  public LastFailure() {}

  /** Whether the last attempt failed. */
  public boolean isThere() {
    return said != null;
  }

  /** An attempt succeeded. */
  public void clear() {
    said = null;
  }

  /**
   * An attempt failed: gives the reason to tell, or null when it was told before and nobody asked.
   * An error, such as a class that is missing, is a reason like any other: it must not end the
   * attempts.
   */
  public @Nullable RuntimeException of(Throwable thrown, boolean asked) {
    String text = thrown.toString();
    boolean told = text.equals(said) && !asked;
    said = text;
    if (told) {
      return null;
    }
    return thrown instanceof RuntimeException known
        ? known
        : new IllegalStateException("loading it threw " + thrown, thrown);
  }
}
