package dev.ferrule.ssl.jdk;

import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.records.Alerts;
import dev.ferrule.ssl.trust.UnacceptableCertificate;
import java.security.cert.CertificateException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLProtocolException;
import org.jspecify.annotations.Nullable;

/** The one place that makes errors of what SSLEngine throws: it tells most things in its texts. */
final class JdkFailure {
  private static final Pattern RECEIVED =
      Pattern.compile("Received (?:fatal|close) ?alert: (\\w+)");
  private static final Pattern SENT = Pattern.compile("^\\((\\w+)\\) ?(.*)$", Pattern.DOTALL);

  private JdkFailure() {}

  static SslError of(SSLException thrown, boolean handshaken, HelloObserver hellos) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException refused) {
        return new SslError(
            Side.OURS,
            Stage.CERTIFICATE,
            alert(thrown),
            "CERTIFICATE_VERIFY_FAILED",
            refused instanceof UnacceptableCertificate reason
                ? reason.sentence()
                : "the peer's certificate was not accepted: " + refused.getMessage(),
            null);
      }
    }
    if (thrown.getCause() instanceof RuntimeException broken) {
      return new SslError(
          Side.OURS,
          handshaken ? Stage.DATA : Stage.HANDSHAKE,
          alert(thrown),
          "BROKEN",
          "something on this side of the connection threw " + broken,
          thrown);
    }
    String text = String.valueOf(thrown.getMessage());
    Matcher received = RECEIVED.matcher(text);
    if (received.find()) {
      String alert = received.group(1);
      Stage about = Alerts.stage(alert);
      // In TLS 1.3 the client is done before the server has looked at its certificate.
      Stage stage = handshaken && about != Stage.CERTIFICATE ? Stage.DATA : about;
      return new SslError(
          Side.PEER,
          stage,
          alert,
          alert,
          Alerts.received(alert) + hellos.offer(alert, stage),
          thrown);
    }
    return ours(thrown, text, handshaken, hellos);
  }

  private static SslError ours(
      SSLException thrown, String text, boolean handshaken, HelloObserver hellos) {
    String alert = alert(thrown);
    Matcher sent = SENT.matcher(text);
    String detail = sent.matches() ? sent.group(2) : text;
    String sentence;
    Stage stage = handshaken ? Stage.DATA : Stage.HANDSHAKE;
    if (detail.contains("no cipher suites in common")) {
      stage = Stage.HELLO;
      sentence = "no cipher suite is shared with the peer" + hellos.offers();
    } else if ("protocol_version".equals(alert) || detail.contains("No appropriate protocol")) {
      stage = Stage.HELLO;
      sentence = "no protocol version is shared with the peer" + hellos.offers();
    } else if (detail.contains("mpty client certificate chain")
        || detail.contains("null cert chain")
        || "certificate_required".equals(alert)) {
      stage = Stage.CERTIFICATE;
      sentence = "the client showed no certificate, and one is required here";
    } else if (detail.contains("Tag mismatch") || "bad_record_mac".equals(alert)) {
      sentence = "a record was changed on its way, or was made by somebody else (bad record MAC)";
    } else if ("no_application_protocol".equals(alert)) {
      stage = Stage.HELLO;
      sentence = "no application protocol (ALPN) is shared with the peer" + hellos.applications();
    } else if (detail.contains("Only client specified application protocol")) {
      stage = Stage.HELLO;
      sentence = "the peer chose an application protocol (ALPN) that this side did not offer";
    } else {
      sentence = "the peer's " + (handshaken ? "data" : "handshake") + " was refused: " + detail;
    }
    return new SslError(Side.OURS, stage, alert, alert == null ? "SSL" : alert, sentence, thrown);
  }

  private static @Nullable String alert(SSLException thrown) {
    Matcher sent = SENT.matcher(String.valueOf(thrown.getMessage()));
    if (sent.matches()) {
      return sent.group(1);
    }
    // Found while a record was taken apart: SSLEngineImpl.unwrap then sends this one.
    return thrown instanceof SSLProtocolException ? "unexpected_message" : null;
  }
}
