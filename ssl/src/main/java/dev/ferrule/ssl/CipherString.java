package dev.ferrule.ssl;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A choice of cipher suites in OpenSSL's language, such as {@code "ECDHE+AESGCM:!aNULL"}: words
 * that stand for one suite or many, each choosing ({@code W}), dropping ({@code -W}), banning
 * ({@code !W}) or moving to the end ({@code +W}). It follows openssl-ciphers(1) of OpenSSL 3.0,
 * order of preference included, whichever provider does the SSL. Immutable.
 *
 * <p>Where it says more than OpenSSL:
 *
 * <ul>
 *   <li>IANA's and the JDK's suite names are words too.
 *   <li>A suite of TLS 1.3 is chosen by its name only. If the string chooses any, those are the
 *       suites of TLS 1.3, in that order; if not, they are OpenSSL's three, less those dropped or
 *       banned. They always come first.
 *   <li>Words for suites that OpenSSL gave up (static ECDH, single DES, export) still choose them.
 *   <li>A string of which nothing remains is an error even if only the security level is to blame.
 * </ul>
 *
 * <p>Caveat: without {@code @SECLEVEL=n} the level is 1, as OpenSSL's own default, so suites
 * without encryption or authentication need {@code @SECLEVEL=0} besides their name.
 */
public final class CipherString {
  /** Ferrule's default: forward secrecy and AEAD only, so TLS 1.3 and the best of TLS 1.2. */
  public static final String MODERN = "ECDHE+AESGCM:ECDHE+CHACHA20";

  /** The default of cl-async-ssl: what old peers may need. Its {@code ciphers} argument. */
  public static final String CL_ASYNC =
      "HIGH:!RC4:!MD5:!aNULL:!EDH:!EXP:+ECDHE-RSA-AES128-SHA256:+3DES";

  private final String text;
  private final CipherRules rules;

  private CipherString(String text) {
    this.text = text;
    this.rules = CipherRules.apply(text);
  }

  /**
   * Reads a cipher string.
   *
   * @param ciphers words with operators, separated by colons, commas, semicolons or spaces
   * @return the string, ready to be resolved for any provider
   * @throws SslConfigException if it is malformed or chooses no suite; the message names the string
   *     and the first word that is not known. Unknown words are otherwise skipped.
   */
  public static CipherString parse(String ciphers) {
    CipherString string = new CipherString(ciphers);
    string.suites();
    return string;
  }

  /**
   * The suites that a string chooses among those a provider has, most preferred first.
   *
   * @param ciphers as for {@link #parse}
   * @param supported suite names, as {@code SSLParameters.getCipherSuites()} gives them; names that
   *     are not known here are passed over
   * @return the chosen suites, at least one
   * @throws SslConfigException as {@link #parse}, or if the provider has none of the chosen suites
   */
  public static List<CipherSuite> resolve(String ciphers, Collection<String> supported) {
    return parse(ciphers).suites(supported);
  }

  /** {@return all chosen suites, whoever has them, most preferred first} */
  public List<CipherSuite> suites() {
    return suites(_ -> true, "");
  }

  /**
   * The chosen suites among those a provider has, most preferred first.
   *
   * @param supported as for {@link #resolve}
   * @return the chosen suites, at least one
   * @throws SslConfigException if the provider has none of the chosen suites
   */
  public List<CipherSuite> suites(Collection<String> supported) {
    Set<String> names = new HashSet<>(supported);
    return suites(
        suite -> names.contains(suite.name()) || names.contains(suite.iana()),
        " that this provider has");
  }

  private List<CipherSuite> suites(Predicate<CipherSuite> had, String whose) {
    List<CipherSuite> older = rules.upToTls12.chosen().stream().filter(had).toList();
    List<CipherSuite> newer = rules.tls13.chosen().stream().filter(had).toList();
    List<CipherSuite> allowedOlder = older.stream().filter(rules.level::allows).toList();
    List<CipherSuite> allowedNewer = newer.stream().filter(rules.level::allows).toList();
    // TLS 1.3 is there unasked; to fall back on it would hide that the string failed.
    boolean asked = !allowedOlder.isEmpty() || (rules.tls13Named && !allowedNewer.isEmpty());
    if (!asked) {
      boolean weak = !older.isEmpty() || (rules.tls13Named && !newer.isEmpty());
      throw new SslConfigException(
          "The cipher string \"%s\" leaves no cipher suite%s%s."
              .formatted(text, whose, weak ? tooWeak() : unknown()));
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

  /** The string as it was given. */
  @Override
  public String toString() {
    return text;
  }
}
