package dev.ferrule.ssl.ciphers;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the word of the cipher language that is closest to an unknown one. Stateless. */
final class NearestWord {
  private NearestWord() {}

  /** The closest known word, at most two edits or a third of the word away; case is ignored. */
  static Optional<String> to(String word) {
    int limit = Math.min(2, word.length() / 3);
    return Stream.concat(CipherWords.ALL.keySet().stream(), CipherTable.names().stream())
        .filter(known -> distance(known, word) <= limit)
        .min(
            Comparator.comparingInt((String known) -> distance(known, word))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** The Levenshtein distance, computed row by row. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (same(a.charAt(i - 1), b.charAt(j - 1)) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  private static boolean same(char a, char b) {
    return Character.toLowerCase(a) == Character.toLowerCase(b);
  }
}
