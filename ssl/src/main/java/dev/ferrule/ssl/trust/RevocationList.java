package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.keys.Der;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CRLReason;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A revocation list that can be used (RFC 5280 5): complete, for the certificates of its own
 * issuer. Whose key signed it is asked when a path is known, and remembered. Any thread.
 */
public final class RevocationList {
  /** Whether it is in date. */
  enum Age {
    CURRENT,
    EXPIRED,
    NOT_YET_VALID
  }

  /** What is said of a list that another key has signed. */
  static final String FORGED = "its signature is not by the key of its issuer";

  private static final int CRL_SIGNING = 6;
  private static final int MOST_KEYS = 16;
  private static final String DELTA = "2.5.29.27";
  private static final String AUTHORITY_KEY = "2.5.29.35";
  private static final String SUBJECT_KEY = "2.5.29.14";
  private static final int KEY_ID = 0x80;

  private static final Set<String> KNOWN =
      Set.of(
          "2.5.29.18", // issuer alternative name
          "2.5.29.20", // CRL number
          "2.5.29.28", // issuing distribution point
          AUTHORITY_KEY);

  private static final Set<String> KNOWN_OF_ENTRIES =
      Set.of(
          "2.5.29.21", // reason code
          "2.5.29.24"); // invalidity date

  private final X509CRL list;
  private final CrlScope scope;
  private final byte @Nullable [] keyId;
  private final Map<PublicKey, Boolean> signers = new ConcurrentHashMap<>();

  private RevocationList(X509CRL list) throws IOException {
    this.list = list;
    this.scope = CrlScope.of(list);
    this.keyId = keyId(list);
  }

  /** Why a list cannot be used, whatever is verified; null when it can. */
  public static @Nullable String fault(X509CRL list, Set<SslOption> allowed) {
    String weak = Strength.weakSignature(list, allowed);
    if (weak != null) {
      return "it " + weak;
    }
    if (list.getExtensionValue(DELTA) != null) {
      return "it is a delta list, which only says what is different from another";
    }
    Set<String> unknown = unknown(list.getCriticalExtensionOIDs(), KNOWN);
    Set<? extends X509CRLEntry> entries = list.getRevokedCertificates();
    for (X509CRLEntry entry : entries == null ? Set.<X509CRLEntry>of() : entries) {
      unknown.addAll(unknown(entry.getCriticalExtensionOIDs(), KNOWN_OF_ENTRIES));
    }
    try {
      CrlScope.of(list);
      keyId(list);
    } catch (IOException e) {
      return e.getMessage();
    }
    return unknown.isEmpty()
        ? null
        : "it has the critical extension "
            + String.join(", ", unknown)
            + ", which is not known here";
  }

  private static Set<String> unknown(@Nullable Set<String> critical, Set<String> known) {
    Set<String> unknown = new HashSet<>(critical == null ? Set.of() : critical);
    unknown.removeAll(known);
    return unknown;
  }

  /**
   * A list without {@link #fault}.
   *
   * @throws IllegalArgumentException when it has one
   */
  static RevocationList of(X509CRL list) {
    try {
      return new RevocationList(list);
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static byte @Nullable [] keyId(X509CRL list) throws IOException {
    byte[] extension = list.getExtensionValue(AUTHORITY_KEY);
    if (extension != null) {
      for (Der part : CrlScope.value(extension).expect(Der.SEQUENCE).children()) {
        if (part.is(KEY_ID)) {
          return part.content();
        }
      }
    }
    return null;
  }

  X509CRL list() {
    return list;
  }

  CrlScope scope() {
    return scope;
  }

  Date since() {
    return list.getThisUpdate();
  }

  /** Whether another is of the same key, as far as they say so, and for the same certificates. */
  boolean isLike(RevocationList other) {
    return scope.equals(other.scope) && Arrays.equals(keyId, other.keyId);
  }

  /** At the time of the next update it is out of date; without one it never is. */
  Age age(Instant now) {
    Date next = list.getNextUpdate();
    if (next != null && !now.isBefore(next.toInstant())) {
      return Age.EXPIRED;
    }
    return now.isBefore(list.getThisUpdate().toInstant()) ? Age.NOT_YET_VALID : Age.CURRENT;
  }

  /** Whether the key that it names, if it does, may be that of an authority of the right name. */
  boolean mayBeBy(X509Certificate issuer) {
    byte[] extension = issuer.getExtensionValue(SUBJECT_KEY);
    if (keyId == null || extension == null) {
      return true;
    }
    try {
      return Arrays.equals(keyId, CrlScope.value(extension).expect(Der.OCTET_STRING).content());
    } catch (IOException e) {
      return true; // the signature decides
    }
  }

  /** Why an authority may not say by it that a certificate is good; null when it may. */
  @Nullable String usageFault(X509Certificate issuer) {
    boolean[] usage = issuer.getKeyUsage();
    return usage != null && !usage[CRL_SIGNING]
        ? "the key usage of its issuer has no cRLSign"
        : null;
  }

  /** Whether it is the word of an authority of the right name. */
  boolean isSignedBy(X509Certificate issuer) {
    PublicKey key = issuer.getPublicKey();
    Boolean known = signers.get(key);
    if (known == null) {
      known = verify(key);
      if (signers.size() < MOST_KEYS) {
        signers.put(key, known);
      }
    }
    return known;
  }

  private boolean verify(PublicKey key) {
    try {
      list.verify(key);
      return true;
    } catch (GeneralSecurityException | RuntimeException e) {
      return false; // damaged input can cause undeclared exceptions
    }
  }

  /** The entry that revokes a certificate; null when none does. */
  @Nullable X509CRLEntry entry(X509Certificate certificate) {
    X509CRLEntry entry = list.getRevokedCertificate(certificate.getSerialNumber());
    return entry == null || entry.getRevocationReason() == CRLReason.REMOVE_FROM_CRL ? null : entry;
  }
}
