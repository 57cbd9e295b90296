package dev.ferrule.host;

/**
 * Text of a stranger, such as a name in a certificate, made safe for terminals, logs and sentences.
 * Any thread.
 */
public final class SafeText {
  /** Characters of the text that are shown; behind more of them stands an ellipsis. */
  public static final int LONGEST = 200;

  private SafeText() {}

  /**
   * The text with every character escaped that is not seen, or changes how others are seen: control
   * characters as {@code \x1B}, direction marks, zero width and what belongs to no script as {@code
   * \u202E}. It is cut after {@link #LONGEST} characters, with {@code ...} behind it.
   */
  public static String of(Object stranger) {
    return of(stranger, LONGEST);
  }

  /** The same, cut after {@code longest} characters. */
  public static String of(Object stranger, int longest) {
    String text = String.valueOf(stranger);
    int end = text.length();
    if (text.codePointCount(0, end) > longest) {
      end = text.offsetByCodePoints(0, longest);
    }
    StringBuilder shown = new StringBuilder(end + 16);
    for (int at = 0, c; at < end; at += Character.charCount(c)) {
      c = text.codePointAt(at);
      if (isShown(c)) {
        shown.appendCodePoint(c);
      } else {
        shown.append((c < 0x100 ? "\\x%02X" : "\\u%04X").formatted(c));
      }
    }
    return end < text.length() ? shown.append("...").toString() : shown.toString();
  }

  private static boolean isShown(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> !isInvisible(c);
    };
  }

  /** Letters and marks that have no width; the others without one are format characters. */
  private static boolean isInvisible(int c) {
    return c == 0x034F // combining grapheme joiner
        || (c >= 0x115F && c <= 0x1160) // Hangul fillers
        || (c >= 0x17B4 && c <= 0x17B5) // Khmer inherent vowels
        || (c >= 0x180B && c <= 0x180F) // Mongolian variation selectors
        || c == 0x3164
        || c == 0xFFA0
        || (c >= 0xFE00 && c <= 0xFE0F) // variation selectors
        || (c >= 0xE0100 && c <= 0xE01EF);
  }
}
