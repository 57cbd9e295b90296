package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.keys.Der;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The names that an authority may certify (RFC 5280 4.2.1.10). They are checked here because the
 * JDK's check treats the common name of an authority as a host name.
 */
final class NameConstraints {
  private static final String EXTENSION = "2.5.29.30";

  private final List<CertificateName> permitted = new ArrayList<>();
  private final List<CertificateName> excluded = new ArrayList<>();

  private NameConstraints() {}

  /**
   * The constraints of an authority; null when it has none.
   *
   * @throws IOException when they are malformed, or of a kind that RFC 5280 forbids
   */
  static @Nullable NameConstraints of(X509Certificate authority) throws IOException {
    byte[] extension = authority.getExtensionValue(EXTENSION);
    if (extension == null) {
      return null;
    }
    NameConstraints constraints = new NameConstraints();
    Der sequence = Der.whole(Der.whole(extension).expect(Der.OCTET_STRING).content());
    for (Der part : sequence.expect(Der.SEQUENCE).children()) {
      if (part.is(Der.CONTEXT_0)) {
        add(part, constraints.permitted);
      } else {
        add(part.expect(Der.CONTEXT_1), constraints.excluded);
      }
    }
    return constraints;
  }

  private static void add(Der subtrees, List<CertificateName> bases) throws IOException {
    for (Der subtree : subtrees.children()) {
      List<Der> parts = subtree.expect(Der.SEQUENCE).children();
      if (parts.size() != 1) {
        throw new IOException("a name constraint has a minimum or maximum");
      }
      bases.add(CertificateName.of(parts.get(0)));
    }
  }

  /** How many comparisons {@link #forbidden} may take. */
  long comparisons(List<CertificateName> names) {
    return (long) names.size() * (permitted.size() + excluded.size());
  }

  /** The first of the names that may not be certified; null when all may. */
  @Nullable CertificateName forbidden(List<CertificateName> names) {
    for (CertificateName name : names) {
      if (excluded.stream().anyMatch(base -> base.type() == name.type() && base.excludes(name))) {
        return name;
      }
      boolean limited = false;
      boolean within = false;
      for (CertificateName base : permitted) {
        if (base.type() == name.type()) {
          limited = true;
          within |= base.permits(name);
        }
      }
      if (limited && !within) {
        return name;
      }
    }
    return null;
  }
}
