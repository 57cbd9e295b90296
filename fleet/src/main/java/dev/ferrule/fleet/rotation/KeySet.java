package dev.ferrule.fleet.rotation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The generations of a moment. Immutable; the keys of its generations are wiped when they expire,
 * after another set has been chosen.
 *
 * @param number another for each set, above 0
 * @param encrypting null when derived keys encrypt
 * @param others what decrypts as well, the latest first
 */
public record KeySet(long number, @Nullable Generation encrypting, List<Generation> others) {
  /** Nothing is known. */
  public static final KeySet NONE = new KeySet(1, null, List.of());
}
