package dev.ferrule.cli.cert;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.ferrule.host.Host;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** What a certificate says (RFC 5280), in words, and questions about it. */
final class CertificateFacts {
  static final String SERVER = "serverAuth";
  static final String CLIENT = "clientAuth";
  static final String ANY = "any";

  private static final Map<String, String> ATTRIBUTES =
      Map.of("1.2.840.113549.1.9.1", "emailAddress", "2.5.4.5", "serialNumber");

  private static final Pattern COMMON_NAME = Pattern.compile("(?:^|,)CN=((?:[^,\\\\]|\\\\.)*)");

  /**
   * A subject alternative name.
   *
   * @param type dns, ip, email, uri or other
   */
  record Name(String type, String text) {}

  final X509Certificate certificate;
  final List<Name> names;
  final List<String> usages;
  final boolean signedByItself;

  CertificateFacts(X509Certificate certificate) {
    this.certificate = certificate;
    this.names = names(certificate);
    this.usages = usages(certificate);
    this.signedByItself =
        certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
            && isSignedBy(certificate, certificate);
  }

  static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException | RuntimeException e) {
      return false; // unchecked too: what the JDK throws for damaged keys is not always declared
    }
  }

  static String text(X500Principal name) {
    String text = name.getName(X500Principal.RFC2253, ATTRIBUTES);
    return text.isEmpty() ? "(empty)" : text;
  }

  boolean isAuthority() {
    return certificate.getBasicConstraints() >= 0;
  }

  boolean isForServers() {
    return usages.contains(SERVER) || usages.contains(ANY);
  }

  boolean isForClients() {
    return usages.contains(CLIENT) || usages.contains(ANY);
  }

  /** Whether it is of a server, as far as it says: a purpose, or none and no person. */
  boolean isOfServer() {
    boolean person = names.stream().anyMatch(name -> name.type().equals("email"));
    return !isAuthority() && (isForServers() || (usages.isEmpty() && (hasHost() || !person)));
  }

  boolean hasHost() {
    return names.stream().anyMatch(name -> name.type().equals("dns") || name.type().equals("ip"));
  }

  /** The common name; null when there is none. */
  @Nullable String commonName() {
    Matcher found = COMMON_NAME.matcher(certificate.getSubjectX500Principal().getName());
    return found.find() ? found.group(1).replaceAll("(?s)\\\\(.)", "$1") : null;
  }

  boolean hasHostAsCommonName() {
    String common = commonName();
    try {
      return common != null
          && (common.indexOf('.') > 0 || common.equals("localhost"))
          && !Host.parse(common.replaceFirst("^\\*\\.", "")).canonical().isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whom it is of, in a few words. */
  String owner() {
    List<String> hosts = names.stream().map(Name::text).toList();
    if (!isAuthority() && !hosts.isEmpty()) {
      return CertificateText.listed(hosts);
    }
    String common = commonName();
    return common == null || common.isEmpty()
        ? text(certificate.getSubjectX500Principal())
        : common;
  }

  String role() {
    return isAuthority() ? "ca" : isOfServer() ? "server" : isForClients() ? "client" : "other";
  }

  private String title() {
    return switch (role()) {
      case "ca" ->
          (signedByItself ? "certificate of a root CA, " : "certificate of a CA, ") + owner();
      case "server" -> "certificate of a server, " + owner();
      case "client" -> "certificate of a client, " + owner();
      default -> "certificate of " + owner();
    };
  }

  Item item(Instant now) {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    Item item = new Item("certificate", title());
    item.json().put("role", role());
    item.fact("subject", "subject", text(certificate.getSubjectX500Principal()));
    item.json().put("issuer", Item.safe(text(certificate.getIssuerX500Principal())));
    item.json().put("self_signed", signedByItself);
    item.line("issuer", signedByItself ? "itself" : text(certificate.getIssuerX500Principal()));
    item.line("valid", from + " to " + until + ", " + Days.left(until, now));
    item.json().put("not_before", from.toString()).put("not_after", until.toString());
    item.json().put("days_left", Days.until(until, now));
    ArrayNode list = item.json().putArray("names");
    names.forEach(
        name -> list.addObject().put("type", name.type()).put("name", Item.safe(name.text())));
    if (!names.isEmpty()) {
      item.line(
          "names", CertificateText.listed(names.stream().map(CertificateFacts::withType).toList()));
    }
    item.fact("key", "key", KeyText.of(certificate.getPublicKey()));
    item.fact("signature", "signature", certificate.getSigAlgName());
    ArrayNode purposes = item.json().putArray("usages");
    usages.forEach(usage -> purposes.add(Item.safe(usage)));
    item.line("for", purposeText());
    item.fact("serial", "serial", certificate.getSerialNumber().toString(16));
    return item.fact("SHA-256", "sha256", CertificateText.sha256(certificate));
  }

  private static String withType(Name name) {
    return switch (name.type()) {
      case "dns", "ip" -> name.text();
      default -> name.type() + " " + name.text();
    };
  }

  private String purposeText() {
    if (isAuthority()) {
      int below = certificate.getBasicConstraints();
      String cas =
          below == Integer.MAX_VALUE
              ? ""
              : below == 0 ? ", but no other CA" : ", and up to " + below + " CAs below it";
      return "signing certificates" + cas;
    }
    return usages.isEmpty() ? "anything (it names no purpose)" : String.join(", ", usages);
  }

  static List<Name> names(X509Certificate certificate) {
    List<Name> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      for (List<?> each : all == null ? List.<List<?>>of() : all) {
        String text = String.valueOf(each.get(1));
        names.add(
            switch (((Number) each.get(0)).intValue()) {
              case 1 -> new Name("email", text);
              case 2 -> new Name("dns", text);
              case 6 -> new Name("uri", text);
              case 7 -> new Name("ip", AddressText.shortened(text));
              case 4 -> new Name("other", text);
              default -> new Name("other", "name of another kind");
            });
      }
    } catch (CertificateParsingException | RuntimeException e) {
      names.clear(); // CertificateChecks tells of it
    }
    return List.copyOf(names);
  }

  private static List<String> usages(X509Certificate certificate) {
    try {
      List<String> all = certificate.getExtendedKeyUsage();
      return all == null ? List.of() : all.stream().map(CertificateFacts::usage).toList();
    } catch (CertificateParsingException | RuntimeException e) {
      return List.of();
    }
  }

  private static String usage(String oid) {
    return switch (oid) {
      case "1.3.6.1.5.5.7.3.1" -> SERVER;
      case "1.3.6.1.5.5.7.3.2" -> CLIENT;
      case "1.3.6.1.5.5.7.3.3" -> "codeSigning";
      case "1.3.6.1.5.5.7.3.4" -> "emailProtection";
      case "1.3.6.1.5.5.7.3.8" -> "timeStamping";
      case "1.3.6.1.5.5.7.3.9" -> "OCSPSigning";
      case "2.5.29.37.0" -> ANY;
      default -> oid;
    };
  }
}
