package dev.ferrule.ssl.reload;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a context shows and trusts, as far as one that takes its place is compared with it. Empty
 * for a context from outside. Immutable.
 *
 * @param shown the chains, for all names
 * @param trusted the issuers of peers; empty where the context names none
 * @param lists the revocation lists
 */
public record Contents(List<Shown> shown, List<X509Certificate> trusted, List<X509CRL> lists) {
  /** Of a context about which nothing is known. */
  public static final Contents UNKNOWN = new Contents(List.of(), List.of(), List.of());

  /**
   * A chain, and for whom.
   *
   * @param name the pattern of the server names that get it; empty for all others
   * @param chain the leaf first
   * @param stapledUntil when the OCSP response about the leaf expires; null when there is none
   */
  public record Shown(String name, List<X509Certificate> chain, @Nullable Instant stapledUntil) {
    /** Copies the chain. */
    public Shown {
      chain = List.copyOf(chain);
    }

    /** The certificate of the server. */
    public X509Certificate leaf() {
      return chain.getFirst();
    }

    /** What peers look at: not a root behind the leaf, for they have their own. */
    public List<X509Certificate> judged() {
      return chain.stream()
          .filter(one ->
              one == leaf() || !one.getSubjectX500Principal().equals(one.getIssuerX500Principal()))
          .toList();
    }

    String algorithm() {
      return leaf().getPublicKey().getAlgorithm();
    }
  }

  /** Copies the lists. */
  public Contents {
    shown = List.copyOf(shown);
    trusted = List.copyOf(trusted);
    lists = List.copyOf(lists);
  }

  /** Chains without OCSP responses. */
  public static Contents of(
      List<List<X509Certificate>> chains, List<X509Certificate> trusted, List<X509CRL> lists) {
    return new Contents(
        chains.stream().map(chain -> new Shown("", chain, null)).toList(), trusted, lists);
  }

  /** With what another context shows for a pattern. */
  public Contents with(String pattern, Contents named) {
    List<Shown> all = new ArrayList<>(shown);
    named.shown.forEach(each ->
        all.add(
            new Shown(each.name.isEmpty() ? pattern : each.name, each.chain, each.stapledUntil)));
    return new Contents(all, trusted, lists);
  }

  /**
   * What was shown in the place of a chain: for the same name, of the same kind of key where there
   * was one; null when there was nothing for that name.
   */
  @Nullable Shown predecessor(Shown next) {
    @Nullable Shown found = null;
    for (Shown each : shown) {
      boolean sameKind = each.algorithm().equals(next.algorithm());
      if (each.name.equals(next.name) && (found == null || sameKind)) {
        found = each;
      }
    }
    return found;
  }

  /** Whether it has that certificate in one of the chains. */
  boolean shows(X509Certificate certificate) {
    return shown.stream().anyMatch(each -> each.chain.contains(certificate));
  }

  /** Whether there is a certificate for that pattern; the empty one is for all other names. */
  boolean has(String pattern) {
    return shown.stream().anyMatch(each -> each.name.equals(pattern));
  }
}
