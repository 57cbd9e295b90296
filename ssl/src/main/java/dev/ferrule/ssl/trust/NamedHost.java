package dev.ferrule.ssl.trust;

import dev.ferrule.ssl.trust.PathResult.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares a certificate with a host (RFC 9525, RFC 2818 3.1): a name by its dNSNames, or by its
 * common name where it has none; an address by its iPAddresses.
 */
final class NamedHost {
  private static final int NAMES_SHOWN = 5;

  private NamedHost() {}

  /**
   * Why a certificate does not name the host; null when it does.
   *
   * @param host in ASCII, without brackets, zone or a dot at its end; null when it is not known
   */
  static @Nullable Refusal fault(X509Certificate certificate, @Nullable String host) {
    if (host == null || host.isEmpty()) {
      return new Refusal(
          Reason.HOST,
          "it is not known whom the server's certificate should name: say it with serverName");
    }
    List<CertificateName> names;
    try {
      names = CertificateName.hosts(certificate);
    } catch (IOException e) {
      return new Refusal(
          Reason.UNREADABLE,
          CertificateText.of(certificate) + " has names that cannot be read",
          certificate);
    }
    InetAddress address = address(host);
    boolean found =
        address == null
            ? HostName.isHost(host) && hasName(names, host)
            : hasAddress(names, address);
    return found
        ? null
        : new Refusal(Reason.HOST, mismatch(certificate, names, host, address), certificate);
  }

  private static boolean hasName(List<CertificateName> names, String host) {
    String wanted = host.toLowerCase(Locale.ROOT);
    return names.stream()
        .filter(name -> name.type() == CertificateName.DNS)
        .anyMatch(name -> matches(name.toString().toLowerCase(Locale.ROOT), wanted));
  }

  /** Whether the dNSName {@code pattern} is {@code name}, or a wildcard that stands for it. */
  static boolean covers(CertificateName pattern, CertificateName name) {
    String wanted = name.toString().toLowerCase(Locale.ROOT);
    String has = pattern.toString().toLowerCase(Locale.ROOT);
    return has.equals(wanted) || (!wanted.startsWith("*.") && matches(has, wanted));
  }

  /** A wildcard is the whole first label, matches one label, and is followed by two or more. */
  private static boolean matches(String pattern, String host) {
    if (!pattern.startsWith("*.")) {
      return pattern.equals(host);
    }
    String parent = pattern.substring(1);
    int dot = host.indexOf('.');
    return dot > 0 && parent.indexOf('.', 1) > 0 && host.substring(dot).equals(parent);
  }

  private static boolean hasAddress(List<CertificateName> names, InetAddress address) {
    return names.stream()
        .anyMatch(name ->
            name.type() == CertificateName.ADDRESS
                && Arrays.equals(name.bytes(), address.getAddress()));
  }

  private static @Nullable InetAddress address(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static String mismatch(
      X509Certificate certificate,
      List<CertificateName> names,
      String host,
      @Nullable InetAddress address) {
    if (names.isEmpty()) {
      return "the certificate is for no host name at all (its subject is %s), not for '%s'"
          .formatted(CertificateText.subject(certificate), host);
    }
    String shown =
        names.stream()
            .limit(NAMES_SHOWN)
            .map(name -> "'" + CertificateText.clean(name) + "'")
            .collect(Collectors.joining(", "));
    int more = names.size() - NAMES_SHOWN;
    String sentence =
        "the certificate is for %s%s, not for '%s'"
            .formatted(shown, more > 0 ? " and " + more + " more" : "", host);
    return address != null && hasName(names, host)
        ? sentence + ": the address stands there as a name (dNSName), and iPAddress is its place"
        : sentence;
  }
}
