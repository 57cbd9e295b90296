package dev.ferrule.ssl;

import dev.ferrule.ssl.ciphers.CipherSelection;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
 *   <li>Words for suites that OpenSSL removed (static ECDH, single DES, export) still choose them.
 *   <li>A string that leaves no suite is an error, also when only the security level removes them.
 * </ul>
 *
 * <p>Caveat: without {@code @SECLEVEL=n} the level is 1, as OpenSSL's own default, so suites
 * without encryption or authentication need {@code @SECLEVEL=0} besides their name.
 */
public final class CipherString {
  /**
   * Ferrule's default: forward secrecy and AEAD only: the suites of TLS 1.3 and those of TLS 1.2
   * that have both.
   */
  public static final String MODERN = "ECDHE+AESGCM:ECDHE+CHACHA20";

  /** The default of cl-async-ssl: what old peers may need. Its {@code ciphers} argument. */
  public static final String CL_ASYNC =
      "HIGH:!RC4:!MD5:!aNULL:!EDH:!EXP:+ECDHE-RSA-AES128-SHA256:+3DES";

  private final String text;
  private final CipherSelection selection;

  private CipherString(String text) {
    this.text = text;
    this.selection = new CipherSelection(text);
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
   * @param supported suite names, as {@code SSLParameters.getCipherSuites()} gives them; unknown
   *     names are ignored
   * @return the chosen suites, at least one
   * @throws SslConfigException as {@link #parse}, or if the provider has none of the chosen suites
   */
  public static List<CipherSuite> resolve(String ciphers, Collection<String> supported) {
    return parse(ciphers).suites(supported);
  }

  /** {@return all chosen suites, whether a provider has them or not, most preferred first} */
  public List<CipherSuite> suites() {
    return selection.suites(_ -> true, "");
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
    return selection.suites(
        suite -> names.contains(suite.name()) || names.contains(suite.iana()),
        " that this provider has");
  }

  /** The string as it was given. */
  @Override
  public String toString() {
    return text;
  }
}
