package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.TrustedCertificate;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The trust anchors of a context: given certificates, the system's, or both. Immutable: any thread.
 */
public final class Trust {
  private final Anchors anchors;
  private final @Nullable X509TrustManager policy;
  private final Anchors given;

  /** {@code policy} judges paths to all anchors but those that are given. */
  private Trust(Anchors anchors, @Nullable X509TrustManager policy, Anchors given) {
    this.anchors = anchors;
    this.policy = policy;
    this.given = given;
  }

  /** Loaded once, because that takes tens of milliseconds. */
  private static final class Store {
    static final Trust TRUST = load();

    private static Trust load() {
      X509TrustManager manager = trustManager();
      Anchors anchors = Anchors.of(Arrays.asList(manager.getAcceptedIssuers()));
      return new Trust(anchors, manager, new Anchors(List.of()));
    }
  }

  /** The system's trust anchors: those of the JDK. */
  public static Trust system() {
    return Store.TRUST;
  }

  /** These certificates and no others. */
  public static Trust of(Collection<TrustedCertificate> certificates) {
    Anchors given = new Anchors(certificates);
    return new Trust(given, null, given);
  }

  /**
   * The system's trust anchors and these certificates; what is among both has the settings given
   * here, and is not subject to the JDK's policy.
   */
  public static Trust systemAnd(Collection<TrustedCertificate> certificates) {
    List<TrustedCertificate> all = new ArrayList<>(certificates);
    Trust system = system();
    system.anchors.certificates().forEach(each -> all.add(TrustedCertificate.of(each)));
    return new Trust(new Anchors(all), system.policy, new Anchors(certificates));
  }

  /** The anchors, among which a path must end. */
  public Anchors anchors() {
    return anchors;
  }

  /**
   * Why the JDK's policy refuses a valid path to an anchor of the system; null when it accepts it.
   * The policy distrusts certificates of some authorities from a date on
   * (jdk.security.caDistrustPolicies).
   */
  @Nullable String distrust(List<X509Certificate> path, boolean server) {
    if (policy == null || given.same(path.getLast()) != null) {
      return null;
    }
    X509Certificate[] chain =
        path.subList(0, Math.max(1, path.size() - 1)).toArray(X509Certificate[]::new);
    try {
      if (server) {
        policy.checkServerTrusted(chain, "UNKNOWN");
      } else {
        policy.checkClientTrusted(chain, "UNKNOWN");
      }
      return null;
    } catch (CertificateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static X509TrustManager trustManager() {
    try {
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init((KeyStore) null);
      for (TrustManager candidate : factory.getTrustManagers()) {
        if (candidate instanceof X509TrustManager manager) {
          return manager;
        }
      }
    } catch (GeneralSecurityException e) {
      throw new SslConfigException("the system's trusted certificates cannot be read", e);
    }
    throw new SslConfigException("this JDK has no trust manager for the system's certificates");
  }
}
