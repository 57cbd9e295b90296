package dev.ferrule.ssl.spi;

import dev.ferrule.ssl.SslError.Stage;

/** What a peer means by an alert (RFC 8446 6.2), in a sentence that says what to check. */
public final class Alerts {
  private Alerts() {}

  /** The sentence for an alert that was received, by its name. */
  public static String received(String alert) {
    return "the peer refused with the alert " + alert + ": " + meaning(alert);
  }

  /** What the alert is about. */
  public static Stage stage(String alert) {
    return switch (alert) {
      case "bad_certificate",
          "unsupported_certificate",
          "certificate_revoked",
          "certificate_expired",
          "certificate_unknown",
          "unknown_ca",
          "access_denied",
          "certificate_required",
          "no_certificate",
          "bad_certificate_status_response" ->
          Stage.CERTIFICATE;
      case "handshake_failure",
          "protocol_version",
          "insufficient_security",
          "unrecognized_name",
          "no_application_protocol",
          "inappropriate_fallback",
          "missing_extension",
          "unsupported_extension" ->
          Stage.HELLO;
      default -> Stage.HANDSHAKE;
    };
  }

  private static String meaning(String alert) {
    return switch (alert) {
      case "handshake_failure" ->
          "it found no cipher suite, group or signature that both sides can use, or it requires a"
              + " certificate of the client";
      case "protocol_version" -> "it speaks none of the protocol versions that were offered";
      case "insufficient_security" -> "it wants stronger cipher suites than were offered";
      case "bad_certificate", "certificate_unknown", "unsupported_certificate" ->
          "it did not accept this side's certificate (does it trust the issuer, and is the name"
              + " right?)";
      case "unknown_ca" -> "it does not trust the issuer of this side's certificate";
      case "certificate_expired" -> "it says that this side's certificate is not valid now";
      case "certificate_revoked" -> "it says that this side's certificate was revoked";
      case "certificate_required", "no_certificate" ->
          "it requires a certificate of the client: give one";
      case "access_denied" -> "it accepted the certificate, but not for this service";
      case "unrecognized_name" -> "it serves no host of the name that was asked for (SNI)";
      case "no_application_protocol" -> "it speaks none of the application protocols (ALPN)";
      case "decrypt_error" -> "a signature or key of the handshake was wrong";
      case "bad_record_mac" -> "a record arrived changed";
      case "internal_error" -> "something failed inside it (its log will say what)";
      case "user_canceled" -> "it broke the handshake off";
      default -> "see RFC 8446 6.2";
    };
  }
}
