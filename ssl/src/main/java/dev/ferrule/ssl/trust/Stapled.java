package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.keys.Der;
import dev.ferrule.ssl.trust.PathResult.Refusal;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client makes of the OCSP response that a server stapled: one that is there must be good,
 * and a certificate that demands one (must-staple, RFC 7633) needs it.
 */
public final class Stapled {
  /** TLS Feature (RFC 7633 4.2). */
  private static final String TLS_FEATURE = "1.3.6.1.5.5.7.1.24";

  /** The extension status_request, and the one for several certificates. */
  private static final Set<Integer> STATUS_REQUESTS = Set.of(5, 17);

  private Stapled() {}

  /**
   * Why a server is refused; null when it is not.
   *
   * @param path valid; the server's certificate first
   * @param response as it was sent; null or empty when there was none
   */
  static @Nullable Refusal fault(
      List<X509Certificate> path, byte @Nullable [] response, Instant now, Set<SslOption> allowed) {
    X509Certificate leaf = path.getFirst();
    if (path.size() < 2) {
      return null; // it is trusted itself, and nobody could vouch for it or revoke it
    }
    if (response == null || response.length == 0) {
      return isDemandedBy(leaf)
          ? new Refusal(
              Reason.STAPLE,
              CertificateText.of(leaf)
                  + " demands an OCSP response (must-staple, RFC 7633), and the server sent none",
              leaf)
          : null;
    }
    try {
      Refusal found = OcspResponse.parse(response).fault(leaf, path.get(1), now, allowed);
      return found == null ? null : found.about(leaf);
    } catch (IOException e) {
      return new Refusal(
          Reason.STAPLE,
          "the OCSP response that the server sent cannot be used: "
              + CertificateText.clean(String.valueOf(e.getMessage())),
          leaf);
    }
  }

  /** Whether a certificate demands that an OCSP response comes with it. */
  public static boolean isDemandedBy(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(TLS_FEATURE);
    if (extension == null) {
      return false;
    }
    try {
      Der features = Der.whole(Der.whole(extension).expect(Der.OCTET_STRING).content());
      for (Der feature : features.expect(Der.SEQUENCE).children()) {
        if (STATUS_REQUESTS.contains(feature.intValue())) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return true; // it demands something that cannot be read
    }
  }
}
