package dev.ferrule.ssl.reload;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When to say that certificates expire: each time once for a certificate, the nearest time only. A
 * time that is as long as the certificate's whole life does not count. Used by one thread at a
 * time.
 */
public final class ExpiryStages {
  /** How long before; at last when it has expired. */
  private static final List<Duration> STAGES =
      List.of(Duration.ZERO, Duration.ofDays(1), Duration.ofDays(7), Duration.ofDays(21));

  private final Map<X509Certificate, Duration> told = new HashMap<>();

  /**
   * A certificate that is to be told about.
   *
   * @param left the least of the times that is not below what is left; zero when it has expired
   */
  public record Due(X509Certificate certificate, Duration left) {}

  /** Of the certificates that are shown now, those that have come to another stage. */
  public List<Due> due(Collection<X509Certificate> shown, Instant now) {
    told.keySet().retainAll(Set.copyOf(shown));
    List<Due> due = new ArrayList<>();
    for (X509Certificate certificate : shown) {
      Duration stage = stage(certificate, now);
      Duration last = told.get(certificate);
      if (stage != null && (last == null || stage.compareTo(last) < 0)) {
        told.put(certificate, stage);
        due.add(new Due(certificate, stage));
      }
    }
    return due;
  }

  private static @Nullable Duration stage(X509Certificate certificate, Instant now) {
    Instant until = certificate.getNotAfter().toInstant();
    Duration life = Duration.between(certificate.getNotBefore().toInstant(), until);
    Duration left = Duration.between(now, until);
    for (Duration stage : STAGES) {
      boolean counts = stage.isZero() || stage.compareTo(life) < 0;
      if (counts && left.compareTo(stage) <= 0) {
        return stage;
      }
    }
    return null;
  }
}
