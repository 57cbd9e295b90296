package dev.ferrule.host;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * Host names in Unicode as IDNA 2008 has them, processed as browsers and curl do: UTS 46, not
 * transitional, so that ß, final sigma and the joiners stay. (java.net.IDN is IDNA 2003, where ß is
 * ss: the name of somebody else.) The mapping is derived from the JDK's properties of characters
 * instead of the standard's table; what they do not tell stands here.
 */
final class Idna {
  private static final String PREFIX = "xn--";
  private static final int LONGEST = 1_000; // UTF-16 units: far more than a name can have

  private static final int SHARP_S = 0xDF;
  private static final int CAPITAL_SHARP_S = 0x1E9E;
  private static final int FINAL_SIGMA = 0x3C2;
  private static final int DOTLESS_I = 0x131;
  private static final int NON_JOINER = 0x200C;
  private static final int JOINER = 0x200D;

  /** What browsers take for a dot, beside the dot. */
  private static final String DOTS = "\u3002\uFF0E\uFF61";

  private Idna() {}

  /**
   * The name in A-labels; a dot at its end stays.
   *
   * @throws IllegalArgumentException when it cannot be a host name; the message says why
   */
  static String toAscii(String name) {
    if (name.length() > LONGEST) {
      throw Host.wrong(name, "is far too long");
    }
    StringBuilder mapped = new StringBuilder();
    name.codePoints().forEach(c -> map(c, mapped, name));
    StringJoiner ascii = new StringJoiner(".");
    for (String label : Normalizer.normalize(mapped, Form.NFC).split("\\.", -1)) {
      ascii.add(label(label, name));
    }
    return ascii.toString();
  }

  private static void map(int c, StringBuilder mapped, String name) {
    if (DOTS.indexOf(c) >= 0) {
      mapped.append('.');
      return;
    }
    if (c == SHARP_S || c == CAPITAL_SHARP_S) {
      mapped.appendCodePoint(SHARP_S);
      return;
    }
    if (isIgnored(c)) {
      return;
    }
    if (c == FINAL_SIGMA || c == DOTLESS_I || c == NON_JOINER || c == JOINER) {
      mapped.appendCodePoint(c);
      return;
    }
    String compatible = Normalizer.normalize(Character.toString(c), Form.NFKC);
    if (c >= 0x80 && compatible.chars().anyMatch(Idna::isDotOrSyntax)) {
      throw Host.wrong(name, "contains " + describe(c) + ", which looks like other characters");
    }
    StringBuilder folded = new StringBuilder();
    compatible.codePoints().forEach(each -> folded.append(folded(each)));
    mapped.append(Normalizer.normalize(folded, Form.NFKC));
  }

  private static boolean isDotOrSyntax(int c) {
    return c == '.' || DOTS.indexOf(c) >= 0 || isSyntax(c);
  }

  /** What no name may hold, and what must not come to be in one by a mapping. */
  private static boolean isSyntax(int c) {
    return c <= ' ' || c == 0x7F || (c < 0x80 && "#%/:<>?@[\\]^|".indexOf(c) >= 0);
  }

  /** Default ignorable code points that the standard drops; others of them it forbids. */
  private static boolean isIgnored(int c) {
    return c == 0xAD
        || c == 0x34F
        || (c >= 0x115F && c <= 0x1160)
        || (c >= 0x17B4 && c <= 0x17B5)
        || (c >= 0x180B && c <= 0x180F)
        || c == 0x200B
        || (c >= 0x2060 && c <= 0x2064)
        || (c >= 0x206A && c <= 0x206F)
        || c == 0x3164
        || (c >= 0xFE00 && c <= 0xFE0F)
        || c == 0xFEFF
        || c == 0xFFA0
        || (c >= 0x1BCA0 && c <= 0x1BCA3)
        || (c >= 0x1D173 && c <= 0x1D17A)
        || (c >= 0xE0100 && c <= 0xE01EF);
  }

  /** Full case folding of one code point, which the JDK has in halves only. */
  private static String folded(int c) {
    if (c >= 0x13A0 && c <= 0x13F5) {
      return Character.toString(c); // Cherokee folds to its capital letters
    }
    if (c >= 0x13F8 && c <= 0x13FD) {
      return Character.toString(c - 8);
    }
    if (c >= 0xAB70 && c <= 0xABBF) {
      return Character.toString(c - 0xAB70 + 0x13A0);
    }
    String one = Character.toString(c);
    if (c == DOTLESS_I || c == SHARP_S) {
      return one;
    }
    StringBuilder folded = new StringBuilder();
    one.toUpperCase(Locale.ROOT).codePoints().forEach(each -> folded.append(lower(each)));
    return folded.toString();
  }

  /** By itself: in a word, sigma would become final. */
  private static String lower(int c) {
    return Character.toString(c).toLowerCase(Locale.ROOT);
  }

  private static String label(String label, String name) {
    if (label.chars().allMatch(c -> c < 0x80)) {
      return label;
    }
    if (label.startsWith(PREFIX)) {
      throw Host.wrong(name, "has a part that is encoded (xn--) and is not");
    }
    int[] points = label.codePoints().toArray();
    if (isMark(points[0])) {
      throw Host.wrong(name, "has a part that begins with a combining mark");
    }
    for (int i = 0; i < points.length; i++) {
      boolean joins =
          switch (points[i]) {
            case NON_JOINER ->
                Joining.followsVirama(points, i) || Joining.betweenJoining(points, i);
            case JOINER -> Joining.followsVirama(points, i);
            default -> false;
          };
      if (!joins && !isValid(points[i])) {
        throw Host.wrong(name, "contains " + describe(points[i]) + ", which no host name has here");
      }
    }
    if (!Bidi.isValid(points)) {
      throw Host.wrong(name, "mixes writing from left to right and from right to left in one part");
    }
    return PREFIX + Punycode.encode(points);
  }

  private static boolean isMark(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> false;
    };
  }

  private static boolean isValid(int c) {
    if (c < 0x80) {
      return !isSyntax(c);
    }
    if ((c >= 0x2FF0 && c <= 0x2FFF) || c == 0x31EF || c == 0xFFFC || c == 0xFFFD) {
      return false; // descriptions of characters, and what stands for lost ones
    }
    return switch (Character.getType(c)) {
      case Character.UNASSIGNED,
          Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** The character for a message: itself if it can be seen, and its number. */
  static String describe(int c) {
    String number = "U+%04X".formatted(c);
    boolean visible = Character.isLetterOrDigit(c) || (c > ' ' && c < 0x7F);
    return visible ? "'" + Character.toString(c) + "' (" + number + ")" : number;
  }
}
