package dev.ferrule.openssl;

import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.Verify;
import dev.ferrule.ssl.library.PeerJudgement;
import dev.ferrule.ssl.trust.Verifier;
import org.jspecify.annotations.Nullable;

/**
 * How the peers of a context are verified.
 *
 * @param verifier null when they are not: any certificate is accepted, as was asked for by name
 * @param host whether a client's server must have the name that was dialled
 */
record Verification(@Nullable Verifier verifier, boolean host) {
  /** X509_V_OK. */
  static final int OK = 0;

  /** X509_V_ERR_UNSPECIFIED, which OpenSSL sends as internal_error. */
  static final int UNSPECIFIED = 1;

  /** X509_V_ERR_UNNESTED_RESOURCE, which OpenSSL sends as certificate_unknown. */
  private static final int UNKNOWN = 44;

  /** Whether certificates are asked for and verified. */
  boolean verifies() {
    return verifier != null;
  }

  static boolean namesHost(SslSettings settings) {
    return !settings.server() && settings.verify() == Verify.CHAIN_AND_HOST;
  }

  /**
   * Called by OpenSSL. A server's check runs here, inside the task that called OpenSSL. A client's
   * runs in a task of its own, outside of native code: by TLS 1.3 OpenSSL asks again after it;
   * before that version the OCSP response comes behind the certificates, and nothing of what the
   * client then has to say is sent before it has been judged.
   *
   * @return {@link #OK}, or the error of OpenSSL for what is wrong
   */
  static int judge(OpensslWire wire, Handshake handshake, long store) {
    Verification how = wire.context.verification;
    Verifier verifier = how.verifier;
    if (verifier == null) {
      return OK;
    }
    if (wire.choices().server()) {
      String alert =
          handshake
              .judgement()
              .judge(
                  LibCrypto.storeChain(store),
                  true,
                  chain -> verifier.verifyClient(chain, handshake.hellos().offered()));
      return alert == null ? OK : error(alert);
    }
    Shown shown = handshake.shown();
    if (shown == null) {
      handshake.judgeLater(
          new Shown(
              verifier,
              how.host,
              wire.host(),
              LibCrypto.storeChain(store),
              LibSsl.exchangesByRsa(wire.ssl) ? "RSA" : "UNKNOWN"));
      if (wire.negotiatedTls13()) {
        LibSsl.verifyLater(wire.ssl);
      }
      return OK;
    }
    return shown.alert == null ? OK : error(shown.alert);
  }

  /** What a server has shown, until it is judged and after that. */
  static final class Shown {
    private final Verifier verifier;
    private final boolean namesHost;
    private final @Nullable String host;
    private final byte[][] encoded;
    private final String exchange;
    private byte[] staple = {};
    private @Nullable String alert = "internal_error";
    private boolean judged;

    private Shown(
        Verifier verifier,
        boolean namesHost,
        @Nullable String host,
        byte[][] encoded,
        String exchange) {
      this.verifier = verifier;
      this.namesHost = namesHost;
      this.host = host;
      this.encoded = encoded;
      this.exchange = exchange;
    }

    /** The OCSP response, which is known now; on the loop. */
    void stapled(byte[] response) {
      staple = response;
    }

    /** Whether it was judged. */
    boolean isJudged() {
      return judged;
    }

    /** What the refusal is sent with; null when it was accepted. */
    @Nullable String alert() {
      return alert;
    }

    /** In a task, which may take long. */
    void judge(PeerJudgement judgement) {
      judged = true;
      alert =
          judgement.judge(
              encoded,
              false,
              chain -> verifier.verifyServer(chain, exchange, namesHost, host, staple));
    }
  }

  /** The X509_V_ERR that OpenSSL sends as that alert. */
  private static int error(String alert) {
    return switch (alert) {
      case "certificate_expired" -> 10; // X509_V_ERR_CERT_HAS_EXPIRED
      case "unknown_ca" -> 20; // X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY
      case "certificate_revoked" -> 23; // X509_V_ERR_CERT_REVOKED
      case "unsupported_certificate" -> 26; // X509_V_ERR_INVALID_PURPOSE
      case "bad_certificate" -> 28; // X509_V_ERR_CERT_REJECTED
      case "internal_error" -> UNSPECIFIED;
      default -> UNKNOWN;
    };
  }
}
