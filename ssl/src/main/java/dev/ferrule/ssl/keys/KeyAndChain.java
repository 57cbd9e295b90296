package dev.ferrule.ssl.keys;

import dev.ferrule.ssl.SslConfigException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate chain, the leaf first, and the private key of the leaf, in any format that {@link
 * dev.ferrule.ssl.Credentials} documents. Loading checks that the key is the leaf's; it does not
 * check dates. Immutable. Methods throw {@link SslConfigException} when something cannot be used.
 */
public final class KeyAndChain {
  private final PrivateKey key;
  private final List<X509Certificate> chain;

  private KeyAndChain(PrivateKey key, List<X509Certificate> chain) {
    this.key = key;
    this.chain = chain;
  }

  /** Loads a chain and a key from files, which may be the same file. */
  public static KeyAndChain load(Path certificate, Path key, char @Nullable [] password) {
    Source certificates = Source.read(certificate);
    Source keys = key.equals(certificate) ? certificates : Source.read(key);
    return load(certificates, keys, password);
  }

  /** Takes a chain and a key from memory; the arrays are not kept. */
  public static KeyAndChain ofBytes(byte[] certificate, byte[] key, char @Nullable [] password) {
    Source certificates = Source.of("the certificate given as bytes", certificate);
    return load(certificates, Source.of("the key given as bytes", key), password);
  }

  /** Takes a chain and a key from one text with PEM blocks. */
  public static KeyAndChain ofPem(String text, char @Nullable [] password) {
    Source source = Source.ofText("the PEM text", text);
    return load(source, source, password);
  }

  /** Loads the one key of a PKCS#12 store and its chain. */
  public static KeyAndChain ofPkcs12(Path file, char @Nullable [] password) {
    Contents contents = Contents.of(Source.read(file));
    if (!DerLabel.PKCS12.equals(contents.storeType())) {
      throw contents.lacks(Contents.A_STORE);
    }
    return open(contents, password, null);
  }

  /** Loads a key of a key store, which is chosen by its alias, and its chain. */
  public static KeyAndChain ofKeyStore(Path file, char @Nullable [] password, String alias) {
    Contents contents = Contents.of(Source.read(file));
    if (contents.storeType() == null) {
      throw contents.lacks("a key store");
    }
    return open(contents, password, alias);
  }

  /** The certificates of a file, the leaf first. */
  public static List<X509Certificate> chain(Path certificate) {
    return Certificates.chain(Contents.of(Source.read(certificate)));
  }

  /** Takes a key and a chain that other code made or loaded; the list is copied. */
  public static KeyAndChain of(PrivateKey key, List<X509Certificate> chain) {
    return checked(key, chain, "The key", "the chain");
  }

  /** A key that only a callback can sign with: whether it is the leaf's is seen when it signs. */
  public static KeyAndChain of(SignerKey key, List<X509Certificate> chain) {
    return new KeyAndChain(key, List.copyOf(chain));
  }

  /** A key that a provider's library finds: whether it is the leaf's is seen there. */
  public static KeyAndChain of(StoredKey key, List<X509Certificate> chain) {
    return new KeyAndChain(key, List.copyOf(chain));
  }

  private static KeyAndChain load(Source certificate, Source key, char @Nullable [] password) {
    Contents certificates = Contents.of(certificate);
    Contents keys = key == certificate ? certificates : Contents.of(key);
    if (certificates == keys && keys.storeType() != null) {
      return open(keys, password, null);
    }
    List<X509Certificate> chain =
        certificates.storeType() != null
            ? KeyStoreFile.open(certificates, password, null).chain()
            : Certificates.chain(certificates);
    PrivateKey privateKey =
        keys.storeType() != null
            ? KeyStoreFile.open(keys, password, null).key()
            : PrivateKeys.first(keys, password);
    return checked(privateKey, chain, "The key in " + keys.name(), certificates.name());
  }

  private static KeyAndChain open(
      Contents store, char @Nullable [] password, @Nullable String alias) {
    KeyStoreFile entry = KeyStoreFile.open(store, password, alias);
    return checked(entry.key(), entry.chain(), "The key in " + store.name(), store.name());
  }

  private static KeyAndChain checked(
      PrivateKey key, List<X509Certificate> chain, String keyName, String chainName) {
    List<X509Certificate> copy = List.copyOf(chain);
    KeyMatch.check(key, copy, keyName, chainName);
    return new KeyAndChain(key, copy);
  }

  /** The private key of the first certificate. */
  public PrivateKey key() {
    return key;
  }

  /** The leaf, then the CA certificates that came with it; unmodifiable, never empty. */
  public List<X509Certificate> chain() {
    return chain;
  }
}
