package dev.ferrule.ssl.trust;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ferrule.ssl.keys.Der;
import dev.ferrule.ssl.keys.DerWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;

/** A GeneralName (RFC 5280 4.2.1.6): a name in a certificate, or the base of a name constraint. */
final class CertificateName {
  static final int EMAIL = 1;
  static final int DNS = 2;
  static final int DIRECTORY = 4;
  static final int URI_NAME = 6;
  static final int ADDRESS = 7;

  private static final int FORM = 0x1F;
  private static final String ALTERNATIVES = "2.5.29.17";
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String EMAIL_ADDRESS = "1.2.840.113549.1.9.1";
  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

  private static final Pattern ADDRESS_TEXT = Pattern.compile("[0-9.]+");

  private final int type;
  private final byte[] value;

  /**
   * The number of its form, and the content of its element; for a directory name the whole Name.
   */
  private CertificateName(int type, byte[] value) {
    this.type = type;
    this.value = value;
  }

  /** The number of its form. */
  int type() {
    return type;
  }

  /** The name in a GeneralName element. */
  static CertificateName of(Der name) throws IOException {
    int type = name.tag() & FORM;
    // Only the directory name is tagged explicitly, because Name is a CHOICE.
    return new CertificateName(type, type == DIRECTORY ? name.child(0).encoded() : name.content());
  }

  /**
   * All names of a certificate that constraints apply to.
   *
   * @param server whether it is a server's: its common name is then a host name if it has no
   *     dNSName
   * @throws IOException when they are malformed
   */
  static List<CertificateName> all(X509Certificate certificate, boolean server) throws IOException {
    List<CertificateName> names = alternatives(certificate);
    boolean hosts = server && names.stream().noneMatch(name -> name.type == DNS);
    byte[] subject = certificate.getSubjectX500Principal().getEncoded();
    if (!Der.whole(subject).children().isEmpty()) {
      names.add(new CertificateName(DIRECTORY, subject));
    }
    addOfSubject(subject, EMAIL_ADDRESS, EMAIL, names);
    if (hosts) {
      addOfSubject(subject, COMMON_NAME, DNS, names);
    }
    return names;
  }

  /**
   * The host names and addresses of a certificate; the common name if there is no dNSName.
   *
   * @throws IOException when they are malformed
   */
  static List<CertificateName> hosts(X509Certificate certificate) throws IOException {
    List<CertificateName> names = alternatives(certificate);
    names.removeIf(name -> name.type != DNS && name.type != ADDRESS);
    if (names.stream().noneMatch(name -> name.type == DNS)) {
      byte[] subject = certificate.getSubjectX500Principal().getEncoded();
      addOfSubject(subject, COMMON_NAME, DNS, names);
    }
    return names;
  }

  private static List<CertificateName> alternatives(X509Certificate certificate)
      throws IOException {
    List<CertificateName> names = new ArrayList<>();
    byte[] extension = certificate.getExtensionValue(ALTERNATIVES);
    if (extension != null) {
      Der sequence = Der.whole(Der.whole(extension).expect(Der.OCTET_STRING).content());
      for (Der name : sequence.expect(Der.SEQUENCE).children()) {
        names.add(of(name));
      }
    }
    return names;
  }

  /**
   * Adds the attributes of one type of a subject, as names; common names only if they are host
   * names.
   */
  private static void addOfSubject(
      byte[] subject, String attribute, int type, List<CertificateName> names) throws IOException {
    for (Der part : Der.whole(subject).children()) {
      for (Der pair : part.children()) {
        byte[] value = pair.child(1).content();
        if (pair.child(0).oid().equals(attribute)
            && (type != DNS || HOST.matcher(new String(value, ISO_8859_1)).matches())) {
          names.add(new CertificateName(type, value));
        }
      }
    }
  }

  /** The content of its element. */
  byte[] bytes() {
    return value.clone();
  }

  /** Whether {@code name}, of the same form, is within this base; false when that is unknown. */
  boolean permits(CertificateName name) {
    return switch (type) {
      case EMAIL -> holdsMailbox(name);
      case DNS -> holdsHost(name.text());
      case DIRECTORY -> holdsDirectory(name);
      case URI_NAME -> {
        String host = hostOf(name.text());
        yield !host.isEmpty() && holdsHostOfUri(host);
      }
      case ADDRESS -> holdsAddress(name);
      default -> false;
    };
  }

  /** Whether {@code name}, of the same form, is or may be within this base. */
  boolean excludes(CertificateName name) {
    return switch (type) {
      case DNS -> holdsHost(name.text()) || isMatchedBy(name.text());
      case EMAIL, DIRECTORY, ADDRESS -> permits(name);
      case URI_NAME -> hostOf(name.text()).isEmpty() || permits(name);
      default -> true;
    };
  }

  private boolean holdsHost(String name) {
    String base = text();
    if (base.isEmpty()) {
      return true;
    }
    // With a leading dot, which many authorities write: subdomains, but not the name itself.
    return base.startsWith(".")
        ? name.length() > base.length() && name.endsWith(base)
        : name.equals(base) || name.endsWith("." + base);
  }

  /** Whether the wildcard {@code name} matches the base too. */
  private boolean isMatchedBy(String name) {
    String base = text();
    int dot = base.indexOf('.', base.startsWith(".") ? 1 : 0);
    return name.startsWith("*.") && dot >= 0 && name.substring(1).equals(base.substring(dot));
  }

  private boolean holdsMailbox(CertificateName name) {
    String base = text();
    String mailbox = name.text();
    int at = mailbox.lastIndexOf('@');
    if (at < 0) {
      return false;
    }
    if (base.indexOf('@') >= 0) {
      int local = base.lastIndexOf('@');
      // The local part is case-sensitive, the host is not (RFC 5280 7.5).
      return raw().substring(0, local).equals(name.raw().substring(0, at))
          && base.substring(local).equals(mailbox.substring(at));
    }
    String host = mailbox.substring(at + 1);
    return base.isEmpty() || (base.startsWith(".") ? host.endsWith(base) : host.equals(base));
  }

  private boolean holdsHostOfUri(String host) {
    String base = text();
    return base.isEmpty() || (base.startsWith(".") ? host.endsWith(base) : host.equals(base));
  }

  private boolean holdsDirectory(CertificateName name) {
    try {
      List<Der> above = Der.whole(value).children();
      List<Der> parts = Der.whole(name.value).children();
      for (int i = 0; i < above.size(); i++) {
        if (i >= parts.size() || !same(above.get(i), parts.get(i))) {
          return false;
        }
      }
      return true;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  /** Compares as RFC 5280 7.1 requires, ignoring case and repeated spaces. */
  private static boolean same(Der one, Der other) {
    return new X500Principal(name(one)).equals(new X500Principal(name(other)));
  }

  /** A Name with one RelativeDistinguishedName. */
  private static byte[] name(Der part) {
    return DerWriter.sequence(part.encoded());
  }

  private boolean holdsAddress(CertificateName name) {
    int length = name.value.length;
    if (value.length != 2 * length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (((value[i] ^ name.value[i]) & value[length + i]) != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * The host of a URI; empty when it has none, or an address, to which constraints do not apply.
   */
  private static String hostOf(String uri) {
    try {
      String host = new URI(uri).getHost();
      return host == null || host.startsWith("[") || ADDRESS_TEXT.matcher(host).matches()
          ? ""
          : host;
    } catch (URISyntaxException e) {
      return "";
    }
  }

  /** An IA5String, unchanged. */
  private String raw() {
    return new String(value, ISO_8859_1);
  }

  /** An IA5String in lower case. */
  private String text() {
    return raw().toLowerCase(Locale.ROOT);
  }

  /** The name as text. */
  @Override
  public String toString() {
    try {
      return switch (type) {
        case EMAIL, DNS, URI_NAME -> raw();
        case DIRECTORY -> new X500Principal(value).toString();
        case ADDRESS -> InetAddress.getByAddress(value).getHostAddress();
        default -> "of form " + type;
      };
    } catch (UnknownHostException | IllegalArgumentException e) {
      return "of form " + type;
    }
  }
}
