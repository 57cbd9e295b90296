package dev.ferrule.bench.soak;

import dev.ferrule.testkit.Issued;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all loops of a soak have in common.
 *
 * @param provider SSL provider by name; null: the best one
 * @param poller poller by name; null: the best one
 * @param identity what the server shows
 * @param trusted its issuer
 * @param others an issuer that has nothing to do with it
 * @param slow how many times longer than usual all limits in time are
 */
record Choices(
    @Nullable String provider,
    @Nullable String poller,
    Issued identity,
    List<X509Certificate> trusted,
    List<X509Certificate> others,
    int slow) {
  Duration longer(Duration limit) {
    return limit.multipliedBy(slow);
  }
}
