package dev.ferrule.ssl.jdk;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;

/**
 * A certificate that was not accepted, with the sentence that says why. Its cause is what the JDK
 * looks at to choose the alert, such as certificate_expired.
 */
final class Unacceptable extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final String sentence;

  Unacceptable(String sentence, CertificateException reason) {
    super(sentence, reason.getCause() instanceof CertPathValidatorException path ? path : reason);
    this.sentence = sentence;
  }

  String sentence() {
    return sentence;
  }
}
