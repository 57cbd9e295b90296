package dev.ferrule.tests.trust;

import static dev.ferrule.tests.trust.GeneratedPath.Oddity.*;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Where another program validates a path differently, and why that is right. The table in
 * docs/options.md has a row for each, with the same sentence.
 */
enum Difference {
  OPENSSL_ANY_USAGE(
      "openssl",
      true,
      path -> path.has(ANY_PURPOSE),
      "anyExtendedKeyUsage allows servers and clients (RFC 5280 4.2.1.12); OpenSSL does not count it"),
  OPENSSL_KEY_USAGE(
      "openssl",
      false,
      path -> path.has(ENCIPHERS_ONLY, AGREES_ONLY),
      "the peer's key must be for digitalSignature (RFC 8446 4.4.2.2); OpenSSL takes keyEncipherment"
          + " and keyAgreement too, and looks again when the suite is known"),
  OPENSSL_KEY_IDENTIFIER(
      "openssl",
      true,
      path -> path.has(OTHER_KEY_ID),
      "a key identifier that does not fit is a hint, and the signature decides (RFC 5280 4.2.1.1)"),
  OPENSSL_ALTERNATIVES(
      "openssl",
      true,
      path ->
          path.has(CROSS_SIGNED, CROSS_SIGNED_EXPIRED, CROSS_SIGNED_BY_A_STRANGER)
              || path.has(ANCHOR_RENEWED, ANCHOR_NAMESAKE),
      "every path is tried (RFC 4158); OpenSSL goes on with the first issuer that fits"),
  OPENSSL_WILDCARD(
      "openssl",
      false,
      path -> path.has(NAMES_OF_A_WILDCARD),
      "a wildcard that covers an excluded name is refused"),
  OPENSSL_TRUSTED_AS_ITSELF(
      "openssl",
      true,
      path -> path.has(ANCHOR_IS_LEAF, ANCHOR_IS_INTERMEDIATE),
      "above the anchor nothing counts; OpenSSL also checks what the peer sends above it"),
  OPENSSL_OWN_KEY(
      "openssl",
      false,
      path -> path.has(P_192, RSA_1024),
      "the peer's own key must be long enough; openssl verify looks at those of issuers only"),
  OPENSSL_AUTHORITY(
      "openssl",
      false,
      path -> path.has(NO_BASIC_CONSTRAINTS, NO_AUTHORITY),
      "an issuer must have basic constraints that say so (RFC 5280 6.1.4 (k)), an anchor too;"
          + " OpenSSL takes keyCertSign for it unless x509_strict is set"),
  GO_WILDCARD(
      "go",
      false,
      path -> path.has(NAMES_OF_A_WILDCARD),
      "a wildcard that covers an excluded name is refused; Go does so from 1.24.11 and 1.25.5 on (CVE-2025-61727)"),
  GO_SHORT_KEYS("go", false, path -> path.has(RSA_1024), "Go takes RSA keys from 1,024 bits on"),
  GO_KEY_USAGE(
      "go",
      false,
      path -> path.has(ENCIPHERS_ONLY, AGREES_ONLY),
      "the key usage of the peer's own certificate counts; Go looks at it nowhere"),
  GO_DIRECTORY_NAMES(
      "go",
      true,
      path -> path.has(DIRECTORY_FITS),
      "name constraints of directory names are checked; Go refuses all of them"),
  GO_TRUSTED_AS_ITSELF(
      "go",
      true,
      path -> path.has(ANCHOR_IS_LEAF, ANCHOR_IS_INTERMEDIATE),
      "an anchor may be any certificate, above which nothing counts"),
  GO_SETTINGS_OF_ANCHORS(
      "go",
      false,
      path -> path.has(ANCHOR_TRUSTED_FOR_OTHERS, ANCHOR_REJECTED_FOR),
      "OpenSSL's TRUSTED CERTIFICATE counts; Go has nothing like it"),
  GO_SETTINGS_OF_ANCHORS_ALLOW(
      "go",
      true,
      path -> path.has(ANCHOR_TRUSTED_FOR),
      "its trusted usages stand above the anchor's own; Go has nothing like it");

  final String program;
  final boolean weAccept;
  final String why;

  @SuppressWarnings("ImmutableEnumChecker") // it has no state
  private final Predicate<GeneratedPath> kind;

  Difference(String program, boolean weAccept, Predicate<GeneratedPath> kind, String why) {
    this.program = program;
    this.weAccept = weAccept;
    this.kind = kind;
    this.why = why;
  }

  /** The rest of its row in docs/options.md. */
  String row() {
    return (weAccept ? "accepted here" : "refused here") + " | " + why + " |";
  }

  /** The difference that explains that this side alone accepts, or refuses, the path. */
  static Optional<Difference> explaining(String program, GeneratedPath path, boolean weAccept) {
    return Stream.of(values())
        .filter(one -> one.program.equals(program) && one.weAccept == weAccept)
        .filter(one -> one.kind.test(path))
        .findFirst();
  }
}
