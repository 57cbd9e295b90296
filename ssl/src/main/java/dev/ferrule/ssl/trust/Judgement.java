package dev.ferrule.ssl.trust;

import java.security.cert.X509Certificate;
import java.util.List;

/** What the search for a path came to. Immutable. */
public sealed interface Judgement {
  /**
   * A good path.
   *
   * @param certificates the peer's own certificate first, the trust anchor last; one certificate
   *     when it is trusted as itself
   */
  record Path(List<X509Certificate> certificates) implements Judgement {}

  /**
   * There is none.
   *
   * @param reason why
   * @param sentence why, for people, and what to do about it
   */
  record Refusal(Reason reason, String sentence) implements Judgement {}
}
