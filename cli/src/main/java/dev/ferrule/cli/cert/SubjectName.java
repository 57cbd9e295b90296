package dev.ferrule.cli.cert;

import dev.ferrule.host.Host;
import dev.ferrule.host.SafeText;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A name that a certificate is for (RFC 5280 4.2.1.6, a subject alternative name).
 *
 * @param kind what it names
 * @param text in the form that certificates hold: host names in A-labels and lower case, addresses
 *     without brackets, as RFC 5952 has them
 */
public record SubjectName(Kind kind, String text) {
  /** What is named. The words are those of openssl's configuration, in lower case. */
  public enum Kind {
    DNS,
    IP,
    EMAIL,
    URI;

    /** The word of the JSON. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Pattern URI_START = Pattern.compile("(?:[A-Za-z][A-Za-z0-9+.-]*://|urn:).*");

  /** The dot-atom of RFC 5322 3.2.3. */
  private static final Pattern MAILBOX =
      Pattern.compile("[\\w!#$%&'*+/=?^`{|}~-]{1,64}(?:\\.[\\w!#$%&'*+/=?^`{|}~-]+)*");

  private static final Pattern WITH_PORT = Pattern.compile("[^:]+:\\d{1,5}|\\[.*]:\\d{1,5}");
  private static final int LONGEST_URI = 1_000;
  private static final String WILDCARD = "*.";

  /**
   * Parses a host name, a wildcard, an address, a mailbox or a URI.
   *
   * @throws IllegalArgumentException when it is none of these; the message is a sentence
   */
  public static SubjectName parse(String written) {
    if (URI_START.matcher(written).matches()) {
      return new SubjectName(Kind.URI, uri(written));
    }
    if (written.indexOf('@') >= 0) {
      return new SubjectName(Kind.EMAIL, mailbox(written));
    }
    if (WITH_PORT.matcher(written).matches()) {
      throw new IllegalArgumentException(
          "'%s' has a port, and certificates have none: give the host alone"
              .formatted(SafeText.of(written)));
    }
    if (written.startsWith(WILDCARD)) {
      return new SubjectName(Kind.DNS, WILDCARD + wildcardOf(written));
    }
    if (written.indexOf('*') >= 0) {
      throw new IllegalArgumentException(
          "'%s' has a * that is not the whole first part of a name, as in *.example.com"
              .formatted(SafeText.of(written)));
    }
    return host(written);
  }

  private static SubjectName host(String written) {
    Host host = Host.parse(written);
    if (host.isName()) {
      return new SubjectName(Kind.DNS, dnsName(host, written));
    }
    if (host.toString().indexOf('%') >= 0) {
      throw new IllegalArgumentException(
          "'%s' has a zone, and certificates have none: give the address alone"
              .formatted(SafeText.of(written)));
    }
    if (written.indexOf(':') < 0 && !written.equals(host.canonical())) {
      throw new IllegalArgumentException(
          "'%s' is an unusual way to write %s: give that"
              .formatted(SafeText.of(written), host.canonical()));
    }
    return new SubjectName(Kind.IP, AddressText.shortened(host.canonical()));
  }

  private static String wildcardOf(String written) {
    String rest = written.substring(WILDCARD.length());
    if (rest.indexOf('*') >= 0) {
      throw new IllegalArgumentException(
          "'%s' has more than one *: a wildcard stands for one part of a name, the first"
              .formatted(SafeText.of(written)));
    }
    Host host = Host.parse(rest);
    if (!host.isName()) {
      throw new IllegalArgumentException(
          "'%s' is a wildcard of an address: give each address".formatted(SafeText.of(written)));
    }
    return dnsName(host, written);
  }

  /** What {@link Host} takes for what is resolved, less the labels that nobody verifies. */
  private static String dnsName(Host host, String written) {
    String dotted = "." + host.canonical() + ".";
    if (dotted.contains(".-") || dotted.contains("-.")) {
      throw new IllegalArgumentException(
          "the host name '%s' has a part that begins or ends with a hyphen"
              .formatted(SafeText.of(written)));
    }
    return host.canonical();
  }

  private static String mailbox(String written) {
    int at = written.lastIndexOf('@');
    String local = written.substring(0, at);
    if (local.length() > 64 || !MAILBOX.matcher(local).matches()) {
      throw new IllegalArgumentException(
          "'%s' is no mailbox such as ann@example.com, with ASCII letters before the @"
              .formatted(SafeText.of(written)));
    }
    Host host = Host.parse(written.substring(at + 1));
    if (!host.isName()) {
      throw new IllegalArgumentException(
          "'%s' is a mailbox at an address: give the name of its host"
              .formatted(SafeText.of(written)));
    }
    return local + "@" + dnsName(host, written);
  }

  private static String uri(String written) {
    try {
      URI uri = new URI(written);
      boolean whole = uri.isOpaque() || uri.getHost() != null;
      if (whole && written.length() <= LONGEST_URI && uri.toASCIIString().equals(written)) {
        return written;
      }
    } catch (URISyntaxException e) {
      // told below
    }
    throw new IllegalArgumentException(
        "'%s' is no URI in ASCII with a host, such as spiffe://example.org/service"
            .formatted(SafeText.of(written)));
  }

  /** Whether a server can be called so by its clients. */
  public boolean isHost() {
    return kind == Kind.DNS || kind == Kind.IP;
  }

  /** Whether it is a wildcard right below a name of one part, which most programs do not take. */
  public boolean isWideWildcard() {
    return text.startsWith(WILDCARD) && text.indexOf('.', WILDCARD.length()) < 0;
  }

  /** Whether it is the address of a page, which no browser looks for in a certificate. */
  public boolean isPage() {
    return kind == Kind.URI && (text.startsWith("http:") || text.startsWith("https:"));
  }

  @Override
  public String toString() {
    return text;
  }
}
