package dev.ferrule.boringssl;

import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslConfigException;
import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chain and its key in native memory, parsed once for each context. A key that does not show
 * itself stays outside, and signs by {@link Signer}.
 */
final class Identity {
  /** Shows nothing. */
  static final Identity NONE = new Identity(0, 0);

  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private final long chain;
  private final long key;

  private Identity(long chain, long key) {
    this.chain = chain;
    this.key = key;
  }

  /**
   * Loads what a context shows; a key that stays outside is made known to it.
   *
   * @throws SslConfigException when BoringSSL cannot use it
   */
  static Identity load(@Nullable Credentials shown, long context, Map<Long, BoringWire> wires) {
    if (shown == null) {
      return NONE;
    }
    long chain = 0;
    long key = 0;
    try {
      chain = parse(pem(shown.chain()), SSL::parseX509Chain);
      byte[] encoded = shown.key().getEncoded();
      if (encoded == null) {
        SSLContext.setPrivateKeyMethod(context, new Signer(shown.key(), wires));
      } else {
        key = parse(pem("PRIVATE KEY", encoded.clone()), bio -> SSL.parsePrivateKey(bio, null));
      }
      Identity identity = new Identity(chain, key);
      identity.tryOut(context);
      return identity;
    } catch (Exception e) {
      new Identity(chain, key).free();
      throw new SslConfigException(
          "BoringSSL cannot use the certificate with its key ("
              + shown.key().getAlgorithm()
              + "): "
              + e.getMessage(),
          e);
    }
  }

  /** What is wrong is found now, and not with each connection. */
  private void tryOut(long context) throws Exception {
    long ssl = SSL.newSSL(context, true);
    try {
      showOn(ssl);
    } finally {
      SSL.freeSSL(ssl);
    }
  }

  /** Takes references only. */
  void showOn(long ssl) throws Exception {
    if (chain != 0) {
      SSL.setKeyMaterial(ssl, chain, key);
    }
  }

  /** Whether the key stays outside. */
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

  /** Certificates, one behind the other. */
  static byte[] pem(List<X509Certificate> certificates) throws CertificateEncodingException {
    StringBuilder all = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      all.append(
          new String(pem("CERTIFICATE", certificate.getEncoded()), StandardCharsets.ISO_8859_1));
    }
    return all.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** No text is made of it, for texts cannot be wiped; {@code der} is. */
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

  /** Makes something of a memory BIO, which is a pointer. */
  @FunctionalInterface
  interface Parser {
    long parse(long bio) throws Exception;
  }

  /** Parses PEM by way of native memory; all copies are wiped. */
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
      SSL.freeBIO(bio); // BoringSSL wipes what it frees
      copy.clear().put(new byte[copy.capacity()]);
    }
  }
}
