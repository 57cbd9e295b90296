package dev.ferrule.boringssl;

import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslSettings.Staple;
import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chain and its key in native memory, parsed once for each context. A key that cannot be exported
 * (a hardware token's) is used through {@link Signer}.
 */
final class Identity {
  /** No certificate. */
  static final Identity NONE = new Identity(0, 0, null, null);

  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private final long chain;
  private final long key;
  private final @Nullable X509Certificate certificate;
  private final @Nullable Staple staple; // not sent after its time: peers refuse it then

  private Identity(
      long chain, long key, @Nullable X509Certificate certificate, @Nullable Staple staple) {
    this.chain = chain;
    this.key = key;
    this.certificate = certificate;
    this.staple = staple;
  }

  /**
   * Loads the certificate and key of a context; for a key that cannot be exported it installs a
   * signer.
   *
   * @throws SslConfigException when BoringSSL cannot use it
   */
  static Identity load(
      @Nullable Credentials credentials,
      @Nullable Staple staple,
      long context,
      Map<Long, BoringWire> wires) {
    if (credentials == null) {
      return NONE;
    }
    long chain = 0;
    long key = 0;
    try {
      chain = parse(pem(credentials.chain()), SSL::parseX509Chain);
      byte[] encoded = credentials.key().getEncoded();
      if (encoded == null) {
        SSLContext.setPrivateKeyMethod(context, new Signer(credentials, wires));
      } else {
        key = parse(pem("PRIVATE KEY", encoded.clone()), bio -> SSL.parsePrivateKey(bio, null));
      }
      Identity identity = new Identity(chain, key, credentials.chain().getFirst(), staple);
      identity.tryCredentials(context);
      return identity;
    } catch (Exception e) {
      new Identity(chain, key, null, null).free();
      throw new SslConfigException(
          "BoringSSL cannot use the certificate with its key ("
              + credentials.key().getAlgorithm()
              + "): "
              + e.getMessage(),
          e);
    }
  }

  /** Reports errors here instead of at each connection. */
  private void tryCredentials(long context) throws Exception {
    long ssl = SSL.newSSL(context, true);
    try {
      setOn(ssl);
    } finally {
      SSL.freeSSL(ssl);
    }
  }

  /** The native side takes references to chain and key, and copies an OCSP response. */
  void setOn(long ssl) throws Exception {
    if (chain != 0) {
      SSL.setKeyMaterial(ssl, chain, key);
    }
    if (staple != null && Instant.now().isBefore(staple.until())) {
      ByteBuffer response = staple.response();
      byte[] copy = new byte[response.remaining()];
      response.get(response.position(), copy);
      SSL.setOcspResponse(ssl, copy);
    }
  }

  /** What it shows; null for nothing. */
  @Nullable X509Certificate certificate() {
    return certificate;
  }

  /** Whether the key cannot be exported. */
  boolean signsOutside() {
    return chain != 0 && key == 0;
  }

  void free() {
    if (chain != 0) {
      SSL.freeX509Chain(chain);
    }
    if (key != 0) {
      SSL.freePrivateKey(key);
    }
  }

  // ---- PEM, which is what the native calls take

  /** Concatenated PEM blocks of the certificates. */
  static byte[] pem(List<X509Certificate> certificates) throws CertificateEncodingException {
    StringBuilder all = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      all.append(
          new String(pem("CERTIFICATE", certificate.getEncoded()), StandardCharsets.ISO_8859_1));
    }
    return all.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * A PEM block as bytes, not as a String, which could not be overwritten. Overwrites {@code der}.
   */
  private static byte[] pem(String label, byte[] der) {
    byte[] lines = LINES.encode(der);
    Arrays.fill(der, (byte) 0);
    byte[] head = ("-----BEGIN " + label + "-----\n").getBytes(StandardCharsets.ISO_8859_1);
    byte[] tail = ("\n-----END " + label + "-----\n").getBytes(StandardCharsets.ISO_8859_1);
    byte[] whole = new byte[head.length + lines.length + tail.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(lines, 0, whole, head.length, lines.length);
    System.arraycopy(tail, 0, whole, head.length + lines.length, tail.length);
    Arrays.fill(lines, (byte) 0);
    return whole;
  }

  /** Parses the content of a memory BIO, given by its address. */
  @FunctionalInterface
  interface Parser {
    long parse(long bio) throws Exception;
  }

  /** Parses PEM from native memory; all copies are overwritten. */
  static long parse(byte[] pem, Parser parser) throws Exception {
    ByteBuffer copy = ByteBuffer.allocateDirect(pem.length).put(pem);
    Arrays.fill(pem, (byte) 0);
    long bio = SSL.newMemBIO();
    try {
      if (SSL.bioWrite(bio, Buffer.address(copy), copy.capacity()) != copy.capacity()) {
        throw new IllegalStateException("no native memory");
      }
      return parser.parse(bio);
    } finally {
      SSL.freeBIO(bio); // BoringSSL overwrites memory that it frees
      copy.clear().put(new byte[copy.capacity()]);
    }
  }
}
