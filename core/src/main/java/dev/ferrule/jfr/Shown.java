package dev.ferrule.jfr;

import org.jspecify.annotations.Nullable;

/**
 * Texts as events hold them. Some are a peer's: what a terminal or a viewer would take for a
 * command or a change of direction is written in hex, and what is too long is cut. Any thread.
 */
final class Shown {
  /**
   * The longest text in an event, in characters, before what is cut off is replaced by an ellipsis.
   */
  static final int LONGEST = 256;

  private Shown() {}

  static @Nullable String of(@Nullable String text) {
    if (text == null || (text.length() <= LONGEST && isHarmless(text))) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    for (int at = 0; at < text.length() && shown.length() < LONGEST; ) {
      int point = text.codePointAt(at);
      if (isHarmless(point)) {
        shown.appendCodePoint(point);
      } else {
        shown.append(String.format("\\u{%X}", point));
      }
      at += Character.charCount(point);
      if (shown.length() >= LONGEST && at < text.length()) {
        shown.append('…');
      }
    }
    return shown.toString();
  }

  private static boolean isHarmless(String text) {
    return text.codePoints().allMatch(Shown::isHarmless);
  }

  /** Controls, formats (bidi marks among them), lone surrogates, and line ends. */
  private static boolean isHarmless(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
