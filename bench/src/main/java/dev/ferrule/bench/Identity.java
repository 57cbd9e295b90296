package dev.ferrule.bench;

import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A server's key and certificate for 127.0.0.1, and the issuer to trust. Immutable. */
record Identity(Issued server, X509Certificate issuer) {
  private static final char[] PASSWORD = "none".toCharArray();

  static Identity create() {
    ThrowawayCa ca = ThrowawayCa.create();
    return new Identity(ca.issue("127.0.0.1"), ca.certificate());
  }

  List<X509Certificate> trust() {
    return List.of(issuer);
  }

  /** The JDK's own context, for the bare engines of both sides. */
  SSLContext jdkContext() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, PASSWORD);
    store.setKeyEntry(
        "server", server.key(), PASSWORD, server.chain().toArray(X509Certificate[]::new));
    store.setCertificateEntry("issuer", issuer);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, PASSWORD);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
