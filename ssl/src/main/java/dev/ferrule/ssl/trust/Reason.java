package dev.ferrule.ssl.trust;

import java.security.cert.CertPathValidatorException.BasicReason;

/**
 * Why a path was refused. Of several refused paths, the reason that is first in this order is
 * reported: it belongs to the path that came closest to be valid.
 */
public enum Reason {
  /** The path is good, and the certificate names another host. */
  HOST("certificate_unknown"),
  /**
   * The path is good, and the OCSP response that came with it is not. The JDK's engine sends
   * bad_certificate_status_response.
   */
  STAPLE("certificate_unknown"),
  /** The path is good, and the key is not pinned, no rule allows the client, or the program not. */
  NOT_ALLOWED("certificate_unknown"),
  /** A certificate of the path, the anchor included, has expired. */
  EXPIRED("certificate_expired"),
  /** The alert is for what "has expired or is not currently valid" (RFC 8446 6.2). */
  NOT_YET_VALID("certificate_expired"),
  /** The issuer of a certificate of the path has revoked it, by a list or an OCSP response. */
  REVOKED("certificate_revoked"),
  /** No revocation list in date says whether it was revoked, and one must (strict). */
  STATUS_UNKNOWN("certificate_unknown"),
  /** The anchor's own settings say that it is not for this purpose. */
  DISTRUSTED("certificate_unknown"),
  /** Key usage or extended key usage of one of the certificates. */
  PURPOSE("unsupported_certificate"),
  /** A name that an authority above may not certify. */
  NAME_CONSTRAINT("certificate_unknown"),
  /** More authorities below one than it may have. */
  PATH_LENGTH("certificate_unknown"),
  /** A weak signature or key; RFC 8446 4.4.2.4 names the alert. */
  WEAK("bad_certificate"),
  /** A critical extension that is not known here (RFC 5280 4.2). */
  CRITICAL_EXTENSION("unsupported_certificate"),
  /** The issuer is no certificate authority. */
  NOT_AN_AUTHORITY("certificate_unknown"),
  /** The JDK cannot verify such a signature. */
  UNSUPPORTED("unsupported_certificate"),
  /** The issuer's certificate is known, but the signature is not by its key. */
  BAD_SIGNATURE("bad_certificate"),
  /** No path leads to an anchor. */
  UNKNOWN_ISSUER("unknown_ca"),
  /** The search reached its limit: the certificates allow too many paths. */
  TOO_MANY_PATHS("certificate_unknown"),
  /** A certificate, or all of them, cannot be read or are too many. */
  UNREADABLE("bad_certificate");

  private final String alert;

  Reason(String alert) {
    this.alert = alert;
  }

  /** The alert that is sent to the peer (RFC 8446 6.2). */
  public String alert() {
    return alert;
  }

  /** The reason for which the JDK's engine sends that alert; it has none for unknown_ca. */
  BasicReason basic() {
    return this == STAPLE ? BasicReason.UNDETERMINED_REVOCATION_STATUS : basic(alert);
  }

  private static BasicReason basic(String alert) {
    return switch (alert) {
      case "certificate_revoked" -> BasicReason.REVOKED;
      case "certificate_expired" -> BasicReason.EXPIRED;
      case "bad_certificate" -> BasicReason.INVALID_SIGNATURE;
      case "unsupported_certificate" -> BasicReason.ALGORITHM_CONSTRAINED;
      default -> BasicReason.UNSPECIFIED;
    };
  }
}
