package dev.ferrule.jfr;

import dev.ferrule.host.SafeText;
import org.jspecify.annotations.Nullable;

/** Texts as events hold them: some are a peer's, and made safe to show. Any thread. */
final class Shown {
  /** The characters of a text that an event shows; longer ones are cut. */
  static final int LONGEST = 256;

  private Shown() {}

  static @Nullable String of(@Nullable String text) {
    return text == null ? null : SafeText.of(text, LONGEST);
  }
}
