package dev.ferrule.boringssl;

import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.records.Alerts;
import io.netty.internal.tcnative.SSL;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The one place that makes errors of what is in BoringSSL's error queue. */
final class BoringFailure {
  private static final int SSL_LIBRARY = 16;
  private static final int REASONS = 0xFFF;
  private static final int RECEIVED_ALERTS = 1000;

  private BoringFailure() {}

  /**
   * Empties this thread's queue: the first error in it of the SSL library, behind which others may
   * say the same in terms of ciphers; the first of all when there is none; 0 when it was empty.
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
   * The error.
   *
   * @param error as {@link #take} gave it
   * @param sent the alert that was seen to be sent; null when it was encrypted, or there was none
   * @param hellos null after the handshake
   */
  static SslError of(int error, @Nullable String sent, @Nullable HelloObserver hellos) {
    int reason = error & REASONS;
    if (isOfSsl(error) && reason >= RECEIVED_ALERTS) {
      return received(Alerts.name(reason - RECEIVED_ALERTS), hellos);
    }
    String code = code(error);
    String alert = sent == null ? SealedAlerts.of(code) : sent;
    Stage stage = hellos == null ? Stage.DATA : Stage.HANDSHAKE;
    String sentence;
    switch (code) {
      case "NO_SHARED_CIPHER", "NO_COMMON_SIGNATURE_ALGORITHMS", "NO_SHARED_GROUP" -> {
        stage = Stage.HELLO;
        sentence = "no " + shared(code) + " is shared with the peer" + offers(hellos);
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
      case "NO_RENEGOTIATION" -> {
        code = "RENEGOTIATION";
        sentence = "the peer asked for renegotiation, which is refused (RFC 5746, RFC 9325 3.5)";
      }
      default ->
          sentence =
              "the peer's "
                  + (hellos == null ? "data" : "handshake")
                  + " was refused: "
                  + code.toLowerCase(Locale.ROOT).replace('_', ' ');
    }
    return new SslError(Side.OURS, stage, alert, code, sentence, null);
  }

  private static SslError received(String alert, @Nullable HelloObserver hellos) {
    Stage about = Alerts.stage(alert);
    // In TLS 1.3 the client is done before the server has looked at its certificate.
    Stage stage = hellos == null && about != Stage.CERTIFICATE ? Stage.DATA : about;
    return new SslError(
        Side.PEER,
        stage,
        alert,
        alert,
        Alerts.received(alert) + (hellos == null ? "" : hellos.offer(alert, stage)),
        null);
  }

  private static String offers(@Nullable HelloObserver hellos) {
    return hellos == null ? "" : hellos.offers();
  }

  private static String shared(String code) {
    return switch (code) {
      case "NO_SHARED_GROUP" -> "key exchange group";
      case "NO_COMMON_SIGNATURE_ALGORITHMS" -> "kind of signature (by a key of this kind)";
      default -> "cipher suite";
    };
  }

  /** BoringSSL's own word, such as NO_SHARED_CIPHER. */
  private static String code(int error) {
    if (error == 0) {
      return "SSL";
    }
    String text = SSL.getErrorString(Integer.toUnsignedLong(error));
    return text.substring(text.lastIndexOf(':') + 1);
  }
}
