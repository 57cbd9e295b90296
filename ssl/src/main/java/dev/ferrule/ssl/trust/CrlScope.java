package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.keys.Der;
import java.io.IOException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates of its issuer a revocation list is about (RFC 5280 5.2.5, 6.3.3 (b)).
 *
 * @param subjects peers, authorities or both
 * @param points the distribution points that it is for, encoded; empty for all
 */
record CrlScope(Subjects subjects, Set<String> points) {
  /** Whose certificates. */
  enum Subjects {
    ALL,
    PEERS,
    AUTHORITIES
  }

  private static final String ISSUING_POINT = "2.5.29.28";
  private static final String DISTRIBUTION_POINTS = "2.5.29.31";
  private static final CrlScope ALL = new CrlScope(Subjects.ALL, Set.of());

  // The tags of IssuingDistributionPoint beside the point itself, which is [0].
  private static final int ONLY_PEERS = 0x81;
  private static final int ONLY_AUTHORITIES = 0x82;
  private static final int ONLY_SOME_REASONS = 0x83;
  private static final int INDIRECT = 0x84;
  private static final int ONLY_ATTRIBUTES = 0x85;

  /**
   * The scope of a list.
   *
   * @throws IOException when such lists are not used here, with the reason
   */
  static CrlScope of(X509CRL list) throws IOException {
    byte[] extension = list.getExtensionValue(ISSUING_POINT);
    if (extension == null) {
      return ALL;
    }
    Set<String> points = new HashSet<>();
    boolean peers = false;
    boolean authorities = false;
    for (Der part : value(extension).expect(Der.SEQUENCE).children()) {
      switch (part.tag()) {
        case Der.CONTEXT_0 -> {
          if (!addNames(part, points)) {
            throw new IOException("its distribution point is relative to its issuer's name");
          }
        }
        case ONLY_PEERS -> peers = isTrue(part);
        case ONLY_AUTHORITIES -> authorities = isTrue(part);
        case ONLY_SOME_REASONS -> throw new IOException("it is for some reasons only");
        case INDIRECT -> {
          if (isTrue(part)) {
            throw new IOException("it is an indirect list, for certificates of other issuers");
          }
        }
        case ONLY_ATTRIBUTES -> {
          if (isTrue(part)) {
            throw new IOException("it is for attribute certificates");
          }
        }
        default -> throw new IOException("its issuing distribution point cannot be read");
      }
    }
    if (peers && authorities) {
      throw new IOException("it is for nobody: only for peers, and only for authorities");
    }
    return new CrlScope(
        peers ? Subjects.PEERS : authorities ? Subjects.AUTHORITIES : Subjects.ALL, points);
  }

  /** Whether a certificate of the same issuer is in it. */
  boolean covers(X509Certificate certificate) {
    boolean authority = certificate.getBasicConstraints() >= 0;
    boolean fits =
        switch (subjects) {
          case ALL -> true;
          case PEERS -> !authority;
          case AUTHORITIES -> authority;
        };
    return fits && (points.isEmpty() || isAtOneOf(points, certificate));
  }

  private static boolean isAtOneOf(Set<String> points, X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(DISTRIBUTION_POINTS);
    if (extension == null) {
      return false;
    }
    try {
      for (Der point : value(extension).expect(Der.SEQUENCE).children()) {
        Set<String> named = new HashSet<>();
        @Nullable Der whole = null;
        for (Der part : point.expect(Der.SEQUENCE).children()) {
          whole = part.is(Der.CONTEXT_0) && addNames(part, named) ? part : null;
        }
        // One with reasons or another issuer has more parts, and is answered for by other lists.
        if (whole != null && named.stream().anyMatch(points::contains)) {
          return true;
        }
      }
    } catch (IOException e) {
      return false;
    }
    return false;
  }

  /** Adds the names of a DistributionPointName; false when it is relative. */
  private static boolean addNames(Der point, Set<String> names) throws IOException {
    Der name = point.child(0);
    if (!name.is(Der.CONTEXT_0)) {
      return false;
    }
    for (Der each : name.children()) {
      names.add(HexFormat.of().formatHex(each.encoded()));
    }
    return true;
  }

  private static boolean isTrue(Der flag) {
    byte[] content = flag.content();
    return content.length != 1 || content[0] != 0;
  }

  /** What is in the OCTET STRING of an extension. */
  static Der value(byte[] extension) throws IOException {
    return Der.whole(Der.whole(extension).expect(Der.OCTET_STRING).content());
  }
}
