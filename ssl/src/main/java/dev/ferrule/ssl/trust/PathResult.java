package dev.ferrule.ssl.trust;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
   * @param about the certificate that it is about; null when it is about none of them alone
   */
  record Refusal(Reason reason, String sentence, @Nullable X509Certificate about)
      implements PathResult {
    /** About no certificate alone. */
    public Refusal(Reason reason, String sentence) {
      this(reason, sentence, null);
    }

    /** The same about that certificate, unless it is about one. */
    Refusal about(X509Certificate certificate) {
      return about == null ? new Refusal(reason, sentence, certificate) : this;
    }
  }
}
