package dev.ferrule.ssl;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;

/**
 * Which clients a server lets in, by what their verified certificate says. Immutable.
 *
 * <table>
 * <caption>The rules</caption>
 * <tr><td>{@code dns=host.example}, {@code dns=*.example}</td><td>a host name; the star is one label
 * </td></tr>
 * <tr><td>{@code uri=spiffe://example.org/ns/web}, {@code uri=spiffe://example.org/*}</td><td>a URI;
 * the star at the end is any rest, without {@code .} and {@code ..} between its slashes</td></tr>
 * <tr><td>{@code email=ann@example.org}, {@code email=@example.org}</td><td>a mailbox, or any of a
 * host</td></tr>
 * <tr><td>{@code ip=192.0.2.7}</td><td>an IP address in the certificate</td></tr>
 * <tr><td>{@code subject=CN=ann,O=Example}</td><td>the whole distinguished name</td></tr>
 * </table>
 *
 * @param kind which names it looks at
 * @param pattern what one of them must be
 */
public record ClientRule(Kind kind, String pattern) {
  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");
  private static final Pattern MAILBOX =
      Pattern.compile("[^@\\s]*@[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

  private static final Pattern OPEN_AUTHORITY = Pattern.compile("[^/]*://[^/]+\\*");
  private static final Pattern DOTS =
      Pattern.compile("[/\\\\](\\.|%2e){1,2}([/\\\\?#]|$)", Pattern.CASE_INSENSITIVE);

  /** Which names of a certificate a rule looks at. */
  public enum Kind {
    /** Host names. */
    DNS,
    /** URIs. */
    URI,
    /** Mailboxes. */
    EMAIL,
    /** IP addresses. */
    IP,
    /** The distinguished name. */
    SUBJECT
  }

  /**
   * A rule with its pattern checked.
   *
   * @throws SslConfigException when the pattern can match nothing
   */
  public ClientRule {
    if (pattern.isBlank()) {
      throw new SslConfigException("the rule " + name(kind) + "= needs a pattern behind it");
    }
    if (kind == Kind.SUBJECT) {
      subject(pattern);
    } else if (kind == Kind.IP) {
      address(pattern);
    } else if (kind == Kind.DNS && !HOST.matcher(pattern).matches()) {
      throw new SslConfigException(
          "'"
              + pattern
              + "' is no host name of a certificate: such as host.example or *.example, without a"
              + " dot at the end, an internationalised one as xn--");
    } else if (kind == Kind.URI && OPEN_AUTHORITY.matcher(pattern).matches()) {
      throw new SslConfigException(
          "'"
              + pattern
              + "' would fit hosts that begin with that one: the star stands behind a slash, as in"
              + " spiffe://example.org/*");
    } else if (kind == Kind.EMAIL && !MAILBOX.matcher(pattern).matches()) {
      throw new SslConfigException("'" + pattern + "' is no mailbox: name@host, or @host for all");
    }
  }

  /**
   * A rule as text: a kind, {@code =}, and a pattern, as above.
   *
   * @throws SslConfigException when it is none
   */
  public static ClientRule parse(String text) {
    int equals = text.indexOf('=');
    String kind = equals < 0 ? text : text.substring(0, equals);
    for (Kind each : Kind.values()) {
      if (name(each).equals(kind) && equals > 0) {
        return new ClientRule(each, text.substring(equals + 1));
      }
    }
    throw new SslConfigException(
        "'"
            + text
            + "' is no rule: it begins with "
            + String.join(
                ", ", Arrays.stream(Kind.values()).map(each -> name(each) + "=").toList()));
  }

  /** Whether it lets a client in that is this. */
  public boolean allows(SslIdentity client) {
    return switch (kind) {
      case DNS -> client.dnsNames().stream().anyMatch(this::isHost);
      case URI -> client.uris().stream().anyMatch(this::isUri);
      case EMAIL -> client.emails().stream().anyMatch(this::isMailbox);
      case IP -> client.addresses().stream().anyMatch(this::isAddress);
      case SUBJECT -> !client.subject().isEmpty() && isSubject(client.subject());
    };
  }

  private boolean isHost(String name) {
    String host = name.toLowerCase(Locale.ROOT);
    String wanted = pattern.toLowerCase(Locale.ROOT);
    int dot = host.indexOf('.');
    return wanted.startsWith("*.")
        ? dot > 0 && !host.startsWith("*") && host.substring(dot).equals(wanted.substring(1))
        : host.equals(wanted);
  }

  private boolean isUri(String uri) {
    return pattern.endsWith("*")
        ? uri.startsWith(pattern.substring(0, pattern.length() - 1))
            && !DOTS.matcher(uri).find() // whoever resolves them gets a path that does not fit
        : uri.equals(pattern);
  }

  /** The local part is case-sensitive, the host is not (RFC 5280 7.5). */
  private boolean isMailbox(String mailbox) {
    int at = mailbox.lastIndexOf('@');
    int wanted = pattern.lastIndexOf('@');
    return at > 0
        && mailbox.substring(at).equalsIgnoreCase(pattern.substring(wanted))
        && (wanted == 0 || mailbox.substring(0, at).equals(pattern.substring(0, wanted)));
  }

  /** An address with a mask, which a certificate may have too, is no client's. */
  private boolean isAddress(String text) {
    try {
      return address(text).equals(address(pattern));
    } catch (SslConfigException e) {
      return false;
    }
  }

  /** As text a name loses control characters at its ends, so one that has any is nobody's. */
  private boolean isSubject(String name) {
    if (name.contains("\\00") || name.chars().anyMatch(Character::isISOControl)) {
      return false;
    }
    try {
      return subject(name).equals(subject(pattern));
    } catch (SslConfigException e) {
      return false;
    }
  }

  private static InetAddress address(String literal) {
    try {
      if (literal.indexOf(':') < 0 && literal.chars().filter(c -> c == '.').count() != 3) {
        throw new IllegalArgumentException("a short form of an IPv4 address");
      }
      return InetAddress.ofLiteral(literal);
    } catch (IllegalArgumentException e) {
      throw new SslConfigException("'" + literal + "' is no IP address", e);
    }
  }

  private static X500Principal subject(String name) {
    try {
      return new X500Principal(name);
    } catch (IllegalArgumentException e) {
      throw new SslConfigException(
          "'" + name + "' is no distinguished name, such as CN=ann,O=Example", e);
    }
  }

  private static String name(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** As {@link #parse} takes it. */
  @Override
  public String toString() {
    return name(kind) + "=" + pattern;
  }
}
