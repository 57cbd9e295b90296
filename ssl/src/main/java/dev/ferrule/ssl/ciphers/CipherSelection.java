package dev.ferrule.ssl.ciphers;

import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.SslConfigException;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The suites that a cipher string selects, for any provider. Immutable once it is built. */
public final class CipherSelection {
  private final String text;
  private final CipherRules rules;

  /**
   * Reads a cipher string.
   *
   * @throws SslConfigException when it is malformed; unknown words are skipped
   */
  public CipherSelection(String text) {
    this.text = text;
    this.rules = CipherRules.apply(text);
  }

  /**
   * The selected suites among those that {@code available} accepts, most preferred first.
   *
   * @param suffix ends the sentence "leaves no cipher suite" and names the provider
   * @throws SslConfigException when none is left
   */
  public List<CipherSuite> suites(Predicate<CipherSuite> available, String suffix) {
    List<CipherSuite> older = rules.upToTls12.active().stream().filter(available).toList();
    List<CipherSuite> newer = rules.tls13.active().stream().filter(available).toList();
    List<CipherSuite> allowedOlder = older.stream().filter(rules.level::allows).toList();
    List<CipherSuite> allowedNewer = newer.stream().filter(rules.level::allows).toList();
    // The suites of TLS 1.3 are active by default; using them alone would hide that the string
    // matches nothing.
    boolean matched = !allowedOlder.isEmpty() || (rules.tls13Named && !allowedNewer.isEmpty());
    if (!matched) {
      boolean weak = !older.isEmpty() || (rules.tls13Named && !newer.isEmpty());
      throw new SslConfigException(
          "The cipher string \"%s\" leaves no cipher suite%s%s."
              .formatted(text, suffix, weak ? tooWeak() : unknown()));
    }
    return Stream.concat(allowedNewer.stream(), allowedOlder.stream()).toList();
  }

  private String tooWeak() {
    int level = rules.level.level();
    return " at security level %d; weaker ones need @SECLEVEL=%d or lower"
        .formatted(level, level - 1);
  }

  private String unknown() {
    if (rules.unknown.isEmpty()) {
      return "";
    }
    String word = rules.unknown.getFirst();
    String hint = NearestWord.to(word).map(known -> " (" + known + " is)").orElse("");
    return "; \"%s\" is no word for ciphers%s".formatted(word, hint);
  }
}
