package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.TrustedCertificate;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** The trust anchors of a context: given certificates, or the system's. Immutable: any thread. */
public final class Trust {
  private final Anchors anchors;
  private final @Nullable X509TrustManager policy;

  private Trust(Anchors anchors, @Nullable X509TrustManager policy) {
    this.anchors = anchors;
    this.policy = policy;
  }

  /** Loaded once, because that takes tens of milliseconds. */
  private static final class Store {
    static final Trust TRUST = load();

    private static Trust load() {
      X509TrustManager manager = trustManager();
      return new Trust(Anchors.of(Arrays.asList(manager.getAcceptedIssuers())), manager);
    }
  }

  /** The system's trust anchors: those of the JDK. */
  public static Trust system() {
    return Store.TRUST;
  }

  /** These certificates and no others. */
  public static Trust of(Collection<TrustedCertificate> certificates) {
    return new Trust(new Anchors(certificates), null);
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
    if (policy == null) {
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
