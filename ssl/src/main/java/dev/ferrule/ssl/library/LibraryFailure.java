package dev.ferrule.ssl.library;

import static dev.ferrule.ssl.records.LateHandshake.HELLO_REQUEST;
import static dev.ferrule.ssl.records.LateHandshake.LATE_MESSAGE;

import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.records.Alerts;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes errors of what a library of OpenSSL's family says in its error queue.
 *
 * @param library its name, for sentences
 * @param longestHello the most bytes of a client's hello that it takes
 * @param server whether this side is the server
 */
public record LibraryFailure(String library, int longestHello, boolean server) {
  /**
   * The error of an alert that was received.
   *
   * @param shows whether this side may have shown a certificate
   * @param hellos null after the handshake
   */
  public static SslError received(String alert, boolean shows, @Nullable HelloObserver hellos) {
    Stage about = Alerts.stage(alert);
    // In TLS 1.3 the client's handshake ends before the server verifies its certificate.
    Stage stage = hellos == null && about != Stage.CERTIFICATE ? Stage.DATA : about;
    return new SslError(
        Side.PEER,
        stage,
        alert,
        Alerts.receivedFailure(alert, shows),
        Alerts.received(alert, shows) + (hellos == null ? "" : hellos.offer(alert, stage)),
        null);
  }

  /**
   * The error of a fault that the library found.
   *
   * @param code the reason by BoringSSL's name for it, such as NO_SHARED_CIPHER; empty when there
   *     is none
   * @param detail the library's own name for it
   * @param alert what was sent; null when that is not known
   * @param hellos null after the handshake
   */
  public SslError found(
      String code,
      @Nullable String detail,
      @Nullable String alert,
      @Nullable HelloObserver hellos) {
    Stage stage = hellos == null ? Stage.DATA : Stage.HANDSHAKE;
    SslFailure failure = Reasons.failure(code, alert, hellos != null);
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
        } else if (hellos != null && server && hellos.sharesNoSuite()) {
          stage = Stage.HELLO; // the curve is looked at before the suites are
          failure = SslFailure.NO_SHARED_CIPHER;
          sentence = notShared("NO_SHARED_CIPHER", hellos);
        } else if (hellos != null && server) {
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
            "the key of the peer's certificate is of a kind, or on a curve, that "
                + library
                + " does not take";
      }
      case "NO_RENEGOTIATION" -> {
        sentence = server ? LATE_MESSAGE : HELLO_REQUEST;
      }
      case "EXCESSIVE_MESSAGE_SIZE" -> {
        if (hellos != null && hellos.isUnanswered()) {
          stage = Stage.HELLO;
          sentence =
              HelloObserver.LONG_HELLO + library + ", which takes " + longestHello + " bytes";
        } else {
          sentence = refused(code, hellos);
        }
      }
      default -> {
        stage = hellos == null ? stage : failure.stageInHandshake();
        sentence = refused(code, hellos);
      }
    }
    return new SslError(Side.OURS, stage, alert, failure, sentence, detail, null);
  }

  private static String offers(@Nullable HelloObserver hellos) {
    return hellos == null ? "" : hellos.offers();
  }

  /** {@code reason} is empty when the queue was empty: the library then gives no reason. */
  private String refused(String reason, @Nullable HelloObserver hellos) {
    return "the peer's "
        + (hellos == null ? "data" : "handshake")
        + " was refused"
        + (reason.isEmpty()
            ? ", and " + library + " gives no reason"
            : ": " + reason.toLowerCase(Locale.ROOT).replace('_', ' '));
  }

  private static SslFailure notSharedFailure(String code, HelloObserver hellos) {
    return code.equals("NO_SHARED_CIPHER") && hellos.sharesNoGroup()
        ? SslFailure.NO_SHARED_GROUP
        : Reasons.failure(code, null, true);
  }

  private static String notShared(String code, HelloObserver hellos) {
    if (code.equals("NO_COMMON_SIGNATURE_ALGORITHMS")) {
      return HelloObserver.NO_SIGNATURE + hellos.signatures();
    }
    return code.equals("NO_SHARED_GROUP") || hellos.sharesNoGroup()
        ? HelloObserver.NO_GROUP + hellos.groups()
        : "no cipher suite is shared with the peer" + hellos.offers();
  }
}
