package dev.ferrule.fleet;

import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslConfigException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A certificate of the fleet, with its key and perhaps an OCSP response, which was put once for all
 * servers. Its next version comes by itself; a version that is older than the known one never does.
 * Any thread.
 *
 * <pre>{@code
 * FleetCertificate web = fleet.certificate("web");
 * web.await(Duration.ofSeconds(3));
 * SslReload reload = SslReload.of(() -> SslContext.server().credentials(web.credentials()).build()).build();
 * }</pre>
 *
 * <p>{@link Fleet.Builder#onCertificate} hears of the next version, and calls {@code
 * reload.reload()}, which refuses what is worse.
 */
public final class FleetCertificate {
  private final String name;
  private final CountDownLatch known = new CountDownLatch(1);
  private volatile @Nullable CertificateVersion version;

  FleetCertificate(String name) {
    this.name = name;
  }

  /** By which it was put. */
  public String name() {
    return name;
  }

  /** Whether a version has come. */
  public boolean isKnown() {
    return version != null;
  }

  /**
   * Waits until a version has come; not for loops' threads.
   *
   * @return whether one has
   */
  public boolean await(Duration most) {
    try {
      return known.await(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return isKnown();
    }
  }

  /**
   * Chain and key of now.
   *
   * @throws SslConfigException when none has come
   */
  public Credentials credentials() {
    CertificateVersion present = version;
    if (present == null) {
      throw new SslConfigException(
          "the fleet has no certificate '%s' that is known here: put it, and check that the store answers"
              .formatted(name));
    }
    return present.credentials;
  }

  /** The OCSP response about it, in DER, if one was put with it. */
  public Optional<byte[]> staple() {
    CertificateVersion present = version;
    return Optional.ofNullable(present == null ? null : present.staple());
  }

  @Nullable CertificateVersion version() {
    return version;
  }

  void take(CertificateVersion next) {
    version = next;
    known.countDown();
  }

  /** Its name. */
  @Override
  public String toString() {
    return name;
  }
}
