package dev.ferrule.tests.trust;

import dev.ferrule.host.Host;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Where OpenSSL judges a name differently. docs/options.md has a row for each. */
enum NameDifference {
  PARTIAL_WILDCARD(
      false,
      named -> named.name().indexOf('*') >= 0 && !named.name().startsWith("*."),
      "`w*.example.com` for `www.example.com`",
      "a wildcard is a whole label (RFC 9525 6.3)"),
  NO_HOST(
      false,
      named -> !isHost(named.host()),
      "`.example.com`, `a..b`, `f*.example.com` as the host",
      "what is no host matches nothing; a dot in front asks OpenSSL for any name below"),
  DOT_OF_CERTIFICATE(
      false,
      named -> named.name().endsWith("."),
      "`www.example.com.` in the certificate",
      "names of certificates have no dot of the root (RFC 5280 4.2.1.6)"),
  DOT_OF_HOST(
      true,
      named -> named.host().endsWith("."),
      "`www.example.com.` as the host",
      "the dot of the root is for the resolver only (RFC 9525 6.3)"),
  UNICODE(
      true,
      named -> named.host().chars().anyMatch(c -> c > 0x7F),
      "`bücher.example` as the host, its A-label in the certificate",
      "a host is compared in A-labels (RFC 9525 6.3)"),
  UNDERSCORE(
      true,
      named -> named.host().indexOf('_') >= 0 && named.name().startsWith("*."),
      "`*.example.com` for `my_service.example.com`",
      "underscores are part of names; OpenSSL's wildcards do not cover them"),
  MAPPED_ADDRESS(
      true,
      named -> named.host().startsWith("::ffff:"),
      "10.0.0.1 for `::ffff:10.0.0.1`",
      "an IPv4-mapped address is the IPv4 address, which is what is connected to"),
  SHORT_ADDRESS(
      true,
      named -> named.host().equals("10.0.1") && named.form() == NamedCase.Form.ADDRESS,
      "10.0.0.1 for `10.0.1`",
      "the resolver takes it for that address"),
  SHORT_ADDRESS_AS_NAME(
      false,
      named -> named.host().equals("10.0.1") && named.form() != NamedCase.Form.ADDRESS,
      "the dNSName `10.0.1` for `10.0.1`",
      "an address is no name");

  private final boolean weAccept;

  @SuppressWarnings("ImmutableEnumChecker") // it has no state
  private final Predicate<NamedCase> kind;

  private final String what;
  private final String why;

  NameDifference(boolean weAccept, Predicate<NamedCase> kind, String what, String why) {
    this.weAccept = weAccept;
    this.kind = kind;
    this.what = what;
    this.why = why;
  }

  private static boolean isHost(String host) {
    try {
      Host.parse(host);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Its row in docs/options.md. */
  String row() {
    return "| %s | %s here | %s |".formatted(what, weAccept ? "accepted" : "refused", why);
  }

  /** The difference that explains that this side alone accepts, or refuses, a name. */
  static Optional<NameDifference> explaining(NamedCase named, boolean weAccept) {
    return Stream.of(values())
        .filter(one -> one.weAccept == weAccept && one.kind.test(named))
        .findFirst();
  }
}
