package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.SslFailure;
import java.security.cert.CertPathValidatorException.BasicReason;

/**
 * Why a path was refused. Of several refused paths, the reason that is first in this order is
 * reported: it belongs to the path that came closest to be valid.
 */
public enum Reason {
  /** The path is good, and the certificate names another host. */
  HOST(SslFailure.HOST_MISMATCH),
  /**
   * The path is good, and the OCSP response that came with it is not. The JDK's engine sends
   * bad_certificate_status_response.
   */
  STAPLE(SslFailure.BAD_STAPLE),
  /** The path is good, and the key is not pinned. */
  PIN(SslFailure.PIN_MISMATCH),
  /** The path is good, and no rule allows the client. */
  RULE(SslFailure.CLIENT_NOT_ALLOWED),
  /** The path is good, and the program does not accept it. */
  VERIFIER(SslFailure.VERIFIER_REFUSED),
  /** A certificate of the path, the anchor included, has expired. */
  EXPIRED(SslFailure.CERTIFICATE_EXPIRED),
  /** The alert is for what "has expired or is not currently valid" (RFC 8446 6.2). */
  NOT_YET_VALID(SslFailure.CERTIFICATE_NOT_YET_VALID),
  /** The issuer of a certificate of the path has revoked it, by a list or an OCSP response. */
  REVOKED(SslFailure.CERTIFICATE_REVOKED),
  /** No revocation list in date says whether it was revoked, and one must (strict). */
  STATUS_UNKNOWN(SslFailure.REVOCATION_UNKNOWN),
  /** The anchor's own settings say that it is not for this purpose. */
  DISTRUSTED(SslFailure.ISSUER_NOT_ALLOWED),
  /** Key usage or extended key usage of one of the certificates. */
  PURPOSE(SslFailure.WRONG_PURPOSE),
  /** A name that an authority above may not certify. */
  NAME_CONSTRAINT(SslFailure.ISSUER_NOT_ALLOWED),
  /** More authorities below one than it may have. */
  PATH_LENGTH(SslFailure.ISSUER_NOT_ALLOWED),
  /** A weak signature or key; RFC 8446 4.4.2.4 names the alert. */
  WEAK(SslFailure.WEAK_CERTIFICATE),
  /** A critical extension that is not known here (RFC 5280 4.2). */
  CRITICAL_EXTENSION(SslFailure.UNSUPPORTED_CERTIFICATE),
  /** The issuer is no certificate authority. */
  NOT_AN_AUTHORITY(SslFailure.ISSUER_NOT_ALLOWED),
  /** The JDK cannot verify such a signature. */
  UNSUPPORTED(SslFailure.UNSUPPORTED_CERTIFICATE),
  /** The issuer's certificate is known, but the signature is not by its key. */
  BAD_SIGNATURE(SslFailure.BAD_CERTIFICATE),
  /** No path leads to an anchor. */
  UNKNOWN_ISSUER(SslFailure.UNKNOWN_ISSUER),
  /** The search reached its limit: the certificates allow too many paths. */
  TOO_MANY_PATHS(SslFailure.BAD_CERTIFICATE),
  /** A certificate, or all of them, cannot be read or are too many. */
  UNREADABLE(SslFailure.BAD_CERTIFICATE);

  private final SslFailure failure;

  Reason(SslFailure failure) {
    this.failure = failure;
  }

  /** What the program is told. */
  public SslFailure failure() {
    return failure;
  }

  /** The alert that is sent to the peer (RFC 8446 6.2). */
  public String alert() {
    return failure.alert().orElseThrow();
  }

  /** The reason for which the JDK's engine sends that alert; it has none for unknown_ca. */
  BasicReason basic() {
    return this == STAPLE ? BasicReason.UNDETERMINED_REVOCATION_STATUS : basic(alert());
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
