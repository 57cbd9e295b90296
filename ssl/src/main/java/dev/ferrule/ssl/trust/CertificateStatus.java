package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.keys.Der;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an OCSP response says of one certificate: a SingleResponse of RFC 6960 4.2.1. Immutable.
 *
 * @param digest the hash that names the issuer
 * @param issuerName the hash of the issuer's name
 * @param issuerKey the hash of the issuer's key
 * @param serial the serial number, as it is encoded, in hexadecimal as the hashes are
 * @param status good, revoked or unknown
 * @param revoked since when and why, for a message; empty when it is not revoked
 * @param thisUpdate from when on that is known to be so
 * @param nextUpdate when there will be newer information; null when it does not say
 */
record CertificateStatus(
    String digest,
    String issuerName,
    String issuerKey,
    String serial,
    Status status,
    String revoked,
    Instant thisUpdate,
    @Nullable Instant nextUpdate) {
  /** CertStatus. */
  enum Status {
    GOOD,
    REVOKED,
    UNKNOWN
  }

  private static final int GENERALIZED_TIME = 0x18;
  private static final int GOOD = 0x80;
  private static final int REVOKED = 0xA1;
  private static final int UNKNOWN = 0x82;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT);

  /** CRLReason of RFC 5280 5.3.1. */
  private static final List<String> REASONS =
      List.of(
          "unspecified",
          "keyCompromise",
          "cACompromise",
          "affiliationChanged",
          "superseded",
          "cessationOfOperation",
          "certificateHold",
          "7",
          "removeFromCRL",
          "privilegeWithdrawn",
          "aACompromise");

  static CertificateStatus of(Der single) throws IOException {
    List<Der> parts = single.expect(Der.SEQUENCE).children();
    List<Der> id = single.child(0).expect(Der.SEQUENCE).children();
    if (id.size() != 4 || parts.size() < 3) {
      throw new IOException("a SingleResponse has too few parts");
    }
    Instant next = null;
    for (Der part : parts.subList(3, parts.size())) {
      if (part.is(Der.CONTEXT_0)) {
        next = time(part.child(0));
      } else if (part.is(Der.CONTEXT_1)) {
        requireKnown(part);
      }
    }
    return new CertificateStatus(
        digest(id.get(0).child(0).oid()),
        hex(id.get(1).expect(Der.OCTET_STRING).content()),
        hex(id.get(2).expect(Der.OCTET_STRING).content()),
        hex(id.get(3).expect(Der.INTEGER).content()),
        status(parts.get(1)),
        parts.get(1).is(REVOKED) ? revoked(parts.get(1)) : "",
        time(parts.get(2)),
        next);
  }

  /** No extension that is critical is known here (RFC 6960 4.4). */
  static void requireKnown(Der extensions) throws IOException {
    for (Der extension : extensions.child(0).expect(Der.SEQUENCE).children()) {
      List<Der> parts = extension.children();
      if (parts.size() == 3) { // with the flag, which in DER is there only when it is set
        throw new IOException("it has the critical extension " + parts.getFirst().oid());
      }
    }
  }

  private static Status status(Der encoded) throws IOException {
    return switch (encoded.tag()) {
      case GOOD -> Status.GOOD;
      case REVOKED -> Status.REVOKED;
      case UNKNOWN -> Status.UNKNOWN;
      default -> throw new IOException("an unknown certificate status");
    };
  }

  private static String revoked(Der encoded) throws IOException {
    List<Der> parts = encoded.children();
    String since = " was revoked on " + time(encoded.child(0));
    if (parts.size() < 2) {
      return since;
    }
    byte[] reason = parts.get(1).child(0).content();
    int code = reason.length == 1 ? reason[0] : -1;
    return since + (code >= 0 && code < REASONS.size() ? " (" + REASONS.get(code) + ")" : "");
  }

  static Instant time(Der encoded) throws IOException {
    String text = new String(encoded.expect(GENERALIZED_TIME).content(), StandardCharsets.US_ASCII);
    try {
      return LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new IOException("a time is malformed", e);
    }
  }

  private static String digest(String oid) throws IOException {
    return switch (oid) {
      case "1.3.14.3.2.26" -> "SHA-1";
      case "2.16.840.1.101.3.4.2.1" -> "SHA-256";
      case "2.16.840.1.101.3.4.2.2" -> "SHA-384";
      case "2.16.840.1.101.3.4.2.3" -> "SHA-512";
      default -> throw new IOException("it names its issuer by the unknown hash " + oid);
    };
  }

  /** Whether it is about that certificate; an issuer that is not known here is not compared. */
  boolean isAbout(X509Certificate certificate, @Nullable X509Certificate issuer) {
    if (!serial.equals(hex(certificate.getSerialNumber().toByteArray()))
        || !issuerName.equals(hash(digest, certificate.getIssuerX500Principal().getEncoded()))) {
      return false;
    }
    try {
      return issuer == null || issuerKey.equals(hash(digest, keyBits(issuer.getPublicKey())));
    } catch (IOException e) {
      return false;
    }
  }

  /** The bits of a public key without the algorithm, which is what is hashed (RFC 6960 4.1.1). */
  static byte[] keyBits(PublicKey key) throws IOException {
    byte[] bits = Der.whole(key.getEncoded()).child(1).expect(Der.BIT_STRING).content();
    return Arrays.copyOfRange(bits, 1, bits.length);
  }

  static String hash(String digest, byte[] data) {
    try {
      return hex(MessageDigest.getInstance(digest).digest(data));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // the JDK has all of them
    }
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
