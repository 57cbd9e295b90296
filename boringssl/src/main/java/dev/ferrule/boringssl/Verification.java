package dev.ferrule.boringssl;

import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.trust.PathResult.Refusal;
import dev.ferrule.ssl.trust.Reason;
import dev.ferrule.ssl.trust.UnacceptableCertificate;
import dev.ferrule.ssl.trust.Verifier;
import io.netty.internal.tcnative.CertificateVerifier;
import io.netty.internal.tcnative.SSL;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
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
  private final int longest;
  private final Map<Long, BoringWire> wires;

  Verification(Verifier verifier, boolean server, boolean host, Map<Long, BoringWire> wires) {
    this.verifier = verifier;
    this.server = server;
    this.host = host;
    this.wires = wires;
    this.longest = longest(server);
  }

  /**
   * The most certificates that a peer may send; the JDK's limit. Verifying a longer chain takes
   * long.
   */
  static int longest(boolean server) {
    String side = server ? "server" : "client";
    return Integer.getInteger(
        "jdk.tls." + side + ".maxInboundCertificateChainLength", server ? 8 : 10);
  }

  @Override
  public int verify(long ssl, byte[][] encoded, String authentication) {
    BoringWire wire = wires.get(ssl);
    Handshake handshake = wire == null ? null : wire.handshaking();
    if (wire == null || handshake == null) {
      return X509_V_ERR_UNSPECIFIED;
    }
    try {
      if (encoded.length > longest) {
        throw new CertificateException("it comes with a chain of more than " + longest);
      }
      X509Certificate[] chain = chain(encoded);
      handshake.hellos().shown(chain);
      if (server) {
        verifier.verifyClient(chain, handshake.hellos().offered());
      } else {
        verifier.verifyServer(
            chain, String.valueOf(authentication), host, wire.host(), SSL.getOcspResponse(ssl));
      }
      handshake.accepted(chain);
      return X509_V_OK;
    } catch (UnacceptableCertificate e) {
      handshake.refused(e);
      return code(e);
    } catch (CertificateException e) {
      handshake.refused(
          new UnacceptableCertificate(
              new Refusal(
                  Reason.UNREADABLE,
                  "the peer's certificate cannot be read: "
                      + SafeText.of(String.valueOf(e.getMessage())))));
      return X509_V_ERR_CERT_REJECTED;
    } catch (RuntimeException | Error e) {
      handshake.broke(e);
      return X509_V_ERR_UNSPECIFIED;
    }
  }

  /** Accepts any certificate: only for {@link dev.ferrule.ssl.Verify#NONE}, asked for by name. */
  static final class None extends CertificateVerifier {
    @Override
    public int verify(long ssl, byte[][] encoded, String authentication) {
      return X509_V_OK;
    }
  }

  static X509Certificate[] chain(byte[][] encoded) throws CertificateException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    X509Certificate[] chain = new X509Certificate[encoded.length];
    for (int i = 0; i < chain.length; i++) {
      try {
        chain[i] =
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(encoded[i]));
      } catch (RuntimeException e) {
        // The JDK's parser can throw undeclared exceptions for invalid certificates.
        throw new CertificateException(e.getMessage(), e);
      }
    }
    return chain;
  }

  /** The code that BoringSSL answers with the alert of the refusal. */
  private static int code(UnacceptableCertificate refusal) {
    return switch (refusal.reason().alert()) {
      case "certificate_expired" -> X509_V_ERR_CERT_HAS_EXPIRED;
      case "certificate_revoked" -> X509_V_ERR_CERT_REVOKED;
      case "bad_certificate" -> X509_V_ERR_CERT_REJECTED;
      case "unsupported_certificate" -> X509_V_ERR_INVALID_PURPOSE;
      case "unknown_ca" -> X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
      default -> UNKNOWN;
    };
  }
}
