package dev.ferrule.host;

/** The rule for labels that are written from right to left (RFC 5893 2). */
final class Bidi {
  private Bidi() {}

  static boolean isValid(int[] label) {
    boolean any = false;
    for (int c : label) {
      byte kind = Character.getDirectionality(c);
      any |= isRightToLeft(kind) || kind == Character.DIRECTIONALITY_ARABIC_NUMBER;
    }
    if (!any) {
      return true; // the rule is about names with such a label; the others are read as ever
    }
    byte first = Character.getDirectionality(label[0]);
    if (isRightToLeft(first)) {
      return rightToLeft(label);
    }
    return first == Character.DIRECTIONALITY_LEFT_TO_RIGHT && leftToRight(label);
  }

  private static boolean rightToLeft(int[] label) {
    boolean european = false;
    boolean arabic = false;
    byte last = Character.DIRECTIONALITY_UNDEFINED;
    for (int c : label) {
      byte kind = Character.getDirectionality(c);
      european |= kind == Character.DIRECTIONALITY_EUROPEAN_NUMBER;
      arabic |= kind == Character.DIRECTIONALITY_ARABIC_NUMBER;
      if (!isRightToLeft(kind)
          && kind != Character.DIRECTIONALITY_ARABIC_NUMBER
          && !isNeutral(kind)) {
        return false;
      }
      last = kind == Character.DIRECTIONALITY_NONSPACING_MARK ? last : kind;
    }
    return !(european && arabic)
        && (isRightToLeft(last)
            || last == Character.DIRECTIONALITY_EUROPEAN_NUMBER
            || last == Character.DIRECTIONALITY_ARABIC_NUMBER);
  }

  private static boolean leftToRight(int[] label) {
    byte last = Character.DIRECTIONALITY_UNDEFINED;
    for (int c : label) {
      byte kind = Character.getDirectionality(c);
      if (kind != Character.DIRECTIONALITY_LEFT_TO_RIGHT && !isNeutral(kind)) {
        return false;
      }
      last = kind == Character.DIRECTIONALITY_NONSPACING_MARK ? last : kind;
    }
    return last == Character.DIRECTIONALITY_LEFT_TO_RIGHT
        || last == Character.DIRECTIONALITY_EUROPEAN_NUMBER;
  }

  private static boolean isRightToLeft(byte kind) {
    return kind == Character.DIRECTIONALITY_RIGHT_TO_LEFT
        || kind == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
  }

  /** What may stand in labels of both directions. */
  private static boolean isNeutral(byte kind) {
    return switch (kind) {
      case Character.DIRECTIONALITY_EUROPEAN_NUMBER,
          Character.DIRECTIONALITY_EUROPEAN_NUMBER_SEPARATOR,
          Character.DIRECTIONALITY_EUROPEAN_NUMBER_TERMINATOR,
          Character.DIRECTIONALITY_COMMON_NUMBER_SEPARATOR,
          Character.DIRECTIONALITY_OTHER_NEUTRALS,
          Character.DIRECTIONALITY_BOUNDARY_NEUTRAL,
          Character.DIRECTIONALITY_NONSPACING_MARK ->
          true;
      default -> false;
    };
  }
}
