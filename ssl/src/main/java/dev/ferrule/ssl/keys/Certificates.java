package dev.ferrule.ssl.keys;

import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.TrustedCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Loads certificates (RFC 5280): the chain of this side, and trust anchors. */
public final class Certificates {
  /** The names that OpenSSL's {@code rehash} gives to the links in a folder of anchors. */
  private static final Pattern HASHED = Pattern.compile("[0-9a-f]{8}\\.\\d+");

  private static final Pattern CLASS_NAMES = Pattern.compile("(?:[a-z]+\\.)+\\w*Exception: ");

  private Certificates() {}

  /**
   * Trust anchors, and what could not be loaded.
   *
   * @param trusted those that can be used, each once, with the settings of OpenSSL's form
   * @param leftOut a sentence about each certificate or file that cannot be used
   */
  public record Anchors(List<TrustedCertificate> trusted, List<String> leftOut) {
    /** The certificates alone. */
    public List<X509Certificate> certificates() {
      return trusted.stream().map(TrustedCertificate::certificate).toList();
    }
  }

  /** The certificates of {@link #anchors}. */
  public static List<X509Certificate> load(Path fileOrFolder) {
    return anchors(fileOrFolder).certificates();
  }

  /**
   * Loads trust anchors: those of one PEM, DER or key store file, or of a folder's files named
   * {@code *.pem}, {@code *.crt} or {@code *.cer} or by hash as OpenSSL does; other files, and keys
   * and other blocks in these, are ignored. A certificate that cannot be used is left out and named
   * in {@code leftOut}. A certificate found twice is returned once.
   *
   * @throws SslConfigException if there is none that can be used
   */
  public static Anchors anchors(Path fileOrFolder) {
    Map<X509Certificate, TrustedCertificate> found = new LinkedHashMap<>();
    List<String> leftOut = new ArrayList<>();
    if (!Files.isDirectory(fileOrFolder)) {
      Contents contents = Contents.lenient(Source.read(fileOrFolder));
      collect(contents, found, leftOut);
      if (found.isEmpty()) {
        throw leftOut.isEmpty()
            ? contents.lacks("a certificate")
            : new SslConfigException(leftOut.get(0));
      }
      return new Anchors(List.copyOf(found.values()), List.copyOf(leftOut));
    }
    for (Path file : files(fileOrFolder, Certificates::isCandidate)) {
      try {
        collect(Contents.lenient(Source.read(file)), found, leftOut);
      } catch (SslConfigException e) {
        leftOut.add(String.valueOf(e.getMessage()));
      }
    }
    if (found.isEmpty()) {
      throw new SslConfigException(
          ("The folder %s holds no certificate that can be used in a file named *.pem, *.crt, *.cer"
                  + " or by hash%s; check the path.")
              .formatted(fileOrFolder, leftOut.isEmpty() ? "" : " (" + leftOut.get(0) + ")"));
    }
    return new Anchors(List.copyOf(found.values()), List.copyOf(leftOut));
  }

  private static void collect(
      Contents contents, Map<X509Certificate, TrustedCertificate> found, List<String> leftOut) {
    if (contents.storeType() != null) {
      for (X509Certificate certificate : KeyStoreFile.certificates(contents)) {
        found.putIfAbsent(certificate, TrustedCertificate.of(certificate));
      }
      return;
    }
    int number = 0;
    for (PemBlock block : contents.blocks()) {
      try {
        SslConfigException fault = block.fault();
        if (fault != null && !block.isRevocationList()) {
          throw fault;
        }
        if (block.isCertificate()) {
          X509Certificate certificate = parse(block, contents.name(), ++number);
          found.putIfAbsent(certificate, trusted(certificate, block, contents.name()));
        }
      } catch (SslConfigException e) {
        leftOut.add(String.valueOf(e.getMessage()));
      }
    }
  }

  private static TrustedCertificate trusted(
      X509Certificate certificate, PemBlock block, String name) {
    try {
      return block.label().equals("TRUSTED CERTIFICATE")
          ? TrustSettings.of(certificate, block.der())
          : TrustedCertificate.of(certificate);
    } catch (IOException e) {
      throw new SslConfigException(
          "%s has a TRUSTED CERTIFICATE block whose settings are damaged; copy the whole file again."
              .formatted(name),
          e);
    }
  }

  /** The files of a folder that have such names, sorted. */
  static List<Path> files(Path folder, Predicate<String> names) {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        // isRegularFile is false for dangling links, which are common in hashed folders.
        if (names.test(name) && Files.isRegularFile(entry)) {
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

  /**
   * Reads a certificate.
   *
   * @param name of the file, for messages
   * @param number which one it is in the file
   * @throws SslConfigException when it is damaged, or Java does not take it
   */
  public static X509Certificate parse(PemBlock block, String name, int number) {
    try {
      return parse(block.der());
    } catch (CertificateException e) {
      throw new SslConfigException(
          isSound(block.der())
              ? "%s holds a certificate that Java does not take (number %d in it): %s."
                  .formatted(name, number, parserMessage(e))
              : "%s holds a damaged certificate (number %d in it); copy the whole file again."
                  .formatted(name, number),
          e);
    }
  }

  static X509Certificate parse(byte[] der) throws CertificateException {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
    } catch (RuntimeException e) {
      // What the JDK's parser throws for damaged input is not always declared.
      throw new CertificateException(e);
    }
  }

  /** Whether it has the outer structure of a certificate (RFC 5280 4.1). */
  private static boolean isSound(byte[] der) {
    try {
      return DerLabel.of(Der.whole(der)).equals("CERTIFICATE");
    } catch (IOException e) {
      return false;
    }
  }

  /** What the JDK's parser says, without the names of its classes. */
  static String parserMessage(GeneralSecurityException e) {
    String text = String.valueOf(e.getMessage()).strip();
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null && cause.getCause() == null) {
        text = cause.getMessage().strip();
      }
    }
    text = CLASS_NAMES.matcher(text).replaceAll("").replaceAll("\\s+", " ");
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  /** The subject as text, or the serial number if it is empty. */
  public static String subject(X509Certificate certificate) {
    String name = SafeText.of(certificate.getSubjectX500Principal().getName());
    return name.isEmpty() ? "serial number " + certificate.getSerialNumber() : name;
  }
}
