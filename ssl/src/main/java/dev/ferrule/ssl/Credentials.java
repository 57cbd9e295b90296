package dev.ferrule.ssl;

import dev.ferrule.ssl.keys.Certificates;
import dev.ferrule.ssl.keys.KeyAndChain;
import dev.ferrule.ssl.keys.SignerKey;
import dev.ferrule.ssl.keys.StoredKey;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The certificate chain of this side, the leaf first, and the private key of the leaf. Trusted
 * certificates are set with {@link SslSetup#trust(Path)}.
 *
 * <p>Files may be PEM (RFC 7468), DER or PKCS#12 (RFC 7292); the format is found from the content,
 * not from the file's name. Text around PEM blocks is allowed, CA certificates may follow the leaf,
 * and the key may stand in the same file. Keys may be PKCS#8 (RFC 5958), PKCS#1 (RFC 8017) or SEC1
 * (RFC 5915), and encrypted (RFC 8018, or OpenSSL's older {@code Proc-Type} header). Algorithms:
 * RSA, RSASSA-PSS, EC on a curve the JDK knows, Ed25519 and Ed448. The parameters are those of
 * cl-async's {@code :certificate}, {@code :key} and {@code :password}; its {@code :keytype} is
 * detected.
 *
 * <p>Everything is checked when it is loaded, also that the key is the leaf's; only the dates are
 * not, see {@link #validityProblem}. Immutable: use it from any thread. A password array belongs to
 * the caller, which may wipe it after the call; copies made here are wiped.
 */
public final class Credentials {
  private final KeyAndChain loaded;

  private Credentials(KeyAndChain loaded) {
    this.loaded = loaded;
  }

  /**
   * Loads a chain and an unencrypted key, which may be the same file.
   *
   * @param certificate a file with the chain, the leaf first
   * @param key a file with the key of the leaf
   * @return what was loaded, checked
   * @throws SslConfigException if either is missing, not what it should be or encrypted, or if the
   *     key is of another certificate
   */
  public static Credentials load(Path certificate, Path key) {
    return load(certificate, key, null);
  }

  /**
   * Loads a chain and a key, which may be the same file.
   *
   * @param certificate a file with the chain, the leaf first
   * @param key a file with the key of the leaf
   * @param password opens the key or the PKCS#12 store; not looked at if nothing is encrypted
   * @return what was loaded, checked
   * @throws SslConfigException as {@link #load(Path, Path)}, or if the password is wrong
   */
  public static Credentials load(Path certificate, Path key, char @Nullable [] password) {
    return new Credentials(KeyAndChain.load(certificate, key, password));
  }

  /**
   * Takes a chain and a key from memory, in any format that {@link #load(Path, Path, char[])} takes
   * from files. The arrays are not kept.
   *
   * @param certificate the chain, the leaf first
   * @param key the key of the leaf
   * @param password opens the key or the PKCS#12 store; {@code null} if nothing is encrypted
   * @return what was loaded, checked
   * @throws SslConfigException as {@link #load(Path, Path, char[])}
   */
  public static Credentials ofBytes(byte[] certificate, byte[] key, char @Nullable [] password) {
    return new Credentials(KeyAndChain.ofBytes(certificate, key, password));
  }

  /**
   * Takes a chain and an unencrypted key from PEM text; how they are spread over the strings does
   * not matter, as long as the leaf is the first certificate.
   *
   * @param pem texts with PEM blocks
   * @return what was loaded, checked
   * @throws SslConfigException as {@link #load(Path, Path)}
   */
  public static Credentials ofPem(String... pem) {
    return new Credentials(KeyAndChain.ofPem(String.join("\n", pem), null));
  }

  /**
   * Like {@link #ofPem}, with a key that {@code password} opens.
   *
   * @param password opens the key
   * @param pem texts with PEM blocks
   * @return what was loaded, checked
   * @throws SslConfigException as {@link #load(Path, Path, char[])}
   */
  public static Credentials ofEncryptedPem(char[] password, String... pem) {
    return new Credentials(KeyAndChain.ofPem(String.join("\n", pem), password));
  }

  /**
   * Loads the one key of a PKCS#12 store and its chain.
   *
   * @param file the store
   * @param password opens the store and the key; {@code null} for a store without one
   * @return what was loaded, checked
   * @throws SslConfigException if the file is not a PKCS#12 store, the password is wrong, or it
   *     does not hold exactly one key with its certificate
   */
  public static Credentials ofPkcs12(Path file, char @Nullable [] password) {
    return new Credentials(KeyAndChain.ofPkcs12(file, password));
  }

  /**
   * Loads one of the keys of a key store and its chain: PKCS#12, or JKS or JCEKS as older JDKs made
   * them.
   *
   * @param file the store
   * @param password opens the store and the key; {@code null} for a store without one
   * @param alias the name of the key in the store, in upper or lower case
   * @return what was loaded, checked
   * @throws SslConfigException if the file is not a key store, the password is wrong, or it does
   *     not hold a key of that alias with its certificate
   */
  public static Credentials ofKeyStore(Path file, char @Nullable [] password, String alias) {
    return new Credentials(KeyAndChain.ofKeyStore(file, password, alias));
  }

  /**
   * Takes a key and a chain that other code made or loaded, such as a key in a hardware token.
   *
   * @param key the key of the leaf; it may be a handle that signs and does not give its bytes
   * @param chain the leaf first; copied
   * @return what was loaded, checked
   * @throws SslConfigException if the chain is empty or the key is not of its first certificate
   */
  public static Credentials of(PrivateKey key, List<X509Certificate> chain) {
    return new Credentials(KeyAndChain.of(key, chain));
  }

  /**
   * Takes a chain whose key a callback signs with (boringssl). Nothing is signed yet: that the key
   * is the leaf's is seen at the first handshake. Clients that want the leaf's key to decrypt (RSA
   * key exchange, which nobody offers by default) cannot be served.
   *
   * @param signer signs
   * @param chain the leaf first; copied
   * @return the chain with its signer
   * @throws SslConfigException if the chain is empty
   */
  public static Credentials of(SslSigner signer, List<X509Certificate> chain) {
    if (chain.isEmpty()) {
      throw new SslConfigException("the chain is empty; give at least the certificate of the key.");
    }
    SignerKey key = new SignerKey(signer, chain.getFirst().getPublicKey().getAlgorithm());
    return new Credentials(KeyAndChain.of(key, chain));
  }

  /**
   * Takes a chain whose key the provider's library finds by a URI (openssl, by OSSL_STORE): {@code
   * file:} with PEM, DER or PKCS#12, {@code pkcs11:} where OpenSSL's provider of that name is
   * installed, and whatever else the library has a loader for. The key is looked for when a context
   * is made, by the thread that makes it, which may have to wait for a token; it is never shown,
   * and a PIN in the URI neither.
   *
   * @param uri of one private key
   * @param password opens the key, copied; {@code null} for none. A PIN may stand in the URI
   * @param chain the leaf first; copied
   * @return the chain with its key's place
   * @throws SslConfigException if the chain is empty or the URI is none
   */
  public static Credentials ofUri(
      String uri, char @Nullable [] password, List<X509Certificate> chain) {
    if (chain.isEmpty()) {
      throw new SslConfigException("the chain is empty; give at least the certificate of the key.");
    }
    StoredKey key = new StoredKey(uri, chain.getFirst().getPublicKey().getAlgorithm(), password);
    return new Credentials(KeyAndChain.of(key, chain));
  }

  /**
   * The same, with a chain from a file.
   *
   * @param certificate a file with the chain, the leaf first
   * @throws SslConfigException as {@link #ofUri(String, char[], List)} and {@link #load(Path,
   *     Path)}
   */
  public static Credentials ofUri(String uri, char @Nullable [] password, Path certificate) {
    return ofUri(uri, password, KeyAndChain.chain(certificate));
  }

  /** {@return the leaf, then the CA certificates that came with it; never empty, unmodifiable} */
  public List<X509Certificate> chain() {
    return loaded.chain();
  }

  /** {@return the private key of the first certificate; a handle without bytes, if others sign} */
  public PrivateKey key() {
    return loaded.key();
  }

  /**
   * Says which certificate of the chain is expired or not yet valid at {@code now}, with its dates
   * (UTC); {@code null} if none is. Loading does not check this, so that a server can start with an
   * expired certificate; a program can warn.
   *
   * @param now the time to compare with
   * @return one sentence, or {@code null} if all are valid
   */
  public @Nullable String validityProblem(Instant now) {
    for (X509Certificate certificate : chain()) {
      Instant from = certificate.getNotBefore().toInstant();
      Instant until = certificate.getNotAfter().toInstant();
      String subject = Certificates.subject(certificate);
      if (now.isAfter(until)) {
        return "The certificate of %s expired at %s (it was valid from %s)."
            .formatted(subject, until, from);
      }
      if (now.isBefore(from)) {
        return "The certificate of %s is not valid before %s (until %s); it is %s now."
            .formatted(subject, from, until, now);
      }
    }
    return null;
  }

  /** Names the certificates and the key's algorithm; never shows the key. */
  @Override
  public String toString() {
    return chain().stream()
        .map(Certificates::subject)
        .collect(Collectors.joining(", ", "Credentials[" + key().getAlgorithm() + ": ", "]"));
  }
}
