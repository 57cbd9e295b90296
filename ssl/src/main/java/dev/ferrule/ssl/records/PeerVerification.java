package dev.ferrule.ssl.records;

import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.SslSettings.Crls;
import dev.ferrule.ssl.TrustedCertificate;
import dev.ferrule.ssl.Verify;
import dev.ferrule.ssl.trust.PeerChecks;
import dev.ferrule.ssl.trust.Revocation;
import dev.ferrule.ssl.trust.Revocation.Missing;
import dev.ferrule.ssl.trust.Trust;
import dev.ferrule.ssl.trust.Verifier;
import java.util.List;

/** What verifies the peers of a context, made of its settings, for every provider. */
public final class PeerVerification {
  private PeerVerification() {}

  /** For a context that verifies its peers. */
  public static Verifier of(SslSettings settings) {
    return new Verifier(
        trust(settings),
        settings.options(),
        PeerChecks.of(
            settings.verify() != Verify.PINS,
            settings.pins(),
            settings.clientRules(),
            settings.verifier()),
        revocation(settings.crls()));
  }

  private static Trust trust(SslSettings settings) {
    List<TrustedCertificate> given = settings.trust();
    if (given == null) {
      return Trust.system();
    }
    return settings.systemTrust() ? Trust.systemAnd(given) : Trust.of(given);
  }

  /** What the lists say. */
  public static Revocation revocation(Crls crls) {
    if (crls.lists().isEmpty()) {
      return Revocation.NONE;
    }
    return new Revocation(
        crls.lists(), crls.strict() ? Missing.REFUSED : Missing.ACCEPTED, crls::tell);
  }
}
