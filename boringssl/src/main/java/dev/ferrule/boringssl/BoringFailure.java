package dev.ferrule.boringssl;

import static dev.ferrule.ssl.records.LateHandshake.HELLO_REQUEST;
import static dev.ferrule.ssl.records.LateHandshake.LATE_MESSAGE;

import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.records.Alerts;
import io.netty.internal.tcnative.SSL;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns the entries of BoringSSL's error queue into errors. No other class reads the queue. */
final class BoringFailure {
  private static final int SSL_LIBRARY = 16;
  private static final int REASONS = 0xFFF;
  private static final int RECEIVED_ALERTS = 1000;

  /** What BoringSSL takes of any handshake message that is no chain of certificates. */
  private static final int LONGEST_HELLO = 16_384;

  private BoringFailure() {}

  /**
   * Empties this thread's queue. Returns the first error that the SSL library added (the cipher
   * library may have added others for the same cause), or the first error of any library when there
   * is no such one, or 0 when the queue was empty.
   */
  static int take() {
    int found = 0;
    for (int error; (error = SSL.getLastErrorNumber()) != 0; ) {
      if (found == 0 || (!isOfSsl(found) && isOfSsl(error))) {
        found = error;
      }
    }
    return found;
  }

  private static boolean isOfSsl(int error) {
    return error >>> 24 == SSL_LIBRARY;
  }

  /**
   * Makes the error of a queue entry.
   *
   * @param error as {@link #take} returned it
   * @param sent the alert that was seen to be sent; null when it was encrypted, or there was none
   * @param hellos null after the handshake
   */
  static SslError of(
      int error, @Nullable String sent, OfferedParameters offered, @Nullable HelloObserver hellos) {
    int reason = error & REASONS;
    if (isOfSsl(error) && reason >= RECEIVED_ALERTS) {
      return received(Alerts.name(reason - RECEIVED_ALERTS), offered, hellos);
    }
    String code = code(error);
    String alert = sent == null ? SealedAlerts.of(code) : sent;
    Stage stage = hellos == null ? Stage.DATA : Stage.HANDSHAKE;
    SslFailure failure = BoringReasons.failure(code, alert, hellos != null);
    String sentence;
    switch (code) {
      case "NO_SHARED_CIPHER", "NO_COMMON_SIGNATURE_ALGORITHMS", "NO_SHARED_GROUP" -> {
        stage = Stage.HELLO;
        failure = hellos == null ? failure : notSharedFailure(code, hellos);
        sentence = hellos == null ? "nothing is shared with the peer" : notShared(code, hellos);
      }
      case "WRONG_CURVE" -> {
        if (hellos != null && hellos.sharesNoGroup()) {
          stage = Stage.HELLO;
          failure = SslFailure.NO_SHARED_GROUP;
          sentence = notShared("NO_SHARED_GROUP", hellos);
        } else if (hellos != null && offered.server() && hellos.sharesNoSuite()) {
          stage = Stage.HELLO; // the curve is looked at before the suites are
          failure = SslFailure.NO_SHARED_CIPHER;
          sentence = notShared("NO_SHARED_CIPHER", hellos);
        } else if (hellos != null && offered.server()) {
          stage = Stage.HELLO;
          failure = SslFailure.NO_SHARED_GROUP;
          sentence =
              "the curve of this side's key is not among the client's groups, as TLS 1.2 has it"
                  + " (RFC 8422 5.1)"
                  + hellos.groups();
        } else {
          sentence = refused(code, hellos);
        }
      }
      case "UNSUPPORTED_PROTOCOL", "WRONG_SSL_VERSION", "NO_SUPPORTED_VERSIONS_ENABLED" -> {
        stage = Stage.HELLO;
        sentence = "no protocol version is shared with the peer" + offers(hellos);
      }
      case "PEER_DID_NOT_RETURN_A_CERTIFICATE" -> {
        stage = Stage.CERTIFICATE;
        sentence = "the client showed no certificate, and one is required here";
      }
      case "DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "DECRYPTION_FAILED" ->
          sentence =
              "a record was changed on its way, or was made by somebody else (bad record MAC)";
      case "UNSUPPORTED_ALGORITHM" -> {
        stage = Stage.CERTIFICATE;
        sentence =
            "the key of the peer's certificate is of a kind, or on a curve, that BoringSSL does not"
                + " take";
      }
      case "NO_RENEGOTIATION" -> {
        sentence = offered.server() ? LATE_MESSAGE : HELLO_REQUEST;
      }
      case "EXCESSIVE_MESSAGE_SIZE" -> {
        if (hellos != null && hellos.isUnanswered()) {
          stage = Stage.HELLO;
          sentence =
              HelloObserver.LONG_HELLO + "BoringSSL, which takes " + LONGEST_HELLO + " bytes";
        } else {
          sentence = refused(code, hellos);
        }
      }
      default -> {
        stage = hellos == null ? stage : failure.stageInHandshake();
        sentence = refused(error == 0 ? "" : code, hellos);
      }
    }
    return new SslError(Side.OURS, stage, alert, failure, sentence, error == 0 ? null : code, null);
  }

  private static SslError received(
      String alert, OfferedParameters offered, @Nullable HelloObserver hellos) {
    Stage about = Alerts.stage(alert);
    // In TLS 1.3 the client's handshake ends before the server verifies its certificate.
    Stage stage = hellos == null && about != Stage.CERTIFICATE ? Stage.DATA : about;
    return new SslError(
        Side.PEER,
        stage,
        alert,
        Alerts.receivedFailure(alert, offered.showsCertificate()),
        Alerts.received(alert, offered.showsCertificate())
            + (hellos == null ? "" : hellos.offer(alert, stage)),
        null);
  }

  private static String offers(@Nullable HelloObserver hellos) {
    return hellos == null ? "" : hellos.offers();
  }

  /** {@code reason} is empty when the queue was empty: BoringSSL then gives no reason. */
  private static String refused(String reason, @Nullable HelloObserver hellos) {
    return "the peer's "
        + (hellos == null ? "data" : "handshake")
        + " was refused"
        + (reason.isEmpty()
            ? ", and BoringSSL gives no reason"
            : ": " + reason.toLowerCase(Locale.ROOT).replace('_', ' '));
  }

  private static SslFailure notSharedFailure(String code, HelloObserver hellos) {
    return code.equals("NO_SHARED_CIPHER") && hellos.sharesNoGroup()
        ? SslFailure.NO_SHARED_GROUP
        : BoringReasons.failure(code, null, true);
  }

  private static String notShared(String code, HelloObserver hellos) {
    if (code.equals("NO_COMMON_SIGNATURE_ALGORITHMS")) {
      return HelloObserver.NO_SIGNATURE + hellos.signatures();
    }
    return code.equals("NO_SHARED_GROUP") || hellos.sharesNoGroup()
        ? HelloObserver.NO_GROUP + hellos.groups()
        : "no cipher suite is shared with the peer" + hellos.offers();
  }

  /** BoringSSL's name for the reason, such as NO_SHARED_CIPHER. */
  private static String code(int error) {
    if (error == 0) {
      return "SSL";
    }
    String text = SSL.getErrorString(Integer.toUnsignedLong(error));
    // The reasons that all of its libraries share are in words.
    return text.substring(text.lastIndexOf(':') + 1).toUpperCase(Locale.ROOT).replace(' ', '_');
  }
}
