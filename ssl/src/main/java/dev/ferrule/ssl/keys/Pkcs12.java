package dev.ferrule.ssl.keys;

import dev.ferrule.ssl.SslConfigException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one key of a PKCS#12 store (RFC 7292) and its chain, as the JDK's key store reads them. */
record Pkcs12(PrivateKey key, List<X509Certificate> chain) {

  static Pkcs12 open(Contents contents, char @Nullable [] password) {
    // Stores without a password are mostly made with the empty one, which null would not open.
    char[] secret = password == null ? new char[0] : password.clone();
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(contents.bytes()), secret);
      String alias = keyAlias(store, contents.name());
      if (!(store.getKey(alias, secret) instanceof PrivateKey key)) {
        throw damaged(contents.name());
      }
      return new Pkcs12(key, chain(store.getCertificateChain(alias), contents.name()));
    } catch (UnrecoverableKeyException e) {
      throw locked(password, contents.name());
    } catch (IOException e) {
      throw e.getCause() instanceof UnrecoverableKeyException
          ? locked(password, contents.name())
          : damaged(contents.name());
    } catch (SslConfigException e) {
      throw e;
    } catch (GeneralSecurityException | RuntimeException e) {
      // Unchecked too: what the JDK's parser throws for damaged input is not always declared.
      throw damaged(contents.name());
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private static String keyAlias(KeyStore store, String name) throws GeneralSecurityException {
    List<String> aliases = new ArrayList<>();
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        aliases.add(alias);
      }
    }
    if (aliases.size() == 1) {
      return aliases.get(0);
    }
    throw new SslConfigException(
        aliases.isEmpty()
            ? "%s is a PKCS#12 store without an encrypted private key; export it with its key."
                .formatted(name)
            : "%s is a PKCS#12 store with %d private keys; give one that holds a single key."
                .formatted(name, aliases.size()));
  }

  private static List<X509Certificate> chain(Certificate @Nullable [] chain, String name) {
    List<X509Certificate> certificates = new ArrayList<>();
    if (chain != null) {
      for (Certificate certificate : chain) {
        certificates.add((X509Certificate) certificate);
      }
    }
    if (certificates.isEmpty()) {
      throw new SslConfigException(
          "%s is a PKCS#12 store without the certificate of its key; export it with the chain."
              .formatted(name));
    }
    return certificates;
  }

  private static SslConfigException locked(char @Nullable [] password, String name) {
    return password == null
        ? new SslConfigException(
            "%s is an encrypted PKCS#12 store and no password was given; give its password."
                .formatted(name))
        : PrivateKeys.wrongPassword(name);
  }

  private static SslConfigException damaged(String name) {
    return new SslConfigException(
        ("%s is a PKCS#12 store that is damaged or encrypted in a way this JDK does not"
                + " support; export it again with openssl pkcs12 -export.")
            .formatted(name));
  }
}
