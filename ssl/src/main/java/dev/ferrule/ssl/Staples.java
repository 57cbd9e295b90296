package dev.ferrule.ssl;

import dev.ferrule.ssl.keys.Certificates;
import dev.ferrule.ssl.keys.Source;
import dev.ferrule.ssl.trust.OcspResponse;
import dev.ferrule.ssl.trust.PathResult.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The OCSP responses of a server; each goes to the certificate that it is about. Used by the thread
 * that builds the context.
 */
final class Staples {
  private record Loaded(String name, OcspResponse response) {}

  private final List<Loaded> all = new ArrayList<>();
  private final List<Loaded> unused;

  /**
   * Reads all of them.
   *
   * @throws SslConfigException when one of them is no OCSP response
   */
  Staples(List<Source> sources) {
    for (Source source : sources) {
      try {
        all.add(new Loaded(source.name(), OcspResponse.parse(source.bytes())));
      } catch (IOException e) {
        throw new SslConfigException(
            source.name()
                + " is no OCSP response in DER (as openssl ocsp -respout writes it): "
                + e.getMessage(),
            e);
      }
    }
    unused = new ArrayList<>(all);
  }

  /**
   * The response about the leaf of an identity; null when there is none.
   *
   * @throws SslConfigException when clients would refuse it
   */
  SslSettings.@Nullable Staple of(Credentials identity) {
    X509Certificate leaf = identity.chain().getFirst();
    X509Certificate issuer = identity.chain().size() > 1 ? identity.chain().get(1) : null;
    for (Loaded staple : all) {
      if (staple.response().isAbout(leaf, issuer)) {
        Refusal fault = staple.response().fault(leaf, issuer, Instant.now(), Set.of());
        if (fault != null) {
          throw new SslConfigException(staple.name() + " cannot be stapled: " + fault.sentence());
        }
        unused.remove(staple);
        return new SslSettings.Staple(
            ByteBuffer.wrap(staple.response().encoded()).asReadOnlyBuffer(),
            staple.response().until(leaf));
      }
    }
    return null;
  }

  /** Called when every identity has its own. */
  void requireAllUsed(List<Credentials> identities) {
    for (Loaded each : unused) {
      for (Credentials identity : identities) {
        if (each.response().isAbout(identity.chain().getFirst(), null)) {
          throw new SslConfigException(
              each.name() + " is a second OCSP response about a certificate: give one of them");
        }
      }
    }
    if (!unused.isEmpty()) {
      throw new SslConfigException(
          unused.getFirst().name()
              + " is an OCSP response about another certificate, not about that of "
              + String.join(
                  ", ",
                  identities.stream()
                      .map(each -> Certificates.subject(each.chain().getFirst()))
                      .toList()));
    }
  }
}
