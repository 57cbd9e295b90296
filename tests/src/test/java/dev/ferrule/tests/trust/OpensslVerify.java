package dev.ferrule.tests.trust;

import dev.ferrule.ssl.TrustedCertificate;
import dev.ferrule.ssl.keys.DerWriter;
import dev.ferrule.ssl.trust.Purpose;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** What {@code openssl verify} says of a path: a process each. */
public final class OpensslVerify {
  public static final Path PROGRAM =
      Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
          .map(folder -> Path.of(folder, "openssl"))
          .filter(file -> file.toFile().canExecute())
          .findFirst()
          .orElse(null);

  private final Path folder;

  OpensslVerify(Path folder) {
    this.folder = folder;
  }

  /** "OK", or why not. */
  String verdict(GeneratedPath path) {
    try {
      return ask(path);
    } catch (IOException | InterruptedException | CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  private String ask(GeneratedPath path)
      throws IOException, InterruptedException, CertificateEncodingException {
    Path leaf = folder.resolve("leaf-" + path.number() + ".pem");
    Path others = folder.resolve("others-" + path.number() + ".pem");
    Path anchors = folder.resolve("anchors-" + path.number() + ".pem");
    Files.writeString(leaf, pem("CERTIFICATE", path.presented().getFirst().getEncoded()));
    Files.writeString(others, text(path.presented().subList(1, path.presented().size())));
    StringBuilder trusted = new StringBuilder();
    for (TrustedCertificate anchor : path.anchors()) {
      trusted.append(pem(anchor));
    }
    Files.writeString(anchors, trusted);
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(PROGRAM.toString(), "verify", "-partial_chain", "-auth_level", "2", "-attime"));
    command.add(Long.toString(Draft.NOW.getEpochSecond()));
    command.add("-purpose");
    command.add(path.purpose() == Purpose.CLIENT ? "sslclient" : "sslserver");
    command.addAll(List.of("-trusted", anchors.toString()));
    if (path.presented().size() > 1) {
      command.addAll(List.of("-untrusted", others.toString()));
    }
    command.add(leaf.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? "OK" : said.strip().replace('\n', ' ');
  }

  private static String text(List<X509Certificate> certificates)
      throws CertificateEncodingException {
    StringBuilder all = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      all.append(pem("CERTIFICATE", certificate.getEncoded()));
    }
    return all.toString();
  }

  /** With the settings of the anchor in OpenSSL's own form (X509_CERT_AUX), if it has any. */
  public static String pem(TrustedCertificate anchor)
      throws IOException, CertificateEncodingException {
    byte[] certificate = anchor.certificate().getEncoded();
    if (anchor.trusted().isEmpty() && anchor.rejected().isEmpty()) {
      return pem("CERTIFICATE", certificate);
    }
    ByteArrayOutputStream settings = new ByteArrayOutputStream();
    if (!anchor.trusted().isEmpty()) {
      settings.write(usages(anchor.trusted()));
    }
    if (!anchor.rejected().isEmpty()) {
      byte[] rejected = usages(anchor.rejected());
      rejected[0] = (byte) 0xA0;
      settings.write(rejected);
    }
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.write(certificate);
    both.write(DerWriter.sequence(settings.toByteArray()));
    return pem("TRUSTED CERTIFICATE", both.toByteArray());
  }

  private static byte[] usages(Set<String> ids) {
    return DerWriter.sequence(ids.stream().map(DerWriter::oid).toArray(byte[][]::new));
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }
}
