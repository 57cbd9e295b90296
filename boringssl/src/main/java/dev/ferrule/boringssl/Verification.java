package dev.ferrule.boringssl;

import dev.ferrule.ssl.trust.UnacceptableCertificate;
import dev.ferrule.ssl.trust.Verifier;
import io.netty.internal.tcnative.CertificateVerifier;
import io.netty.internal.tcnative.SSL;
import java.security.cert.X509Certificate;
import java.util.Map;

/**
 * Verifies a peer's certificates in a task of the handshake. Native code calls it, directly or in a
 * task, so it throws nothing.
 */
final class Verification extends CertificateVerifier {
  /** An X509_V_ERR code that BoringSSL answers with the alert certificate_unknown. */
  private static final int UNKNOWN = X509_V_ERR_UNNESTED_RESOURCE;

  private final Verifier verifier;
  private final boolean server;
  private final boolean host;
  private final Map<Long, BoringWire> wires;

  Verification(Verifier verifier, boolean server, boolean host, Map<Long, BoringWire> wires) {
    this.verifier = verifier;
    this.server = server;
    this.host = host;
    this.wires = wires;
  }

  @Override
  public int verify(long ssl, byte[][] encoded, String authentication) {
    BoringWire wire = wires.get(ssl);
    Handshake handshake = wire == null ? null : wire.handshaking();
    if (wire == null || handshake == null) {
      return X509_V_ERR_UNSPECIFIED;
    }
    String alert =
        handshake
            .judgement()
            .judge(encoded, server, chain -> check(wire, handshake, chain, authentication));
    return alert == null ? X509_V_OK : code(alert);
  }

  private void check(
      BoringWire wire, Handshake handshake, X509Certificate[] chain, String authentication)
      throws UnacceptableCertificate {
    if (server) {
      verifier.verifyClient(chain, handshake.hellos().offered());
    } else {
      verifier.verifyServer(
          chain, String.valueOf(authentication), host, wire.host(), SSL.getOcspResponse(wire.ssl));
    }
  }

  /** Accepts any certificate: only for {@link dev.ferrule.ssl.Verify#NONE}, asked for by name. */
  static final class None extends CertificateVerifier {
    @Override
    public int verify(long ssl, byte[][] encoded, String authentication) {
      return X509_V_OK;
    }
  }

  /** The code that BoringSSL answers with that alert. */
  private static int code(String alert) {
    return switch (alert) {
      case "certificate_expired" -> X509_V_ERR_CERT_HAS_EXPIRED;
      case "certificate_revoked" -> X509_V_ERR_CERT_REVOKED;
      case "bad_certificate" -> X509_V_ERR_CERT_REJECTED;
      case "unsupported_certificate" -> X509_V_ERR_INVALID_PURPOSE;
      case "unknown_ca" -> X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
      case "internal_error" -> X509_V_ERR_UNSPECIFIED;
      default -> UNKNOWN;
    };
  }
}
