package dev.ferrule.ssl.library;

import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.records.Alerts;
import org.jspecify.annotations.Nullable;

/**
 * What the reasons of a library's error queue mean, by BoringSSL's names; the others mean what
 * their alert means.
 */
final class Reasons {
  private Reasons() {}

  /**
   * The failure of a reason.
   *
   * @param alert what was sent; null when that is not known
   * @param handshaking whether the handshake goes on
   */
  static SslFailure failure(String reason, @Nullable String alert, boolean handshaking) {
    return switch (reason) {
      case "NO_SHARED_CIPHER" -> SslFailure.NO_SHARED_CIPHER;
      case "NO_SHARED_GROUP" -> SslFailure.NO_SHARED_GROUP;
      case "NO_COMMON_SIGNATURE_ALGORITHMS" -> SslFailure.NO_SHARED_SIGNATURE;
      case "UNSUPPORTED_PROTOCOL",
          "WRONG_SSL_VERSION",
          "NO_SUPPORTED_VERSIONS_ENABLED",
          "INAPPROPRIATE_FALLBACK" ->
          SslFailure.NO_SHARED_PROTOCOL;
      case "WRONG_VERSION_NUMBER" ->
          handshaking ? SslFailure.NO_SHARED_PROTOCOL : SslFailure.NOT_A_RECORD;
      case "NO_APPLICATION_PROTOCOL" -> SslFailure.NO_SHARED_APPLICATION;
      case "WRONG_CIPHER_RETURNED",
          "UNKNOWN_CIPHER_RETURNED",
          "WRONG_CURVE",
          "UNEXPECTED_EXTENSION",
          "INVALID_ALPN_PROTOCOL",
          "NEGOTIATED_ALPS_WITHOUT_ALPN",
          "WRONG_SIGNATURE_TYPE" ->
          SslFailure.NOT_OFFERED;
      case "PEER_DID_NOT_RETURN_A_CERTIFICATE" -> SslFailure.CERTIFICATE_REQUIRED;
      case "UNSUPPORTED_ALGORITHM",
          "UNSUPPORTED_CERTIFICATE",
          "UNKNOWN_CERTIFICATE_TYPE",
          "WRONG_CERTIFICATE_TYPE" ->
          SslFailure.UNSUPPORTED_CERTIFICATE;
      case "CANNOT_PARSE_LEAF_CERT", "ECC_CERT_NOT_FOR_SIGNING", "DECODE_CERT" ->
          SslFailure.BAD_CERTIFICATE;
      case "BAD_SIGNATURE", "DIGEST_CHECK_FAILED" -> SslFailure.HANDSHAKE_NOT_AUTHENTIC;
      case "DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "DECRYPTION_FAILED", "BAD_PACKET_LENGTH" ->
          SslFailure.BAD_RECORD_MAC;
      case "ENCRYPTED_LENGTH_TOO_LONG", "DATA_LENGTH_TOO_LONG" -> SslFailure.RECORD_TOO_LONG;
      case "EXCESSIVE_MESSAGE_SIZE" -> SslFailure.MESSAGE_TOO_LONG;
      case "TOO_MUCH_SKIPPED_EARLY_DATA" -> SslFailure.EARLY_DATA;
      case "TOO_MANY_EMPTY_FRAGMENTS", "TOO_MANY_KEY_UPDATES", "TOO_MANY_WARNING_ALERTS" ->
          SslFailure.TOO_MANY_IDLE_RECORDS;
      case "NO_RENEGOTIATION" -> SslFailure.RENEGOTIATION;
      case "INVALID_OUTER_RECORD_TYPE", "BAD_CHANGE_CIPHER_SPEC" -> SslFailure.UNEXPECTED_MESSAGE;
      case "PARSE_TLSEXT",
          "CLIENTHELLO_PARSE_FAILED",
          "CLIENTHELLO_TLSEXT",
          "ERROR_PARSING_EXTENSION",
          "DECODE_ERROR" ->
          SslFailure.MALFORMED_MESSAGE;
      default -> Alerts.foundFailure(alert);
    };
  }
}
