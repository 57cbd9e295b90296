package dev.ferrule.ssl.trust;

import java.security.cert.X509Certificate;
import java.util.List;

/** The result of path validation (RFC 5280 6). Immutable. */
public sealed interface PathResult {
  /**
   * A valid path.
   *
   * @param certificates the peer's certificate first, the trust anchor last; one certificate when
   *     the peer's certificate is trusted itself
   */
  record Valid(List<X509Certificate> certificates) implements PathResult {}

  /**
   * There is no valid path.
   *
   * @param reason why
   * @param sentence the cause, and what to do about it
   */
  record Refusal(Reason reason, String sentence) implements PathResult {}
}
