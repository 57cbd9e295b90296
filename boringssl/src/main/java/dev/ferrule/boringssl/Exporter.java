package dev.ferrule.boringssl;

import dev.ferrule.ssl.records.KeyingMaterial;
import io.netty.internal.tcnative.SSL;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Exported keying material of a connection of BoringSSL (RFC 8446 7.5, RFC 5705 4), from the
 * secrets that its SSL object tells. On the loop's thread.
 */
final class Exporter {
  private Exporter() {}

  /** Of TLS 1.3, by its exporter_secret, which stays the caller's. */
  static byte[] tls13(
      long ssl, byte[] secret, String label, byte @Nullable [] context, int length) {
    return KeyingMaterial.tls13(hash(ssl), secret, label, context, length);
  }

  /**
   * Of TLS 1.2 and before, by the master secret.
   *
   * @param extended whether both sides have the extended master secret
   */
  static byte[] tls12(
      long ssl, boolean extended, String label, byte @Nullable [] context, int length) {
    KeyingMaterial.requireExtended(extended);
    byte[] master = SSL.getMasterKey(ssl);
    try {
      return KeyingMaterial.tls12(
          hash(ssl),
          master,
          SSL.getClientRandom(ssl),
          SSL.getServerRandom(ssl),
          label,
          context,
          length);
    } finally {
      Arrays.fill(master, (byte) 0);
    }
  }

  private static String hash(long ssl) {
    return KeyingMaterial.hash(OfferedParameters.iana(SSL.getCipherForSSL(ssl)));
  }
}
