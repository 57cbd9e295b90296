package dev.ferrule.openssl;

import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.library.LibraryFailure;
import dev.ferrule.ssl.records.Alerts;
import org.jspecify.annotations.Nullable;

/** Turns the entries of OpenSSL's error queue into errors. */
final class OpensslFailure {
  /** What OpenSSL takes of a client's hello (SSL3_RT_MAX_PLAIN_LENGTH x 8, with its header). */
  private static final int LONGEST_HELLO = 131_396;

  private OpensslFailure() {}

  /**
   * Makes the error of a queue entry.
   *
   * @param sent the alert that was sent; null when there was none
   * @param hellos null after the handshake
   */
  static SslError of(
      ErrorQueue.Entry error,
      @Nullable String sent,
      OfferedParameters offered,
      @Nullable HelloObserver hellos) {
    if (error.alert() >= 0) {
      return LibraryFailure.received(
          Alerts.name(error.alert()), offered.showsCertificate(), hellos);
    }
    String own = error.code();
    return new LibraryFailure("OpenSSL", LONGEST_HELLO, offered.server())
        .found(
            own.equals("NO_SHARED_CIPHER") ? offered.notShared(hellos) : common(own),
            own.isEmpty() ? null : own,
            sent,
            hellos);
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
