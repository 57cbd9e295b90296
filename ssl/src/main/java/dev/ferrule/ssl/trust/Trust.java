package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.SslConfigException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Where verification takes its trusted issuers from. Whichever provider speaks SSL, the JDK judges
 * the certificates.
 */
public final class Trust {
  private Trust() {}

  /** Read once: the system's store takes tens of milliseconds to load. */
  private static final class Store {
    static final X509ExtendedTrustManager TRUST_MANAGER = trustManager(null);
  }

  /** Who trusts what the system trusts. */
  public static X509ExtendedTrustManager system() {
    return Store.TRUST_MANAGER;
  }

  /**
   * Who trusts these issuers and no others.
   *
   * @throws SslConfigException when one of them cannot be used
   */
  public static X509ExtendedTrustManager of(List<X509Certificate> issuers) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (X509Certificate issuer : issuers) {
        store.setCertificateEntry("issuer-" + number++, issuer);
      }
      return trustManager(store);
    } catch (GeneralSecurityException | IOException e) {
      throw new SslConfigException("the trusted certificates cannot be used: " + e.getMessage(), e);
    }
  }

  private static X509ExtendedTrustManager trustManager(@Nullable KeyStore store) {
    try {
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      for (TrustManager candidate : factory.getTrustManagers()) {
        if (candidate instanceof X509ExtendedTrustManager trustManager) {
          return trustManager;
        }
      }
    } catch (GeneralSecurityException e) {
      throw new SslConfigException("the system's trusted certificates cannot be read", e);
    }
    throw new SslConfigException("this JDK verifies no certificates");
  }
}
