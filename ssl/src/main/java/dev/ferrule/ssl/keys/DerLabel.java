package dev.ferrule.ssl.keys;

import java.io.IOException;
import java.util.List;

/**
 * Detects from its structure what a DER file holds, as the label that it would have in PEM (RFC
 * 7468). cl-async has {@code :keytype :asn1} for that.
 */
final class DerLabel {
  static final String PKCS12 = "PKCS12";
  static final String JKS = "JKS";
  static final String JCEKS = "JCEKS";
  static final String UNKNOWN = "UNKNOWN";

  private DerLabel() {}

  static String of(Der der) throws IOException {
    List<Der> parts = der.expect(Der.SEQUENCE).children();
    if (parts.size() < 2) {
      return UNKNOWN;
    }
    return switch (parts.get(0).tag()) {
      case Der.INTEGER -> numbered(parts);
      case Der.SEQUENCE -> unnumbered(parts);
      case Der.OID -> "PKCS7";
      default -> UNKNOWN;
    };
  }

  private static String numbered(List<Der> parts) throws IOException {
    Der second = parts.get(1);
    return switch (second.tag()) {
      case Der.INTEGER -> parts.size() >= 9 ? "RSA PRIVATE KEY" : olderKey(parts);
      case Der.OCTET_STRING -> "EC PRIVATE KEY";
      case Der.SEQUENCE -> {
        // A PKCS#8 key and a PKCS#12 store both begin with a version and an object identifier.
        boolean store = parts.get(0).intValue() == 3;
        yield store ? PKCS12 : parts.size() > 2 ? "PRIVATE KEY" : UNKNOWN;
      }
      default -> UNKNOWN;
    };
  }

  private static String olderKey(List<Der> parts) {
    return parts.size() == 2 ? "RSA PUBLIC KEY" : "DSA PRIVATE KEY";
  }

  private static String unnumbered(List<Der> parts) throws IOException {
    return switch (parts.get(1).tag()) {
      case Der.OCTET_STRING -> "ENCRYPTED PRIVATE KEY";
      case Der.BIT_STRING -> "PUBLIC KEY";
      case Der.SEQUENCE -> parts.size() == 3 ? signed(parts.get(0).children()) : UNKNOWN;
      default -> UNKNOWN;
    };
  }

  /** Certificates, requests and revocation lists are all: body, algorithm, signature. */
  private static String signed(List<Der> body) {
    if (body.isEmpty()) {
      return UNKNOWN;
    }
    if (body.get(0).is(Der.CONTEXT_0) || (body.size() > 5 && body.get(3).is(Der.SEQUENCE))) {
      return "CERTIFICATE";
    }
    boolean request = body.size() == 3 || (body.size() == 4 && body.get(3).is(Der.CONTEXT_0));
    return request && body.get(0).is(Der.INTEGER) ? "CERTIFICATE REQUEST" : "X509 CRL";
  }
}
