package dev.ferrule.testkit;

import dev.ferrule.ssl.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate that a {@link ThrowawayCa} made, with its key. Immutable: any thread.
 *
 * @param chain the leaf, then the intermediate CA if there is one; never the root
 * @param key the private key of the leaf
 */
public record Issued(List<X509Certificate> chain, PrivateKey key) {

  /**
   * Copies the chain.
   *
   * @param chain the leaf, then the intermediate CA if there is one; never the root
   * @param key the private key of the leaf
   */
  public Issued {
    chain = List.copyOf(chain);
  }

  /** {@return the first certificate of the chain} */
  public X509Certificate certificate() {
    return chain.get(0);
  }

  /** {@return certificate and key, in the form that setups of sockets and contexts take} */
  public Credentials credentials() {
    return Credentials.of(key, chain);
  }

  /** {@return the chain as PEM (RFC 7468), the leaf first} */
  public String chainPem() {
    return PemText.of(chain);
  }

  /** {@return the key as unencrypted PKCS#8 PEM (RFC 5958)} */
  public String keyPem() {
    return PemText.of("PRIVATE KEY", key.getEncoded());
  }

  /**
   * Writes {@code chain.pem} and {@code key.pem} into a folder that exists, over what was there.
   *
   * @param folder where to write
   * @return the paths of the two files
   * @throws IOException if the folder cannot be written to
   */
  public WrittenFiles write(Path folder) throws IOException {
    return new WrittenFiles(
        Files.writeString(folder.resolve("chain.pem"), chainPem()),
        Files.writeString(folder.resolve("key.pem"), keyPem()));
  }
}
