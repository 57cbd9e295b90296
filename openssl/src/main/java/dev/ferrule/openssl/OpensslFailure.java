package dev.ferrule.openssl;

import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.hello.ServerHello;
import dev.ferrule.ssl.library.LibraryFailure;
import dev.ferrule.ssl.records.Alerts;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns the entries of OpenSSL's error queue into errors. */
final class OpensslFailure {
  /** What OpenSSL takes of a client's hello (SSL3_RT_MAX_PLAIN_LENGTH x 8, with its header). */
  private static final int LONGEST_HELLO = 131_396;

  private static final String UNKNOWN =
      "the client offers no pre-shared key (PSK) that is known here";

  /** What says "internal error" of a record that is too short for its own protection. */
  private static final Set<String> SHORT_RECORD = Set.of("tls1_enc", "tls1_cipher");

  private OpensslFailure() {}

  /**
   * Makes the error of a queue entry.
   *
   * @param sent the alert that was sent; null when there was none
   * @param hellos null after the handshake
   * @param psk the identity of the external PSK that OpenSSL got last; null for none
   * @param client the external PSKs of a server's client; null elsewhere
   */
  static SslError of(
      ErrorQueue.Entry error,
      @Nullable String sent,
      OfferedParameters offered,
      @Nullable HelloObserver hellos,
      @Nullable String psk,
      @Nullable ClientPsks client) {
    if (error.alert() >= 0) {
      String alert = Alerts.name(error.alert());
      SslError refused =
          psk == null || hellos == null || offered.server() ? null : refused(alert, psk, hellos);
      if (refused != null) {
        return refused;
      }
      return LibraryFailure.received(alert, offered.showsCertificate(), hellos);
    }
    String own = error.code();
    if (own.equals("NO_RENEGOTIATION")) { // a warning, which OpenSSL takes for the end
      return LibraryFailure.received("no_renegotiation", offered.showsCertificate(), hellos);
    }
    SslError unshared =
        offered.hasPsks() && hellos != null ? ofPsk(own, sent, offered, psk, client) : null;
    if (unshared != null) {
      return unshared;
    }
    return new LibraryFailure("OpenSSL", LONGEST_HELLO, offered.server())
        .found(
            own.equals("NO_SHARED_CIPHER") ? offered.notShared(hellos) : common(error, hellos),
            own.isEmpty() ? null : own,
            sent,
            hellos);
  }

  /** What is wrong about external pre-shared keys; null for anything else. */
  private static @Nullable SslError ofPsk(
      String code,
      @Nullable String sent,
      OfferedParameters offered,
      @Nullable String psk,
      @Nullable ClientPsks client) {
    boolean bare = offered.server() && !offered.showsCertificate();
    return switch (code) {
      case "BINDER_DOES_NOT_VERIFY", "DECRYPTION_FAILED_OR_BAD_RECORD_MAC" -> {
        if (client != null && client.hasSubstituted()) {
          yield psk(SslFailure.NO_SHARED_CIPHER, sent, code, unknown(client));
        }
        yield psk == null
            ? null
            : psk(
                SslFailure.HANDSHAKE_NOT_AUTHENTIC,
                sent,
                code,
                "the peer has another pre-shared key (PSK) of the identity "
                    + quoted(psk)
                    + ", or the handshake was changed on its way");
      }
      case "PSK_IDENTITY_NOT_FOUND" ->
          psk(SslFailure.NO_SHARED_CIPHER, sent, code, unknown(client));
      case "NO_SHARED_CIPHER",
          "NO_SUITABLE_SIGNATURE_ALGORITHM",
          "NO_SHARED_SIGNATURE_ALGORITHMS" ->
          bare
              ? psk(
                  SslFailure.NO_SHARED_CIPHER,
                  sent,
                  code,
                  unknown(client) + ", and this server has no certificate")
              : null;
      default -> null;
    };
  }

  private static String unknown(@Nullable ClientPsks client) {
    List<String> names = client == null ? List.of() : client.unknown();
    return names.isEmpty() ? UNKNOWN : UNKNOWN + " (it offers " + HelloObserver.list(names) + ")";
  }

  /**
   * What a client's server means that refuses by an alert which says that its key is another, or
   * not known: before TLS 1.3 once it has chosen a suite of such keys, else instead of its hello.
   * Null where the alert says something else.
   */
  private static @Nullable SslError refused(String alert, String psk, HelloObserver hellos) {
    ServerHello answer = hellos.answer();
    boolean used = answer == null || answer.cipherSuite().contains("PSK_WITH_");
    String offered = "this client's external PSK " + quoted(psk);
    return switch (alert) {
      case "unknown_psk_identity" -> refused(alert, "it does not know " + offered);
      case "decrypt_error", "bad_record_mac", "illegal_parameter" ->
          used
              ? refused(
                  alert,
                  "it has another key of the identity than "
                      + offered
                      + ", or does not know that, unless the handshake was changed on its way")
              : null;
      case "handshake_failure" ->
          answer == null
              ? new SslError(
                  Side.PEER,
                  Stage.HELLO,
                  alert,
                  SslFailure.PEER_REFUSED_OFFER,
                  Alerts.received(alert, true)
                      + hellos.offer(alert, Stage.HELLO)
                      + ", and "
                      + offered
                      + ", which it may not know",
                  null)
              : null;
      default -> null;
    };
  }

  private static SslError refused(String alert, String why) {
    return new SslError(
        Side.PEER,
        SslFailure.PEER_REFUSED_PSK.stageInHandshake(),
        alert,
        SslFailure.PEER_REFUSED_PSK,
        "the peer refused with the alert " + alert + ": " + why,
        null);
  }

  private static String quoted(String identity) {
    return '"' + SafeText.of(identity) + '"';
  }

  private static SslError psk(
      SslFailure failure, @Nullable String alert, String code, String sentence) {
    return new SslError(
        Side.OURS, failure.stageInHandshake(), alert, failure, sentence, code, null);
  }

  /** BoringSSL's name for the reason; both began with the same ones. */
  private static String common(ErrorQueue.Entry error, @Nullable HelloObserver hellos) {
    String own = error.code();
    return switch (own) {
      case "NO_SUITABLE_KEY_SHARE", "NO_SUITABLE_GROUPS" -> "NO_SHARED_GROUP";
      case "NO_SUITABLE_SIGNATURE_ALGORITHM", "NO_SHARED_SIGNATURE_ALGORITHMS" ->
          "NO_COMMON_SIGNATURE_ALGORITHMS";
      case "VERSION_TOO_LOW", "UNKNOWN_PROTOCOL", "NO_PROTOCOLS_AVAILABLE" ->
          "UNSUPPORTED_PROTOCOL";
      case "PACKET_LENGTH_TOO_LONG" -> "ENCRYPTED_LENGTH_TOO_LONG";
      case "RECORD_TOO_SMALL", "TOO_MANY_WARN_ALERTS" -> "TOO_MANY_EMPTY_FRAGMENTS";
      case "UNSOLICITED_EXTENSION" -> "UNEXPECTED_EXTENSION";
      case "INVALID_CCS_MESSAGE" -> "BAD_CHANGE_CIPHER_SPEC";
      case "INVALID_ALERT" -> "DECODE_ERROR";
      case "INTERNAL_ERROR" -> SHORT_RECORD.contains(error.function()) ? "BAD_PACKET_LENGTH" : own;
      case "WRONG_VERSION_NUMBER" ->
          hellos == null || hellos.isUnanswered() ? own : "INVALID_OUTER_RECORD_TYPE";
      case "TOO_MUCH_EARLY_DATA" -> "TOO_MUCH_SKIPPED_EARLY_DATA";
      default -> own;
    };
  }
}
