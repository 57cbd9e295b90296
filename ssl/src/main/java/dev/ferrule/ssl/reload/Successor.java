package dev.ferrule.ssl.reload;

import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.keys.Certificates;
import dev.ferrule.ssl.reload.Contents.Shown;
import dev.ferrule.ssl.trust.CoveredNames;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why what files hold now may not take the place of what is served: each method gives a sentence,
 * or null when it finds no fault. That keys and certificates can be used and belong together is
 * known already, for the context was built.
 */
public final class Successor {
  private static final int NAMES_SHOWN = 5;

  private final Contents before;
  private final Contents next;

  /** What is served, and what shall be. */
  public Successor(Contents before, Contents next) {
    this.before = before;
    this.next = next;
  }

  /** A certificate that is expired or not valid yet. */
  public @Nullable String outOfDate(Instant now) {
    for (Shown shown : next.shown()) {
      for (X509Certificate certificate : shown.judged()) {
        // No sentence says what time it is: one that stays the same is told once.
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        if (before.shows(certificate)) {
          continue; // what is served as it is, is no reason to hold up something else
        }
        if (now.isAfter(until)) {
          return of(certificate) + " expired at " + until;
        } else if (now.isBefore(from)) {
          return of(certificate) + " is not valid before " + from;
        }
      }
    }
    return null;
  }

  /**
   * A chain that lacks an issuer, as far as that can be told: those that peers have themselves need
   * not be sent. A leaf alone is complete when it is self-signed, when its issuer is trusted here,
   * or when the leaf before it had the same issuer and came alone as well.
   */
  public @Nullable String incompleteChain() {
    for (Shown shown : next.shown()) {
      X509Certificate top = top(shown.chain());
      Shown old = before.predecessor(shown);
      if (isSelfIssued(top) || isIssuedByOneOf(top, next.trusted())) {
        continue;
      }
      boolean sentBefore = old != null && old.chain().stream().anyMatch(one -> isSentFor(top, one));
      boolean alone = top == shown.leaf() && !isAsAloneAs(old, top);
      if (sentBefore || alone) {
        return "the chain of "
            + Certificates.subject(shown.leaf())
            + " lacks the certificate of the issuer "
            + SafeText.of(top.getIssuerX500Principal().getName())
            + ": put it behind the others in the file";
      }
    }
    return null;
  }

  /** An issuer that peers had to be sent; a root need not be. */
  private static boolean isSentFor(X509Certificate top, X509Certificate sent) {
    return top.getIssuerX500Principal().equals(sent.getSubjectX500Principal())
        && !isSelfIssued(sent);
  }

  private boolean isAsAloneAs(@Nullable Shown old, X509Certificate leaf) {
    if (old == null) {
      return before.shown().isEmpty(); // then nothing is known
    }
    return top(old.chain()) == old.leaf()
        && old.leaf().getIssuerX500Principal().equals(leaf.getIssuerX500Principal());
  }

  /** Where the path from the leaf ends among the certificates of its chain. */
  private static X509Certificate top(List<X509Certificate> chain) {
    List<X509Certificate> left = new ArrayList<>(chain);
    X509Certificate top = left.removeFirst();
    while (!isSelfIssued(top)) {
      X509Certificate lower = top;
      X509Certificate issuer =
          left.stream().filter(one -> isIssuedBy(lower, one)).findFirst().orElse(null);
      if (issuer == null) {
        return lower;
      }
      left.remove(issuer);
      top = issuer;
    }
    return top;
  }

  private static boolean isIssuedByOneOf(
      X509Certificate certificate, List<X509Certificate> issuers) {
    return issuers.stream().anyMatch(issuer -> isIssuedBy(certificate, issuer));
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return isIssuedBy(certificate, certificate);
  }

  private static boolean isIssuedBy(X509Certificate certificate, X509Certificate issuer) {
    if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** A host for which there was a certificate, and would be none. */
  public @Nullable String fewerNames() {
    for (Shown old : before.shown()) {
      if (!next.has(old.name())) {
        return "there is no certificate any more "
            + (old.name().isEmpty()
                ? "for clients that ask for another name or none"
                : "for clients that ask for '" + old.name() + "'");
      }
    }
    for (Shown shown : next.shown()) {
      Shown old = before.predecessor(shown);
      String fault = old == null ? null : fewerNames(old.leaf(), shown.leaf());
      if (fault != null) {
        return fault;
      }
    }
    for (Shown old : before.shown()) { // also of a kind that is gone
      Shown other = next.predecessor(old);
      String fault = other == null ? null : fewerNames(old.leaf(), other.leaf());
      if (fault != null) {
        return fault;
      }
    }
    return null;
  }

  private static @Nullable String fewerNames(X509Certificate old, X509Certificate leaf) {
    List<String> lost;
    try {
      lost = CoveredNames.lost(old, leaf);
    } catch (IOException e) {
      return of(leaf) + " has names that cannot be read";
    }
    if (lost.isEmpty()) {
      return null;
    }
    int more = lost.size() - NAMES_SHOWN;
    String names = String.join("', '", lost.subList(0, Math.min(lost.size(), NAMES_SHOWN)));
    return of(leaf)
        + " does not name '"
        + names
        + (more > 0 ? "' and " + more + " more" : "'")
        + ", as the one before it does";
  }

  /** What cannot be used of trusted issuers or revocation lists, and was not there before. */
  public static @Nullable String leftOut(List<String> before, List<String> next) {
    return next.stream().filter(sentence -> !before.contains(sentence)).findFirst().orElse(null);
  }

  private static String of(X509Certificate certificate) {
    return "the certificate of " + Certificates.subject(certificate);
  }

  /** What is different from what was served, in words. */
  public String difference() {
    List<String> found = new ArrayList<>();
    for (Shown shown : next.shown()) {
      Shown old = before.predecessor(shown);
      if (old == null || !old.chain().equals(shown.chain())) {
        String was = old == null ? "" : " (before: " + validity(old, shown) + ")";
        String whom = shown.name().isEmpty() ? "" : " for '" + shown.name() + "'";
        found.add(validity(shown, null) + whom + was);
      }
    }
    int more = found.size() - NAMES_SHOWN;
    if (more > 0) {
      found.subList(NAMES_SHOWN, found.size()).clear();
      found.add("and " + more + " more");
    }
    addCounts("trusted issuers", before.trusted(), next.trusted(), found);
    addCounts("revocation lists", before.lists(), next.lists(), found);
    return found.isEmpty() ? "the certificates are the same" : String.join("; ", found);
  }

  private static void addCounts(String what, List<?> before, List<?> next, List<String> found) {
    long added = next.stream().filter(one -> !before.contains(one)).count();
    long gone = before.stream().filter(one -> !next.contains(one)).count();
    if (added > 0 || gone > 0) {
      found.add(what + ": " + added + " more, " + gone + " fewer");
    }
  }

  private static String validity(Shown shown, @Nullable Shown other) {
    String subject = Certificates.subject(shown.leaf());
    boolean same = other != null && Objects.equals(subject, Certificates.subject(other.leaf()));
    return (same ? "" : subject + " ") + "until " + shown.leaf().getNotAfter().toInstant();
  }
}
