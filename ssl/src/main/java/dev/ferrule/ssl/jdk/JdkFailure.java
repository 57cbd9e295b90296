package dev.ferrule.ssl.jdk;

import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.records.Alerts;
import dev.ferrule.ssl.trust.UnacceptableCertificate;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateRevokedException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * Turns the exceptions of SSLEngine into errors. Most causes are only in the exceptions' texts; no
 * other class reads them.
 */
final class JdkFailure {
  private static final Pattern RECEIVED = Pattern.compile("Received fatal alert: (\\w+)");

  /** An alert without a name in the JDK, which reports it as unexpected_message. */
  private static final Pattern UNKNOWN =
      Pattern.compile("Unknown alert description \\((-?\\d+)\\)");

  /** A warning in the handshake, at which the engine gives up where it is none of a few. */
  private static final Pattern WARNED = Pattern.compile("received handshake warning: (\\w+)");

  private static final Pattern SENT = Pattern.compile("^\\((\\w+)\\) ?(.*)$", Pattern.DOTALL);

  private static final String ENGINE = "sun.security.ssl.";
  private static final List<String> JDK = List.of("java.", "javax.", "sun.", "com.sun.", "jdk.");

  /** What the engine says of exceptions that it did not expect. */
  private static final List<String> WORDLESS =
      List.of("Unexpected exception", "Unhandled exception", "Fail to unwrap network record");

  private JdkFailure() {}

  /** The error of an exception; {@code sent} is the alert that the engine sent. */
  static SslError of(
      SSLException thrown, boolean handshaken, HelloObserver hellos, SentAlert sent) {
    String alert = sent.name(sealed(thrown));
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException refused) {
        if (refused instanceof UnacceptableCertificate reason) {
          hellos.refused(reason.about());
        }
        return new SslError(
            Side.OURS,
            Stage.CERTIFICATE,
            alert,
            refusal(refused, thrown),
            refused instanceof UnacceptableCertificate reason
                ? reason.sentence()
                : "the peer's certificate was not accepted: "
                    + SafeText.of(String.valueOf(refused.getMessage())),
            refused instanceof UnacceptableCertificate ? null : SafeText.of(text(thrown)),
            null);
      }
    }
    if (thrown.getCause() instanceof RuntimeException broken && isOwn(broken)) {
      return new SslError(
          Side.OURS,
          handshaken ? Stage.DATA : Stage.HANDSHAKE,
          alert,
          SslFailure.BROKEN,
          "something on this side of the connection threw " + broken,
          thrown);
    }
    String text = text(thrown);
    if (text.contains("Received close_notify during handshake")) {
      return HelloObserver.closedByPeer();
    }
    String received = received(text);
    if (received != null) {
      Stage about = Alerts.stage(received);
      // In TLS 1.3 the client's handshake ends before the server verifies its certificate.
      Stage stage = handshaken && about != Stage.CERTIFICATE ? Stage.DATA : about;
      return new SslError(
          Side.PEER,
          stage,
          received,
          Alerts.receivedFailure(received, hellos.showsCertificate()),
          Alerts.received(received, hellos.showsCertificate()) + hellos.offer(received, stage),
          SafeText.of(text),
          thrown);
    }
    return ours(thrown, text, alert, handshaken, hellos);
  }

  /**
   * Whether what threw belongs to this side: a trust or key manager, or the key that signs. What
   * the engine and the JDK's parsers and algorithms throw, such as UnsupportedOperationException
   * for a message that is never received, is about what the peer sent.
   */
  private static boolean isOwn(RuntimeException broken) {
    StackTraceElement[] trace = broken.getStackTrace();
    int engine = 0;
    while (engine < trace.length && !trace[engine].getClassName().startsWith(ENGINE)) {
      engine++;
    }
    if (engine == trace.length) {
      return true; // it was made elsewhere
    }
    for (int called = engine - 1; called >= 0; called--) {
      String name = trace[called].getClassName();
      if (name.startsWith("java.security.Signature")) { // or of a class in it
        String method = trace[called].getMethodName();
        return method.equals("initSign") || method.equals("sign");
      }
      if (!name.startsWith("java.util.") && !name.startsWith("java.lang.")) {
        return !isOfJdk(name);
      }
    }
    return false;
  }

  private static boolean isOfJdk(String name) {
    return JDK.stream().anyMatch(name::startsWith);
  }

  /** What the engine says; where it has no words for it, those of what it caught. */
  private static String text(SSLException thrown) {
    String text = String.valueOf(thrown.getMessage());
    Throwable caught = thrown.getCause();
    for (String words : WORDLESS) {
      if (caught != null && text.endsWith(words)) {
        String told = caught.getMessage();
        boolean wordless = told == null || caught instanceof RuntimeException;
        return text.substring(0, text.length() - words.length()) + (wordless ? caught : told);
      }
    }
    return text;
  }

  /** The name of the alert that the peer sent; null when it sent none. */
  private static @Nullable String received(String text) {
    Matcher known = RECEIVED.matcher(text);
    if (known.find()) {
      return known.group(1);
    }
    Matcher warned = WARNED.matcher(text);
    if (warned.find()) {
      return warned.group(1);
    }
    Matcher unknown = UNKNOWN.matcher(text);
    if (unknown.find()) {
      return Alerts.name(Byte.toUnsignedInt((byte) Integer.parseInt(unknown.group(1))));
    }
    return text.contains("Received fatal close_notify alert") ? "user_canceled" : null;
  }

  private static SslError ours(
      SSLException thrown,
      String text,
      @Nullable String alert,
      boolean handshaken,
      HelloObserver hellos) {
    Matcher sent = SENT.matcher(text);
    String detail = SafeText.of(sent.matches() ? sent.group(2) : text);
    String sentence;
    SslFailure failure;
    Stage stage = handshaken ? Stage.DATA : Stage.HANDSHAKE;
    if (hellos.sharesNoGroup()
        && (detail.contains("no cipher suites in common")
            || detail.contains("key_share")
            || detail.contains("No common named group"))) {
      stage = Stage.HELLO;
      failure = SslFailure.NO_SHARED_GROUP;
      sentence = HelloObserver.NO_GROUP + hellos.groups();
    } else if (detail.contains("No available authentication scheme")
        || detail.contains("No supported signature algorithm")
        || detail.contains("No supported CertificateVerify signature algorithm")) {
      stage = Stage.HELLO;
      failure = SslFailure.NO_SHARED_SIGNATURE;
      sentence = HelloObserver.NO_SIGNATURE + hellos.signatures();
    } else if (detail.contains("no cipher suites in common")) {
      stage = Stage.HELLO;
      failure = SslFailure.NO_SHARED_CIPHER;
      sentence = "no cipher suite is shared with the peer" + hellos.offers();
    } else if ("protocol_version".equals(alert) || detail.contains("No appropriate protocol")) {
      stage = Stage.HELLO;
      failure = SslFailure.NO_SHARED_PROTOCOL;
      sentence = "no protocol version is shared with the peer" + hellos.offers();
    } else if (detail.contains("mpty client certificate chain")
        || detail.contains("null cert chain")
        || "certificate_required".equals(alert)) {
      stage = Stage.CERTIFICATE;
      failure = SslFailure.CERTIFICATE_REQUIRED;
      sentence = "the client showed no certificate, and one is required here";
    } else if (detail.contains("Tag mismatch") || "bad_record_mac".equals(alert)) {
      failure = SslFailure.BAD_RECORD_MAC;
      sentence = "a record was changed on its way, or was made by somebody else (bad record MAC)";
    } else if ("no_application_protocol".equals(alert)) {
      stage = Stage.HELLO;
      failure = SslFailure.NO_SHARED_APPLICATION;
      sentence = "no application protocol (ALPN) is shared with the peer" + hellos.applications();
    } else if (detail.contains("Illegal server name")) {
      stage = Stage.HELLO; // the text of the JDK contains the received name
      failure = SslFailure.UNRECOGNIZED_NAME;
      sentence = "the client asks for a host by a name (SNI) that Java does not accept";
    } else if (detail.contains("Only client specified application protocol")) {
      stage = Stage.HELLO;
      failure = SslFailure.NOT_OFFERED;
      sentence = "the peer chose an application protocol (ALPN) that this side did not offer";
    } else if (hellos.isUnanswered() && detail.contains("size of the handshake message")) {
      stage = Stage.HELLO;
      failure = SslFailure.MESSAGE_TOO_LONG;
      sentence = HelloObserver.LONG_HELLO + "Java (jdk.tls.maxHandshakeMessageSize): " + detail;
    } else {
      failure = other(alert, detail);
      stage = handshaken ? stage : failure.stageInHandshake();
      sentence = "the peer's " + (handshaken ? "data" : "handshake") + " was refused: " + detail;
    }
    return new SslError(Side.OURS, stage, alert, failure, sentence, SafeText.of(text), thrown);
  }

  /** What has no sentence of its own. */
  private static SslFailure other(@Nullable String alert, String detail) {
    if (detail.contains("size of the handshake message")) {
      return SslFailure.MESSAGE_TOO_LONG;
    }
    if (detail.contains("Unrecognized SSL message") // a first record that is no handshake's
        || detail.contains("credentials negotiated")) { // the message that brings them is missing
      return SslFailure.UNEXPECTED_MESSAGE;
    }
    if (detail.contains("Invalid Alert message") || detail.contains("ServerKeyExchange: ")) {
      return SslFailure.MALFORMED_MESSAGE;
    }
    if (detail.contains("Insufficient buffer remaining")) {
      return SslFailure.BAD_RECORD_MAC; // the record is too short to have one
    }
    if (detail.contains("unexpected end of handshake data")) {
      return SslFailure.MALFORMED_MESSAGE;
    }
    if (detail.contains("improper ciphersuite")) {
      return SslFailure.NOT_OFFERED;
    }
    if ("handshake_failure".equals(alert) && detail.contains("ignature")) {
      return SslFailure.HANDSHAKE_NOT_AUTHENTIC;
    }
    return Alerts.foundFailure(alert);
  }

  /** Why a certificate was refused; of a context that was made outside by its trust manager. */
  private static SslFailure refusal(CertificateException refused, SSLException thrown) {
    if (refused instanceof UnacceptableCertificate reason) {
      return reason.reason().failure();
    }
    String text = String.valueOf(thrown.getMessage());
    if (text.contains("parse")) {
      return SslFailure.BAD_CERTIFICATE;
    }
    for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
      SslFailure known =
          switch (cause) {
            case CertificateExpiredException _ -> SslFailure.CERTIFICATE_EXPIRED;
            case CertificateNotYetValidException _ -> SslFailure.CERTIFICATE_NOT_YET_VALID;
            case CertificateRevokedException _ -> SslFailure.CERTIFICATE_REVOKED;
            case CertPathBuilderException _ -> SslFailure.UNKNOWN_ISSUER;
            default -> null;
          };
      if (known != null) {
        return known;
      }
    }
    return SslFailure.VERIFIER_REFUSED;
  }

  /**
   * The alert that the engine sent encrypted. It names the alert in front of its text; what a lower
   * part of it threw without a name has one by its type (TransportContext.fatal, and who calls it).
   */
  private static @Nullable String sealed(SSLException thrown) {
    Matcher named = SENT.matcher(String.valueOf(thrown.getMessage()));
    if (named.matches()) {
      return named.group(1);
    }
    if (thrown instanceof SSLProtocolException) {
      return "unexpected_message";
    }
    return thrown instanceof SSLHandshakeException ? "handshake_failure" : "internal_error";
  }
}
