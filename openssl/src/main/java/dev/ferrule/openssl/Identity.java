package dev.ferrule.openssl;

import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.keys.StoredKey;
import dev.ferrule.ssl.spi.Capability;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Gives certificates and keys to a context, which then has copies of its own. */
final class Identity {
  private Identity() {}

  /**
   * The chain and its key.
   *
   * @param leveled whether the program has named a security level, which then counts
   * @return whether the context has security level 0 now, for they are too weak for another
   * @throws SslConfigException when OpenSSL cannot use them
   */
  static boolean show(long context, Credentials credentials, boolean leveled) {
    long key = key(credentials.key());
    try {
      String refused = use(context, credentials.chain(), key);
      boolean lowered = refused != null && !leveled;
      if (lowered) {
        // What this side shows is the program's own choice, and what peers show is judged in Java.
        LibContext.level(context, 0);
        refused = use(context, credentials.chain(), key);
      }
      if (refused != null) {
        throw new SslConfigException(
            "OpenSSL cannot use the certificate with its key ("
                + credentials.key().getAlgorithm()
                + "): "
                + refused);
      }
      return lowered;
    } catch (GeneralSecurityException e) {
      throw new SslConfigException("a certificate has no encoding: " + e.getMessage(), e);
    } finally {
      LibCrypto.freeKey(key);
    }
  }

  /** An EVP_PKEY of the caller's. */
  private static long key(PrivateKey key) {
    if (key instanceof StoredKey stored) {
      return LibStore.load(stored);
    }
    byte[] encoded = key.getEncoded();
    if (encoded == null) {
      throw Capability.SIGNING_CALLBACK.refusal(
          OpensslProvider.NAME,
          "this key cannot be exported; take the provider boringssl, which signs by the key itself");
    }
    try {
      long made = LibCrypto.privateKey(encoded);
      if (made == 0) {
        throw new SslConfigException(
            "OpenSSL cannot use the key (" + key.getAlgorithm() + "): " + ErrorQueue.words());
      }
      return made;
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }

  /** Why they cannot be used, in words; null when they are. */
  private static @Nullable String use(long context, List<X509Certificate> chain, long key)
      throws GeneralSecurityException {
    boolean taken = certificate(chain.getFirst(), each -> LibContext.certificate(context, each));
    LibContext.noChain(context);
    for (X509Certificate issuer : chain.subList(1, chain.size())) {
      taken = taken && certificate(issuer, each -> LibContext.chain(context, each));
    }
    return taken && LibContext.key(context, key) && LibContext.isPair(context)
        ? null
        : ErrorQueue.words();
  }

  /** The names of the issuers that a server tells its clients. */
  static void issuers(long context, List<X509Certificate> issuers) throws GeneralSecurityException {
    for (X509Certificate issuer : issuers) {
      if (!certificate(issuer, each -> LibContext.issuer(context, each))) {
        throw new SslConfigException(
            "OpenSSL cannot use the certificate of "
                + issuer.getSubjectX500Principal()
                + ": "
                + ErrorQueue.words());
      }
    }
  }

  private static boolean certificate(X509Certificate certificate, LongPredicate use)
      throws GeneralSecurityException {
    long pointer = LibCrypto.certificate(certificate.getEncoded());
    if (pointer == 0) {
      return false;
    }
    try {
      return use.test(pointer);
    } finally {
      LibCrypto.freeCertificate(pointer);
    }
  }
}
