package dev.ferrule.ssl;

import dev.ferrule.host.SafeText;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who a certificate says that its owner is (RFC 5280 4.1.2.6 and 4.2.1.6). It is true for a peer
 * whose certificate was verified, and only as far as its issuer is trusted. Immutable.
 *
 * @param subject the distinguished name, as RFC 2253 writes it; may be empty
 * @param dnsNames host names
 * @param uris URIs, such as a SPIFFE id
 * @param emails mailboxes
 * @param addresses IP addresses, as text
 */
public record SslIdentity(
    String subject,
    List<String> dnsNames,
    List<String> uris,
    List<String> emails,
    List<String> addresses) {
  private static final int EMAIL = 1;
  private static final int DNS = 2;
  private static final int URI = 6;
  private static final int ADDRESS = 7;

  /** What a certificate says; without alternative names where those are malformed. */
  public static SslIdentity of(X509Certificate certificate) {
    @Nullable Collection<List<?>> names = null;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException | RuntimeException e) { // the JDK throws both
      // none that can be read, so none that a rule allows
    }
    return new SslIdentity(
        certificate.getSubjectX500Principal().getName(),
        names(names, DNS),
        names(names, URI),
        names(names, EMAIL),
        names(names, ADDRESS));
  }

  /** One line for the log: names that are long are cut, and what is not seen is escaped. */
  @Override
  public String toString() {
    return "SslIdentity[subject="
        + SafeText.of(subject)
        + shown("dnsNames", dnsNames)
        + shown("uris", uris)
        + shown("emails", emails)
        + shown("addresses", addresses)
        + "]";
  }

  private static String shown(String what, List<String> names) {
    return names.stream()
        .map(SafeText::of)
        .collect(Collectors.joining(", ", ", " + what + "=[", "]"));
  }

  private static List<String> names(@Nullable Collection<List<?>> all, int form) {
    List<String> names = new ArrayList<>();
    for (List<?> name : all == null ? List.<List<?>>of() : all) {
      if (name.size() > 1
          && name.get(0) instanceof Integer type
          && type == form
          && name.get(1) instanceof String text) {
        names.add(text);
      }
    }
    return List.copyOf(names);
  }
}
