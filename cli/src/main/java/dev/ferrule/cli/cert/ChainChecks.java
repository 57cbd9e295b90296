package dev.ferrule.cli.cert;

import dev.ferrule.cli.cert.Entry.OfCertificate;
import dev.ferrule.ssl.SslFinding.Severity;
import dev.ferrule.ssl.trust.Trust;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what is wrong with certificates that stand together in a file: as servers show them,
 * the leaf is first, and each is followed by that of its issuer (RFC 8446 4.4.2). Files of CAs
 * alone have no order.
 */
final class ChainChecks {
  private static final int LONGEST = 10; // certificates of a path
  private static final int MOST_CANDIDATES = 50; // of one name; their signatures take time

  /** Authority Information Access (RFC 5280 4.2.2.1): certificates of public CAs have it. */
  private static final String WHERE_THE_ISSUER_IS = "1.3.6.1.5.5.7.1.1";

  private final List<OfCertificate> chain;
  private final List<OfCertificate> elsewhere;

  private ChainChecks(List<OfCertificate> chain, List<OfCertificate> elsewhere) {
    this.chain = chain;
    this.elsewhere = elsewhere;
  }

  /**
   * Examines the certificates of one file.
   *
   * @param elsewhere those of the other files, where an issuer may be too
   */
  static void examine(List<OfCertificate> chain, List<OfCertificate> elsewhere) {
    new ChainChecks(chain, elsewhere).examine();
  }

  private void examine() {
    OfCertificate leaf =
        chain.stream().filter(each -> !each.facts().isAuthority()).findFirst().orElse(null);
    if (leaf == null) {
      return;
    }
    int at = chain.indexOf(leaf);
    if (at > 0) {
      leaf.item()
          .finding(
              Severity.ERROR,
              "CHAIN_ORDER",
              "it is number %d of %d in its file, and servers show the first"
                  .formatted(at + 1, chain.size()),
              "put it first, and the certificate of each one's issuer behind it");
    }
    List<OfCertificate> path = path(leaf);
    if (at == 0) {
      order(path);
    }
    strangers(path);
    end(path);
  }

  /** From the leaf, issuer by issuer, as far as the file goes. */
  private List<OfCertificate> path(OfCertificate leaf) {
    List<OfCertificate> path = new ArrayList<>(List.of(leaf));
    while (path.size() < LONGEST && !path.getLast().facts().signedByItself) {
      OfCertificate issuer = issuer(path.getLast(), chain);
      if (issuer == null || path.contains(issuer)) {
        break;
      }
      path.add(issuer);
    }
    return path;
  }

  private static @Nullable OfCertificate issuer(OfCertificate of, List<OfCertificate> all) {
    X509Certificate certificate = of.facts().certificate;
    return all.stream()
        .filter(each -> each != of && isNamed(each, certificate))
        .limit(MOST_CANDIDATES)
        .filter(each -> CertificateFacts.isSignedBy(certificate, each.facts().certificate))
        .findFirst()
        .orElse(null);
  }

  private static boolean isNamed(OfCertificate candidate, X509Certificate issued) {
    return candidate
        .facts()
        .certificate
        .getSubjectX500Principal()
        .equals(issued.getIssuerX500Principal());
  }

  private void order(List<OfCertificate> path) {
    for (int i = 1; i < path.size(); i++) {
      int here = chain.indexOf(path.get(i));
      if (here < chain.indexOf(path.get(i - 1))) {
        path.getFirst()
            .item()
            .finding(
                Severity.ERROR,
                "CHAIN_ORDER",
                "the certificate of %s stands before one that it issued"
                    .formatted(path.get(i).facts().owner()),
                "put the certificate of each one's issuer behind it");
        return;
      }
    }
  }

  private void strangers(List<OfCertificate> path) {
    Set<X509Certificate> seen = new HashSet<>();
    for (OfCertificate each : chain) {
      if (!seen.add(each.facts().certificate)) {
        stranger(each, "it is in the file more than once");
      } else if (!path.contains(each)) {
        stranger(each, "it has no part in the chain of " + path.getFirst().facts().owner());
      }
    }
  }

  private static void stranger(OfCertificate each, String sentence) {
    each.item().finding(Severity.WARNING, "CHAIN_STRANGER", sentence, "leave it out");
  }

  private void end(List<OfCertificate> path) {
    path.stream()
        .skip(1)
        .filter(each -> !each.facts().isAuthority())
        .forEach(each ->
            each.item()
                .finding(
                    Severity.ERROR,
                    "ISSUER_NOT_CA",
                    "it issued the certificate before it, and is none of a CA",
                    "have that one issued by a CA"));
    OfCertificate last = path.getLast();
    if (last.facts().signedByItself) {
      if (path.size() > 1) {
        last.item()
            .finding(
                Severity.INFO,
                "ROOT_INCLUDED",
                "it is that of a root, which peers have already if they trust it",
                "it may be left out");
      }
      return;
    }
    if (issuer(last, elsewhere) == null) {
      incomplete(path.getFirst(), last);
    }
  }

  private void incomplete(OfCertificate leaf, OfCertificate last) {
    X509Certificate certificate = last.facts().certificate;
    String issuer = CertificateFacts.text(certificate.getIssuerX500Principal());
    boolean impostor =
        chain.stream().anyMatch(each -> each != last && isNamed(each, certificate))
            || elsewhere.stream().anyMatch(each -> isNamed(each, certificate));
    if (impostor) {
      last.item()
          .finding(
              Severity.ERROR,
              "BAD_SIGNATURE",
              "none of the certificates given of %s has the key that signed it".formatted(issuer),
              "look for the right one: there are several of that name, or it is damaged");
    } else if (certificate.getExtensionValue(WHERE_THE_ISSUER_IS) == null) {
      last.item()
          .finding(
              Severity.INFO,
              "CHAIN_INCOMPLETE",
              "its issuer is in none of the files",
              "peers have to trust " + issuer);
    } else if (isTrustedHere(certificate)) {
      leaf.item().line("chain", "ends at " + issuer + ", which this JDK trusts");
    } else {
      leaf.item()
          .finding(
              Severity.ERROR,
              "CHAIN_INCOMPLETE",
              "the certificate of its issuer, %s, is missing".formatted(issuer),
              "put it behind in the file: it is of an intermediate CA, which peers need not have");
    }
  }

  /** The system's store takes time to read, and has public CAs only. */
  private static boolean isTrustedHere(X509Certificate certificate) {
    return Trust.systemAnd(List.of()).anchors().certificates().stream()
        .filter(each -> each.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()))
        .anyMatch(each -> CertificateFacts.isSignedBy(certificate, each));
  }
}
