package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.trust.PathResult.Refusal;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;

/**
 * A certificate that was not accepted, with the sentence that says why. The JDK chooses the alert,
 * such as certificate_expired, from its cause.
 */
public final class UnacceptableCertificate extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String sentence;

  /** With the reason and sentence of a refusal. */
  public UnacceptableCertificate(Refusal refusal) {
    super(
        refusal.sentence(),
        new CertPathValidatorException(
            refusal.sentence(), null, null, -1, refusal.reason().basic()));
    this.reason = refusal.reason();
    this.sentence = refusal.sentence();
  }

  /** The reason. */
  public Reason reason() {
    return reason;
  }

  /** The cause, and what to do about it. */
  public String sentence() {
    return sentence;
  }
}
