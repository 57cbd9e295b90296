package dev.ferrule.tests.trust;

import dev.ferrule.ssl.TrustedCertificate;
import dev.ferrule.ssl.trust.Purpose;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/**
 * What a peer presents and a side trusts.
 *
 * @param number its place in the sequence of its seed
 * @param oddities what is not as usual in it, with the certificate that it is in: 0 is the peer's
 */
record GeneratedPath(
    int number,
    List<X509Certificate> presented,
    List<TrustedCertificate> anchors,
    Purpose purpose,
    List<Odd> oddities) {

  record Odd(Oddity oddity, int at) {}

  /** Those of one certificate, then from MISSING on those of the whole set. */
  enum Oddity {
    EXPIRED,
    NOT_YET_VALID,
    OTHER_PURPOSE,
    UNRELATED_PURPOSE,
    ANY_PURPOSE,
    OWN_PURPOSE,
    NO_CERT_SIGN,
    ENCIPHERS_ONLY,
    AGREES_ONLY,
    NO_AUTHORITY,
    NO_BASIC_CONSTRAINTS,
    VERSION_ONE,
    PATH_LENGTH_0,
    PATH_LENGTH_1,
    NAMES_FIT,
    NAMES_FORBIDDEN,
    NAMES_ELSEWHERE,
    NAMES_OF_A_WILDCARD,
    ADDRESSES_FIT,
    ADDRESSES_ELSEWHERE,
    DIRECTORY_FITS,
    DIRECTORY_ELSEWHERE,
    UNKNOWN_CRITICAL,
    SHA_1,
    MD5,
    RSA_1024,
    P_192,
    P_224,
    FORGED,
    NO_KEY_IDS,
    OTHER_KEY_ID,
    SELF_ISSUED,
    MISSING,
    SHUFFLED,
    REPEATED,
    UNRELATED_SENT,
    ANCHOR_SENT,
    ANCHOR_IS_INTERMEDIATE,
    ANCHOR_IS_LEAF,
    ANCHOR_RENEWED,
    ANCHOR_NAMESAKE,
    ANCHOR_UNRELATED,
    ANCHOR_TRUSTED_FOR,
    ANCHOR_TRUSTED_FOR_OTHERS,
    ANCHOR_REJECTED_FOR,
    CROSS_SIGNED,
    CROSS_SIGNED_EXPIRED,
    CROSS_SIGNED_BY_A_STRANGER
  }

  boolean has(Oddity... any) {
    return oddities.stream().anyMatch(odd -> Set.of(any).contains(odd.oddity()));
  }

  boolean has(Oddity oddity, int at) {
    return oddities.contains(new Odd(oddity, at));
  }
}
