package dev.ferrule.openssl;

import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.library.LibraryFailure;
import dev.ferrule.ssl.records.Alerts;
import org.jspecify.annotations.Nullable;

/** Turns the entries of OpenSSL's error queue into errors. */
final class OpensslFailure {
  /** What OpenSSL takes of a client's hello (SSL3_RT_MAX_PLAIN_LENGTH x 8, with its header). */
  private static final int LONGEST_HELLO = 131_396;

  private static final String UNKNOWN =
      "the client offers no pre-shared key (PSK) that is known here";

  private OpensslFailure() {}

  /**
   * Makes the error of a queue entry.
   *
   * @param sent the alert that was sent; null when there was none
   * @param hellos null after the handshake
   * @param byPsk whether this handshake has used an external PSK
   */
  static SslError of(
      ErrorQueue.Entry error,
      @Nullable String sent,
      OfferedParameters offered,
      @Nullable HelloObserver hellos,
      boolean byPsk) {
    if (error.alert() >= 0) {
      return LibraryFailure.received(
          Alerts.name(error.alert()), offered.showsCertificate(), hellos);
    }
    String own = error.code();
    SslError unshared =
        offered.hasPsks() && hellos != null ? ofPsk(own, sent, offered, byPsk) : null;
    if (unshared != null) {
      return unshared;
    }
    return new LibraryFailure("OpenSSL", LONGEST_HELLO, offered.server())
        .found(
            own.equals("NO_SHARED_CIPHER") ? offered.notShared(hellos) : common(own),
            own.isEmpty() ? null : own,
            sent,
            hellos);
  }

  /** What is wrong about external pre-shared keys; null for anything else. */
  private static @Nullable SslError ofPsk(
      String code, @Nullable String sent, OfferedParameters offered, boolean byPsk) {
    boolean bare = offered.server() && !offered.showsCertificate();
    return switch (code) {
      case "BINDER_DOES_NOT_VERIFY", "DECRYPTION_FAILED_OR_BAD_RECORD_MAC" ->
          byPsk
              ? psk(
                  SslFailure.HANDSHAKE_NOT_AUTHENTIC,
                  sent,
                  code,
                  "the peer has another pre-shared key (PSK) of that identity, or the handshake was"
                      + " changed on its way")
              : null;
      case "PSK_IDENTITY_NOT_FOUND" -> psk(SslFailure.NO_SHARED_CIPHER, sent, code, UNKNOWN);
      case "NO_SHARED_CIPHER",
          "NO_SUITABLE_SIGNATURE_ALGORITHM",
          "NO_SHARED_SIGNATURE_ALGORITHMS" ->
          bare
              ? psk(
                  SslFailure.NO_SHARED_CIPHER,
                  sent,
                  code,
                  UNKNOWN + ", and this server has no certificate")
              : null;
      default -> null;
    };
  }

  private static SslError psk(
      SslFailure failure, @Nullable String alert, String code, String sentence) {
    return new SslError(
        Side.OURS, failure.stageInHandshake(), alert, failure, sentence, code, null);
  }

  /** BoringSSL's name for the reason; both began with the same ones. */
  private static String common(String own) {
    return switch (own) {
      case "NO_SUITABLE_KEY_SHARE", "NO_SUITABLE_GROUPS" -> "NO_SHARED_GROUP";
      case "NO_SUITABLE_SIGNATURE_ALGORITHM", "NO_SHARED_SIGNATURE_ALGORITHMS" ->
          "NO_COMMON_SIGNATURE_ALGORITHMS";
      case "VERSION_TOO_LOW", "UNKNOWN_PROTOCOL", "NO_PROTOCOLS_AVAILABLE" ->
          "UNSUPPORTED_PROTOCOL";
      case "PACKET_LENGTH_TOO_LONG" -> "ENCRYPTED_LENGTH_TOO_LONG";
      case "RECORD_TOO_SMALL", "TOO_MANY_WARN_ALERTS" -> "TOO_MANY_EMPTY_FRAGMENTS";
      case "UNSOLICITED_EXTENSION" -> "UNEXPECTED_EXTENSION";
      case "TOO_MUCH_EARLY_DATA" -> "TOO_MUCH_SKIPPED_EARLY_DATA";
      default -> own;
    };
  }
}
