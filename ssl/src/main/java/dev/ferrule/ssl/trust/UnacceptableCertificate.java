package dev.ferrule.ssl.trust;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;

/**
 * A certificate that was not accepted, with the sentence that says why. Its cause is what the JDK
 * looks at to choose the alert, such as certificate_expired.
 */
public final class UnacceptableCertificate extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final String sentence;

  /** A refusal for that reason. */
  public UnacceptableCertificate(String sentence, CertificateException reason) {
    super(sentence, reason.getCause() instanceof CertPathValidatorException path ? path : reason);
    this.sentence = sentence;
  }

  /** Why, and what to do about it. */
  public String sentence() {
    return sentence;
  }
}
