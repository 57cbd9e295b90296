package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.trust.PathResult.Refusal;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * A certificate that was not accepted, with the sentence that says why. The JDK chooses the alert,
 * such as certificate_expired, from its cause.
 */
public final class UnacceptableCertificate extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String sentence;
  private final transient @Nullable X509Certificate about;

  /** With the reason and sentence of a refusal. */
  public UnacceptableCertificate(Refusal refusal) {
    super(
        refusal.sentence(),
        new CertPathValidatorException(
            refusal.sentence(), null, null, -1, refusal.reason().basic()));
    this.reason = refusal.reason();
    this.sentence = refusal.sentence();
    this.about = refusal.about();
  }

  /** The reason. */
  public Reason reason() {
    return reason;
  }

  /** The certificate that it is about; null when it is about none of them alone. */
  public @Nullable X509Certificate about() {
    return about;
  }

  /** The cause, and what to do about it. */
  public String sentence() {
    return sentence;
  }
}
