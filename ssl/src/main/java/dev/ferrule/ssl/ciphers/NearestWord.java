package dev.ferrule.ssl.ciphers;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Guesses which word of the cipher language was meant. Stateless. */
final class NearestWord {
  private NearestWord() {}

  /** The known word at most two edits away, or a third of the word; case costs nothing. */
  static Optional<String> to(String word) {
    int far = Math.min(2, word.length() / 3);
    return Stream.concat(CipherWords.ALL.keySet().stream(), CipherTable.names().stream())
        .filter(known -> distance(known, word) <= far)
        .min(
            Comparator.comparingInt((String known) -> distance(known, word))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** Levenshtein's, one row at a time. */
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
