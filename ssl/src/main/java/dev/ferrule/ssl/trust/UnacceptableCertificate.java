package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.trust.Judgement.Refusal;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;

/**
 * A certificate that was not accepted, with the sentence that says why. Its cause is what the JDK
 * looks at to choose the alert, such as certificate_expired.
 */
public final class UnacceptableCertificate extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String sentence;

  /** For that reason. */
  public UnacceptableCertificate(Refusal refusal) {
    super(
        refusal.sentence(),
        new CertPathValidatorException(
            refusal.sentence(), null, null, -1, refusal.reason().basic()));
    this.reason = refusal.reason();
    this.sentence = refusal.sentence();
  }

  /** Why, in a word. */
  public Reason reason() {
    return reason;
  }

  /** Why, and what to do about it. */
  public String sentence() {
    return sentence;
  }
}
