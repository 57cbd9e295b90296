package dev.ferrule.host;

import java.util.BitSet;

/**
 * Where a joiner may stand in a label (RFC 5892 A.1 and A.2). The tables are Unicode's properties
 * Joining_Type and Canonical_Combining_Class, which the JDK does not tell; scripts beyond the Basic
 * Multilingual Plane are left out.
 */
final class Joining {
  /** Letters that join on both sides, or to what follows. */
  private static final BitSet DUAL =
      table(
          "620 626 628 62A-62E 633-63F 641-647 649-64A 66E-66F 678-687 69A-6BF 6C1-6C2 6CC 6CE"
              + " 6D0-6D1 6FA-6FC 6FF 712-714 71A-71D 71F-727 729 72B 72D-72E 74E-758 75C-76A"
              + " 76D-770 772 775-777 77A-77F 7CA-7EA 841-845 848 84A-853 855 860 862-865 868 886"
              + " 889-88D 88F 8A0-8A9 8AF-8B0 8B3-8B8 8BA-8C8 1807 1820-1878 1887-18A8 18AA"
              + " A840-A872");

  /** Letters that join to what stands before them only. */
  private static final BitSet RIGHT =
      table(
          "622-625 627 629 62F-632 648 671-673 675-677 688-699 6C0 6C3-6CB 6CD 6CF 6D2-6D3 6D5"
              + " 6EE-6EF 710 715-719 71E 728 72A 72C 72F 74D 759-75B 76B-76C 771 773-774 778-779"
              + " 840 846-847 849 854 856-858 867 869-86A 870-882 88E 8AA-8AC 8AE 8B1-8B2 8B9");

  /** Signs that take a letter's vowel away. */
  private static final BitSet VIRAMA =
      table(
          "94D 9CD A4D ACD B4D BCD C4D CCD D3B-D3C D4D DCA E3A EBA F84 1039-103A 1714-1715 1734"
              + " 17D2 1A60 1B44 1BAA-1BAB 1BF2-1BF3 2D7F A806 A82C A8C4 A953 A9C0 AAF6 ABED");

  private Joining() {}

  static boolean followsVirama(int[] label, int at) {
    return at > 0 && VIRAMA.get(label[at - 1]);
  }

  static boolean betweenJoining(int[] label, int at) {
    int before = at - 1;
    while (before >= 0 && isTransparent(label[before])) {
      before--;
    }
    int behind = at + 1;
    while (behind < label.length && isTransparent(label[behind])) {
      behind++;
    }
    return before >= 0
        && behind < label.length
        && DUAL.get(label[before])
        && (DUAL.get(label[behind]) || RIGHT.get(label[behind]));
  }

  private static boolean isTransparent(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> true;
      default -> false;
    };
  }

  private static BitSet table(String ranges) {
    BitSet table = new BitSet();
    for (String range : ranges.split(" ", -1)) {
      int dash = range.indexOf('-');
      int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash), 16);
      int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1), 16);
      table.set(first, last + 1);
    }
    return table;
  }
}
