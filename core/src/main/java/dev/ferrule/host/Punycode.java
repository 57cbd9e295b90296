package dev.ferrule.host;

/** The encoder of RFC 3492: a label in Unicode becomes letters, digits and hyphens. */
final class Punycode {
  private static final int BASE = 36;
  private static final int T_MIN = 1;
  private static final int T_MAX = 26;
  private static final int SKEW = 38;
  private static final int DAMP = 700;
  private static final int FIRST_BIAS = 72;
  private static final int FIRST_CODE_POINT = 0x80;

  private Punycode() {}

  /** The encoded label, without {@code xn--}. Of some hundred code points at most: no overflow. */
  static String encode(int[] label) {
    StringBuilder out = new StringBuilder();
    for (int c : label) {
      if (c < FIRST_CODE_POINT) {
        out.append((char) c);
      }
    }
    int basic = out.length();
    int handled = basic;
    if (basic > 0) {
      out.append('-');
    }
    int next = FIRST_CODE_POINT;
    int bias = FIRST_BIAS;
    int delta = 0;
    while (handled < label.length) {
      int lowest = lowest(label, next);
      delta += (lowest - next) * (handled + 1);
      next = lowest;
      for (int c : label) {
        if (c < next) {
          delta++;
        } else if (c == next) {
          number(out, delta, bias);
          bias = adapt(delta, handled + 1, handled == basic);
          delta = 0;
          handled++;
        }
      }
      delta++;
      next++;
    }
    return out.toString();
  }

  private static int lowest(int[] label, int from) {
    int lowest = Integer.MAX_VALUE;
    for (int c : label) {
      if (c >= from && c < lowest) {
        lowest = c;
      }
    }
    return lowest;
  }

  /** A number of variable length, its least digit first. */
  private static void number(StringBuilder out, int delta, int bias) {
    int rest = delta;
    for (int k = BASE; ; k += BASE) {
      int t = Math.clamp(k - bias, T_MIN, T_MAX);
      if (rest < t) {
        out.append(digit(rest));
        return;
      }
      out.append(digit(t + (rest - t) % (BASE - t)));
      rest = (rest - t) / (BASE - t);
    }
  }

  private static char digit(int value) {
    return (char) (value < 26 ? 'a' + value : '0' + value - 26);
  }

  private static int adapt(int delta, int length, boolean first) {
    int rest = first ? delta / DAMP : delta / 2;
    rest += rest / length;
    int k = 0;
    while (rest > (BASE - T_MIN) * T_MAX / 2) {
      rest /= BASE - T_MIN;
      k += BASE;
    }
    return k + (BASE - T_MIN + 1) * rest / (rest + SKEW);
  }
}
