package dev.ferrule.cli.cert;

import java.util.Arrays;

/** IP addresses as RFC 5952 has them; the JDK writes all eight groups of IPv6. */
final class AddressText {
  private static final int GROUPS = 8;

  private AddressText() {}

  /** Of eight groups with colons between, the longest run of zeros left out; else as it is. */
  static String shortened(String address) {
    String[] groups = address.split(":", -1);
    if (groups.length != GROUPS) {
      return address;
    }
    int start = 0;
    int longest = 0;
    for (int from = 0; from < GROUPS; from++) {
      int to = from;
      while (to < GROUPS && groups[to].equals("0")) {
        to++;
      }
      if (to - from > longest) {
        start = from;
        longest = to - from;
      }
    }
    return longest < 2
        ? address
        : joined(groups, 0, start) + "::" + joined(groups, start + longest, GROUPS);
  }

  private static String joined(String[] groups, int from, int to) {
    return String.join(":", Arrays.asList(groups).subList(from, to));
  }
}
