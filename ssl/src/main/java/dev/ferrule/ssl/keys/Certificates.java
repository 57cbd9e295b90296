package dev.ferrule.ssl.keys;

import dev.ferrule.ssl.SslConfigException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Loads certificates (RFC 5280): chains to show, and anchors to trust. */
public final class Certificates {
  /** How OpenSSL's {@code rehash} names the links in a folder of anchors. */
  private static final Pattern HASHED = Pattern.compile("[0-9a-f]{8}\\.\\d+");

  private Certificates() {}

  /**
   * Loads trust anchors: those of one PEM or DER file, or of a folder's files named {@code *.pem},
   * {@code *.crt} or {@code *.cer} or by hash as OpenSSL does; its other files, and keys and the
   * like among those, are passed over. A certificate found twice is returned once.
   *
   * @throws SslConfigException if there is none, or any is damaged
   */
  public static List<X509Certificate> load(Path fileOrFolder) {
    if (!Files.isDirectory(fileOrFolder)) {
      return List.copyOf(new LinkedHashSet<>(chain(Contents.of(Source.read(fileOrFolder)))));
    }
    Set<X509Certificate> found = new LinkedHashSet<>();
    for (Path file : candidates(fileOrFolder)) {
      found.addAll(all(Contents.of(Source.read(file))));
    }
    if (found.isEmpty()) {
      throw new SslConfigException(
          ("The folder %s holds no certificate in a file named *.pem, *.crt, *.cer or by hash;"
                  + " check the path.")
              .formatted(fileOrFolder));
    }
    return List.copyOf(found);
  }

  private static List<Path> candidates(Path folder) {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        // isRegularFile also passes over links to nowhere, which hashed folders collect.
        if (isCandidate(name) && Files.isRegularFile(entry)) {
          files.add(entry);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new SslConfigException(
          "The folder %s cannot be listed; check its permissions.".formatted(folder), e);
    }
    Collections.sort(files);
    return files;
  }

  private static boolean isCandidate(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".pem")
        || lower.endsWith(".crt")
        || lower.endsWith(".cer")
        || HASHED.matcher(name).matches();
  }

  /** The certificates of {@code contents} in their order; at least one. */
  static List<X509Certificate> chain(Contents contents) {
    List<X509Certificate> chain = all(contents);
    if (chain.isEmpty()) {
      throw contents.lacks("a certificate");
    }
    return chain;
  }

  private static List<X509Certificate> all(Contents contents) {
    List<X509Certificate> certificates = new ArrayList<>();
    for (PemBlock block : contents.blocks()) {
      if (block.isCertificate()) {
        certificates.add(parse(block, contents.name(), certificates.size() + 1));
      }
    }
    return certificates;
  }

  private static X509Certificate parse(PemBlock block, String name, int number) {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der()));
    } catch (CertificateException | RuntimeException e) {
      // Unchecked too: what the JDK's parser throws for damaged input is not always declared.
      throw new SslConfigException(
          "%s holds a damaged certificate (number %d in it); copy the whole file again."
              .formatted(name, number),
          e);
    }
  }

  /** The subject as text, or what stands for it if it is empty. */
  public static String subject(X509Certificate certificate) {
    String name = certificate.getSubjectX500Principal().getName();
    return name.isEmpty() ? "serial number " + certificate.getSerialNumber() : name;
  }
}
