package dev.ferrule.cli.cert;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** How programs are made to trust a CA: commands to run, with its path. Nothing is run here. */
public final class TrustAdvice {
  /** What stores of systems and JDKs call it, where they have one name for each. */
  private static final String ALIAS = "ferrule-development-ca";

  /**
   * For one kind of program.
   *
   * @param who the word of the JSON
   * @param title whom it is about
   * @param commands one a line
   */
  public record Step(String who, String title, List<String> commands) {}

  private final String file;
  private final String name;
  private final List<Step> steps = new ArrayList<>();

  private TrustAdvice(String file, String name) {
    this.file = file;
    this.name = name;
  }

  /** For the CA in a file. */
  public static List<Step> of(Path file, X509Certificate ca) {
    TrustAdvice advice = new TrustAdvice(ShellText.quoted(file), commonName(ca));
    advice.systems();
    advice.browsers();
    advice.languages();
    return List.copyOf(advice.steps);
  }

  /** The name that browsers list it under. */
  private static String commonName(X509Certificate ca) {
    String subject = ca.getSubjectX500Principal().getName();
    String common = subject.replaceFirst("(?s)^(?:.*,)?CN=((?:[^,\\\\]|\\\\.)*).*$", "$1");
    return ShellText.quoted(common.replaceAll("[^\\w .()@-]", ""));
  }

  private void systems() {
    add(
        "debian",
        "Debian, Ubuntu: the system (curl, wget, git, Python's ssl, Go, OpenSSL)",
        "sudo cp %s /usr/local/share/ca-certificates/%s.crt".formatted(file, ALIAS),
        "sudo update-ca-certificates");
    add(
        "fedora",
        "Fedora, RHEL: the system",
        "sudo cp %s /etc/pki/ca-trust/source/anchors/%s.pem".formatted(file, ALIAS),
        "sudo update-ca-trust extract");
    add("arch", "Arch: the system", "sudo trust anchor --store " + file);
    add(
        "macos",
        "macOS: the system, Safari and Chrome",
        "security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db " + file);
    add("windows", "Windows: the system, Edge and Chrome", "certutil -user -addstore Root " + file);
  }

  private void browsers() {
    String add = "-A -t C,, -n %s -i %s".formatted(name, file);
    add(
        "chromium",
        "Chromium and Chrome on Linux (certutil of libnss3-tools, or of nss-tools)",
        "mkdir -p ~/.pki/nssdb && certutil -d sql:$HOME/.pki/nssdb " + add);
    add(
        "firefox",
        "Firefox on Linux, once it has been started and ended (or: Settings, Certificates,"
            + " Authorities, Import)",
        "for store in ~/.mozilla/firefox/*/cert9.db"
            + " ~/snap/firefox/common/.mozilla/firefox/*/cert9.db; do [ ! -e \"$store\" ] ||"
            + " certutil -d sql:\"${store%/cert9.db}\" "
            + add
            + "; done");
  }

  private void languages() {
    add(
        "java",
        "Java: the store of the JDK on the path (its password is changeit unless changed)",
        "keytool -importcert -noprompt -cacerts -storepass changeit -alias %s -file %s"
            .formatted(ALIAS, file));
    add("curl", "curl, for one call", "curl --cacert " + file + " https://localhost:8443");
    add(
        "python",
        "Python: ssl and httpx; requests",
        "export SSL_CERT_FILE=" + file,
        "export REQUESTS_CA_BUNDLE=" + file);
    add("node", "Node.js", "export NODE_EXTRA_CA_CERTS=" + file);
    add("go", "Go on Linux, besides the system's folder", "export SSL_CERT_FILE=" + file);
    add("ferrule", "this tool", "ferrule connect localhost:8443 --ca " + file);
  }

  private void add(String who, String title, String... commands) {
    steps.add(new Step(who, title, List.of(commands)));
  }
}
