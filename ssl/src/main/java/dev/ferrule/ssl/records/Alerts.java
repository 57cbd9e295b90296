package dev.ferrule.ssl.records;

import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import org.jspecify.annotations.Nullable;

/** The names of alerts (RFC 8446 6.2), and for received ones a sentence that says what to check. */
public final class Alerts {
  private Alerts() {}

  /** The name of an alert by its number; one without a name is {@code alert_} and its number. */
  public static String name(int number) {
    return switch (number) {
      case 0 -> "close_notify";
      case 10 -> "unexpected_message";
      case 20 -> "bad_record_mac";
      case 21 -> "decryption_failed";
      case 22 -> "record_overflow";
      case 30 -> "decompression_failure";
      case 40 -> "handshake_failure";
      case 41 -> "no_certificate";
      case 42 -> "bad_certificate";
      case 43 -> "unsupported_certificate";
      case 44 -> "certificate_revoked";
      case 45 -> "certificate_expired";
      case 46 -> "certificate_unknown";
      case 47 -> "illegal_parameter";
      case 48 -> "unknown_ca";
      case 49 -> "access_denied";
      case 50 -> "decode_error";
      case 51 -> "decrypt_error";
      case 60 -> "export_restriction";
      case 70 -> "protocol_version";
      case 71 -> "insufficient_security";
      case 80 -> "internal_error";
      case 86 -> "inappropriate_fallback";
      case 90 -> "user_canceled";
      case 100 -> "no_renegotiation";
      case 109 -> "missing_extension";
      case 110 -> "unsupported_extension";
      case 111 -> "certificate_unobtainable";
      case 112 -> "unrecognized_name";
      case 113 -> "bad_certificate_status_response";
      case 114 -> "bad_certificate_hash_value";
      case 115 -> "unknown_psk_identity";
      case 116 -> "certificate_required";
      case 120 -> "no_application_protocol";
      case 121 -> "ech_required";
      default -> "alert_" + number;
    };
  }

  /** The number of an alert by its name; -1 when there is none of that name. */
  public static int number(String name) {
    for (int number = 0; number <= 0xFF; number++) {
      if (name(number).equals(name)) {
        return number;
      }
    }
    return -1;
  }

  /**
   * The sentence for an alert that was received, by its name.
   *
   * @param shown whether this side may have shown a certificate
   */
  public static String received(String alert, boolean shown) {
    boolean lacking = !shown && stage(alert) == Stage.CERTIFICATE;
    return "the peer refused with the alert "
        + alert
        + ": "
        + (lacking ? "it requires a certificate of the client: give one" : meaning(alert));
  }

  /**
   * What an alert that was received means, by its name.
   *
   * @param shown whether this side may have shown a certificate
   */
  public static SslFailure receivedFailure(String alert, boolean shown) {
    return switch (alert) {
      case "close_notify", "user_canceled" -> SslFailure.CANCELLED;
      case "protocol_version", "inappropriate_fallback" -> SslFailure.PEER_REFUSED_PROTOCOL;
      case "handshake_failure", "insufficient_security" -> SslFailure.PEER_REFUSED_OFFER;
      case "unrecognized_name" -> SslFailure.PEER_REFUSED_NAME;
      case "no_application_protocol" -> SslFailure.PEER_REFUSED_APPLICATION;
      case "certificate_required", "no_certificate" -> SslFailure.PEER_REQUIRES_CERTIFICATE;
      case "internal_error" -> SslFailure.PEER_FAILED;
      default ->
          stage(alert) != Stage.CERTIFICATE
              ? SslFailure.PEER_ALERT
              : shown ? SslFailure.PEER_REFUSED_CERTIFICATE : SslFailure.PEER_REQUIRES_CERTIFICATE;
    };
  }

  /** What a provider has found that says no more than by the alert that it sends. */
  public static SslFailure foundFailure(@Nullable String alert) {
    return switch (alert) {
      case null -> SslFailure.OTHER;
      case "unexpected_message" -> SslFailure.UNEXPECTED_MESSAGE;
      case "bad_record_mac" -> SslFailure.BAD_RECORD_MAC;
      case "record_overflow" -> SslFailure.RECORD_TOO_LONG;
      case "decode_error" -> SslFailure.MALFORMED_MESSAGE;
      case "decrypt_error" -> SslFailure.HANDSHAKE_NOT_AUTHENTIC;
      case "illegal_parameter", "missing_extension" -> SslFailure.ILLEGAL_PARAMETER;
      case "unsupported_extension" -> SslFailure.NOT_OFFERED;
      case "protocol_version", "inappropriate_fallback" -> SslFailure.NO_SHARED_PROTOCOL;
      case "no_application_protocol" -> SslFailure.NO_SHARED_APPLICATION;
      case "unrecognized_name" -> SslFailure.UNRECOGNIZED_NAME;
      case "bad_certificate" -> SslFailure.BAD_CERTIFICATE;
      case "unsupported_certificate" -> SslFailure.UNSUPPORTED_CERTIFICATE;
      case "unknown_ca" -> SslFailure.UNKNOWN_ISSUER;
      case "certificate_expired" -> SslFailure.CERTIFICATE_EXPIRED;
      case "certificate_revoked" -> SslFailure.CERTIFICATE_REVOKED;
      case "bad_certificate_status_response" -> SslFailure.BAD_STAPLE;
      case "certificate_required" -> SslFailure.CERTIFICATE_REQUIRED;
      case "no_renegotiation" -> SslFailure.RENEGOTIATION;
      default -> SslFailure.OTHER;
    };
  }

  /** The stage of the handshake that the alert concerns. */
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
