package dev.ferrule.cli.cert;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.ferrule.cli.cert.Entry.OfCertificate;
import dev.ferrule.cli.cert.Entry.OfKey;
import dev.ferrule.cli.cert.Entry.OfList;
import dev.ferrule.cli.cert.Entry.OfRequest;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslFinding.Severity;
import dev.ferrule.ssl.keys.KeyMatch;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares what is in several files: chains, keys and what they belong to, revocation lists. */
final class Comparison {
  /** Pairs of keys that are compared: some take a signature. */
  private static final int MOST_PAIRS = 2_000;

  private final List<ShownFile> files;
  private int pairs;

  private Comparison(List<ShownFile> files) {
    this.files = files;
  }

  static void of(List<ShownFile> files) {
    Comparison comparison = new Comparison(files);
    comparison.chains();
    comparison.keys();
    comparison.lists();
  }

  private void chains() {
    for (ShownFile file : files) {
      for (List<OfCertificate> chain : file.chains()) {
        List<OfCertificate> elsewhere =
            all(OfCertificate.class).stream().filter(each -> !chain.contains(each)).toList();
        ChainChecks.examine(chain, elsewhere);
      }
    }
  }

  private <E extends Entry> List<E> all(Class<E> kind) {
    return files.stream()
        .flatMap(file -> file.entries().stream())
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  private void keys() {
    all(OfCertificate.class).forEach(each -> each.item().json().putNull("key_file"));
    boolean any = !all(OfCertificate.class).isEmpty() || !all(OfRequest.class).isEmpty();
    for (ShownFile file : files) {
      for (Entry entry : file.entries()) {
        if (entry instanceof OfKey key) {
          key(file, key, any);
        }
      }
    }
  }

  private void key(ShownFile of, OfKey key, boolean any) {
    ArrayNode owners = key.item().json().putArray("belongs_to");
    PrivateKey secret = key.key();
    if (secret == null) {
      return;
    }
    try {
      for (ShownFile file : files) {
        for (Entry entry : file.entries()) {
          if (belongs(secret, entry, of)) {
            owners.add(file.name());
            key.item().line("belongs to", "the " + entry.item().title() + " (" + file.name() + ")");
          }
        }
      }
    } catch (SslConfigException e) {
      key.item()
          .finding(
              Severity.ERROR,
              "KEY_DAMAGED",
              "it cannot sign: it is damaged, or of a curve that this JDK does not have",
              "use P-256, P-384 or P-521");
      return;
    }
    if (owners.isEmpty() && any && pairs < MOST_PAIRS) {
      key.item()
          .finding(
              Severity.ERROR,
              "KEY_MISMATCH",
              "it belongs to none of the certificates and requests that are given",
              "give the certificate that was made for it, or the key that was made with that");
    }
  }

  private boolean belongs(PrivateKey key, Entry entry, ShownFile of) {
    return switch (entry) {
      case OfCertificate certificate -> {
        boolean its = matches(key, certificate.facts().certificate.getPublicKey(), of);
        if (its) {
          certificate.item().fact("its key", "key_file", of.name());
        }
        yield its;
      }
      case OfRequest request -> matches(key, request.key(), of);
      case OfKey _, OfList _, Entry.Damaged _, Entry.Other _ -> false;
    };
  }

  private boolean matches(PrivateKey key, PublicKey other, ShownFile of) {
    return pairs++ < MOST_PAIRS && KeyMatch.matches(key, other, "The key in " + of.name());
  }

  private void lists() {
    for (OfList list : all(OfList.class)) {
      List<X509Certificate> issuers =
          all(OfCertificate.class).stream()
              .map(each -> each.facts().certificate)
              .filter(each ->
                  each.getSubjectX500Principal().equals(list.list().getIssuerX500Principal()))
              .limit(50)
              .toList();
      list(list, issuers);
    }
  }

  private void list(OfList list, List<X509Certificate> issuers) {
    if (!issuers.isEmpty() && issuers.stream().noneMatch(each -> isSignedBy(list.list(), each))) {
      list.item()
          .finding(
              Severity.ERROR,
              "BAD_SIGNATURE",
              "none of the certificates given of its issuer has the key that signed it",
              "get it again");
      return;
    }
    List<OfCertificate> certificates = new ArrayList<>(all(OfCertificate.class));
    for (OfCertificate each : certificates) {
      X509CRLEntry revoked = revocation(list.list(), each.facts().certificate);
      if (revoked != null) {
        each.item()
            .finding(
                Severity.ERROR,
                "REVOKED",
                "its issuer revoked it at " + revoked.getRevocationDate().toInstant(),
                "have another issued");
      }
    }
  }

  private static @Nullable X509CRLEntry revocation(X509CRL list, X509Certificate certificate) {
    return certificate.getIssuerX500Principal().equals(list.getIssuerX500Principal())
        ? list.getRevokedCertificate(certificate)
        : null;
  }

  private static boolean isSignedBy(X509CRL list, X509Certificate issuer) {
    try {
      list.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException | RuntimeException e) {
      return false; // unchecked too: what the JDK throws for damaged keys is not always declared
    }
  }
}
