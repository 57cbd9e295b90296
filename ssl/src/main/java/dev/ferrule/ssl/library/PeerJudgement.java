package dev.ferrule.ssl.library;

import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.trust.PathResult.Refusal;
import dev.ferrule.ssl.trust.Reason;
import dev.ferrule.ssl.trust.UnacceptableCertificate;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of the peer's certificates in one handshake. It is judged in a task, from native
 * code, and so throws nothing; the result is read on the loop when the task has ended.
 */
public final class PeerJudgement {
  private final HelloObserver hellos;
  private X509Certificate @Nullable [] verified;
  private @Nullable UnacceptableCertificate refusal;
  private @Nullable Throwable broken;

  /** Nothing is judged yet in the handshake of {@code hellos}. */
  public PeerJudgement(HelloObserver hellos) {
    this.hellos = hellos;
  }

  /** Verifies a chain. */
  @FunctionalInterface
  public interface Check {
    /** Throws when it does not accept the chain, the leaf first. */
    void verify(X509Certificate[] chain) throws UnacceptableCertificate;
  }

  /**
   * Judges the encoded certificates that the peer showed.
   *
   * @return the alert that the refusal is sent with; null when they are accepted
   */
  public @Nullable String judge(byte[][] encoded, boolean server, Check check) {
    try {
      int longest = longest(server);
      if (encoded.length > longest) {
        throw new CertificateException("it comes with a chain of more than " + longest);
      }
      X509Certificate[] chain = chain(encoded);
      hellos.shown(chain);
      check.verify(chain);
      verified = chain;
      return null;
    } catch (UnacceptableCertificate e) {
      refusal = e;
      return e.reason().alert();
    } catch (CertificateException e) {
      UnacceptableCertificate unreadable =
          new UnacceptableCertificate(
              new Refusal(
                  Reason.UNREADABLE,
                  "the peer's certificate cannot be read: "
                      + SafeText.of(String.valueOf(e.getMessage()))));
      refusal = unreadable;
      return unreadable.reason().alert();
    } catch (RuntimeException | Error e) {
      broken = e;
      return "internal_error";
    }
  }

  /** Something that this side has to do for the handshake has thrown. */
  public void broke(Throwable thrown) {
    broken = thrown;
  }

  /** The accepted chain, the leaf first; null when none was accepted. */
  public X509Certificate @Nullable [] verified() {
    return verified;
  }

  /** The error of a handshake that ended because of it; null when it did not. */
  public @Nullable SslError error() {
    Throwable threw = broken;
    if (threw != null) {
      return new SslError(
          Side.OURS,
          Stage.HANDSHAKE,
          "internal_error",
          SslFailure.BROKEN,
          "something on this side of the connection threw " + threw,
          threw);
    }
    UnacceptableCertificate reason = refusal;
    if (reason == null) {
      return null;
    }
    hellos.refused(reason.about());
    return new SslError(
        Side.OURS,
        Stage.CERTIFICATE,
        reason.reason().alert(),
        reason.reason().failure(),
        reason.sentence(),
        null);
  }

  /**
   * The most certificates that a peer may send; the JDK's limit. Verifying a longer chain takes
   * long.
   */
  public static int longest(boolean server) {
    String side = server ? "server" : "client";
    return Integer.getInteger(
        "jdk.tls." + side + ".maxInboundCertificateChainLength", server ? 8 : 10);
  }

  /** The certificates of a peer that is not verified, as far as they can be read. */
  public static List<X509Certificate> unverified(byte[][] encoded) {
    try {
      return List.of(chain(encoded));
    } catch (CertificateException e) {
      return List.of();
    }
  }

  private static X509Certificate[] chain(byte[][] encoded) throws CertificateException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    X509Certificate[] chain = new X509Certificate[encoded.length];
    for (int i = 0; i < chain.length; i++) {
      try {
        chain[i] =
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(encoded[i]));
      } catch (RuntimeException e) {
        // The JDK's parser can throw undeclared exceptions for invalid certificates.
        throw new CertificateException(e.getMessage(), e);
      }
    }
    return chain;
  }
}
