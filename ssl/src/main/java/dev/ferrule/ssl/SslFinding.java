package dev.ferrule.ssl;

/**
 * What {@link Ssl#audit} found. Immutable.
 *
 * @param severity how bad it is
 * @param code a word for programs, such as {@code CERTIFICATE_EXPIRED}; docs/options.md has all
 * @param sentence what was found, one sentence for a human
 * @param advice what to do about it
 */
public record SslFinding(Severity severity, String code, String sentence, String advice) {
  /** How bad a finding is; the worst is the last. */
  public enum Severity {
    /** Good to know. */
    INFO,

    /** Weaker than need be, or soon to fail. */
    WARNING,

    /** Not secure, or peers will refuse it. */
    ERROR
  }

  /** One line: the sentence, and what to do. */
  @Override
  public String toString() {
    return sentence + ": " + advice;
  }
}
