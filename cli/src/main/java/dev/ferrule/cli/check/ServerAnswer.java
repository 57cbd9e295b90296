package dev.ferrule.cli.check;

import dev.ferrule.ssl.records.Alerts;
import java.util.List;
import java.util.Set;

/** What a server did with a hello. Immutable. */
sealed interface ServerAnswer {
  /**
   * It chose.
   *
   * @param version the number of the version, that of supported_versions where it has one
   * @param suite the number of the suite
   * @param compression the number of the compression method; 0 is none
   * @param retry whether it is a HelloRetryRequest
   * @param sessionId whether it gives the session an identifier (before TLS 1.3)
   * @param extensions the types of the ServerHello's extensions
   * @param group the number of the key exchange group; -1 when no message has named one
   * @param dhBits bits of the prime of DHE; 0 without DHE
   * @param scheme the number of the scheme that signed the key exchange (TLS 1.2); -1 for none
   * @param chain the certificates in DER, as they came; empty when encrypted
   * @param staples the OCSP response that came with them; empty when none did
   * @param asksCertificate whether it asks the client for a certificate
   */
  record Chosen(
      int version,
      int suite,
      int compression,
      boolean retry,
      boolean sessionId,
      Set<Integer> extensions,
      int group,
      int dhBits,
      int scheme,
      List<byte[]> chain,
      List<byte[]> staples,
      boolean asksCertificate)
      implements ServerAnswer {
    boolean has(int extension) {
      return extensions.contains(extension);
    }

    /** The same with other certificates. */
    Chosen with(List<byte[]> certificates, List<byte[]> responses) {
      return new Chosen(
          version,
          suite,
          compression,
          retry,
          sessionId,
          extensions,
          group,
          dhBits,
          scheme,
          certificates,
          responses,
          asksCertificate);
    }
  }

  /** It refused, by an alert of this number. */
  record Refused(int alert) implements ServerAnswer {
    @Override
    public String toString() {
      return "the alert " + Alerts.name(alert);
    }
  }

  /** The connection ended without an answer: by FIN, or cut. */
  record Ended(boolean cut) implements ServerAnswer {
    @Override
    public String toString() {
      return cut ? "a cut connection" : "the end of the connection";
    }
  }

  /** Nothing came within the time limit, or not enough. */
  record Silent() implements ServerAnswer {
    @Override
    public String toString() {
      return "silence";
    }
  }

  /** What came is no TLS; the description follows "the peer". */
  record NotTls(String description) implements ServerAnswer {
    @Override
    public String toString() {
      return description;
    }
  }
}
