package dev.ferrule.boringssl;

import org.jspecify.annotations.Nullable;

/**
 * The alerts that BoringSSL sends encrypted, by the reason in its error queue, because they cannot
 * be read from the record. Only reasons that always have the same alert; others, such as
 * PARSE_TLSEXT, have several.
 */
final class SealedAlerts {
  private SealedAlerts() {}

  /** The name of the alert; null when it cannot be known. */
  static @Nullable String of(String reason) {
    return switch (reason) {
      case "BAD_PACKET_LENGTH", "DECRYPTION_FAILED_OR_BAD_RECORD_MAC" -> "bad_record_mac";
      case "BAD_SIGNATURE", "DIGEST_CHECK_FAILED", "DECRYPTION_FAILED" -> "decrypt_error";
      case "PEER_DID_NOT_RETURN_A_CERTIFICATE" -> "certificate_required"; // TLS 1.3
      case "NO_RENEGOTIATION" -> "no_renegotiation";
      case "ENCRYPTED_LENGTH_TOO_LONG", "DATA_LENGTH_TOO_LONG" -> "record_overflow";
      case "WRONG_VERSION_NUMBER" -> "protocol_version";
      case "NO_COMMON_SIGNATURE_ALGORITHMS" -> "handshake_failure";
      case "PRIVATE_KEY_OPERATION_FAILED" -> "internal_error";
      case "MISSING_EXTENSION" -> "missing_extension";
      case "UNSUPPORTED_CERTIFICATE" -> "unsupported_certificate";
      case "UNEXPECTED_MESSAGE",
          "UNEXPECTED_RECORD",
          "EXCESS_HANDSHAKE_DATA",
          "TOO_MANY_KEY_UPDATES",
          "TOO_MANY_EMPTY_FRAGMENTS",
          "TOO_MANY_WARNING_ALERTS" ->
          "unexpected_message";
      case "INVALID_OUTER_RECORD_TYPE",
          "DECODE_ERROR",
          "BAD_ALERT",
          "BAD_HANDSHAKE_RECORD",
          "BAD_HELLO_REQUEST",
          "LENGTH_MISMATCH",
          "CERT_LENGTH_MISMATCH" ->
          "decode_error";
      case "BAD_CHANGE_CIPHER_SPEC",
          "BAD_ECPOINT",
          "DUPLICATE_EXTENSION",
          "EXCESSIVE_MESSAGE_SIZE",
          "INVALID_ALPN_PROTOCOL",
          "UNKNOWN_ALERT_TYPE",
          "WRONG_CIPHER_RETURNED",
          "WRONG_CURVE",
          "WRONG_SIGNATURE_TYPE" ->
          "illegal_parameter";
      default -> null;
    };
  }
}
