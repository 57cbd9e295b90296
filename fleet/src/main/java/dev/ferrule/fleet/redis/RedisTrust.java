package dev.ferrule.fleet.redis;

import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Whom a client of Redis trusts and what it shows: an SSLContext for blocking sockets. */
public final class RedisTrust {
  private static final char[] NO_PASSWORD = {}; // it is in memory only

  private RedisTrust() {}

  /**
   * Makes a context.
   *
   * @param issuers a file of certificates (PEM); null for those of the JDK
   * @param shown the client's certificate; null for none
   */
  public static SSLContext context(@Nullable Path issuers, @Nullable Credentials shown) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManagerFactory keys = null;
      if (shown != null) {
        KeyStore store = empty();
        store.setKeyEntry(
            "client", shown.key(), NO_PASSWORD, shown.chain().toArray(Certificate[]::new));
        keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, NO_PASSWORD);
      }
      context.init(
          keys == null ? null : keys.getKeyManagers(),
          issuers == null ? null : trust(issuers),
          null);
      return context;
    } catch (NoSuchFileException e) {
      throw new SslConfigException(e.getMessage() + " does not exist; check the path", e);
    } catch (GeneralSecurityException | IOException e) {
      throw new SslConfigException(
          "the certificates for a fleet's store cannot be used (" + e.getMessage() + ")", e);
    }
  }

  private static TrustManager[] trust(Path issuers) throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    int number = 0;
    try (InputStream in = Files.newInputStream(issuers)) {
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("issuer " + number++, each);
      }
    }
    if (number == 0) {
      throw new SslConfigException(issuers + " has no certificate; check the path");
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return trust.getTrustManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
