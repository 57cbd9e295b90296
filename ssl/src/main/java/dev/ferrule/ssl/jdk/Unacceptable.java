package dev.ferrule.ssl.jdk;

import java.security.cert.CertificateException;

/** A certificate that was not accepted, with the sentence that says why. */
final class Unacceptable extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final String sentence;

  Unacceptable(String sentence, CertificateException cause) {
    super(sentence, cause);
    this.sentence = sentence;
  }

  String sentence() {
    return sentence;
  }
}
