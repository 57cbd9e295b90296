package dev.ferrule.ssl.keys;

import dev.ferrule.ssl.SslConfigException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Loads certificate revocation lists (RFC 5280 5). */
public final class CrlFiles {
  /** The names that OpenSSL's {@code rehash} gives to the links of lists. */
  private static final Pattern HASHED = Pattern.compile("[0-9a-f]{8}\\.r\\d+");

  private CrlFiles() {}

  /**
   * A list that was read.
   *
   * @param list what it says; nothing of it is verified
   * @param where its file, and which one it is in there
   */
  public record Found(X509CRL list, String where) {}

  /**
   * What a file or folder has.
   *
   * @param found those that can be read, at least one
   * @param leftOut a sentence about each list or file that cannot be read; empty for a file
   */
  public record Loaded(List<Found> found, List<String> leftOut) {}

  /**
   * Reads the lists of a PEM or DER file, or of a folder's files named {@code *.pem} or {@code
   * *.crl} or by hash as OpenSSL does; certificates and other blocks are ignored. What cannot be
   * read is left out of a folder.
   *
   * @throws SslConfigException if there is none, or if anything in a file that is no folder is
   *     damaged
   */
  public static Loaded load(Path fileOrFolder) {
    List<Found> found = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    if (!Files.isDirectory(fileOrFolder)) {
      Contents contents = Contents.lenient(Source.read(fileOrFolder));
      collect(contents, found, leftOut);
      if (!leftOut.isEmpty()) {
        throw new SslConfigException(leftOut.getFirst());
      }
      if (found.isEmpty()) {
        throw contents.lacks(Contents.A_LIST);
      }
      return new Loaded(List.copyOf(found), List.of());
    }
    for (Path file : Certificates.files(fileOrFolder, CrlFiles::isCandidate)) {
      try {
        collect(Contents.lenient(Source.read(file)), found, leftOut);
      } catch (SslConfigException e) {
        leftOut.add(String.valueOf(e.getMessage()));
      }
    }
    if (found.isEmpty()) {
      throw new SslConfigException(
          "The folder %s holds no revocation list that can be used in a file named *.pem, *.crl or by hash%s; check the path."
              .formatted(fileOrFolder, leftOut.isEmpty() ? "" : " (" + leftOut.getFirst() + ")"));
    }
    return new Loaded(List.copyOf(found), List.copyOf(leftOut));
  }

  private static boolean isCandidate(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".pem") || lower.endsWith(".crl") || HASHED.matcher(name).matches();
  }

  private static void collect(Contents contents, List<Found> found, List<String> leftOut) {
    int number = 0;
    for (PemBlock block : contents.blocks()) {
      try {
        SslConfigException fault = block.fault();
        if (fault != null) {
          throw fault;
        }
        if (block.isRevocationList()) {
          String where = "%s (number %d in it)".formatted(contents.name(), ++number);
          found.add(new Found(parse(block.der(), where), where));
        }
      } catch (SslConfigException e) {
        leftOut.add(String.valueOf(e.getMessage()));
      }
    }
  }

  /**
   * Reads a list.
   *
   * @param where its file, and which one it is in there, for messages
   * @throws SslConfigException when it is damaged, or Java does not take it
   */
  public static X509CRL parse(byte[] der, String where) {
    try {
      Der.whole(der); // the JDK's parser goes on after what it takes for the end
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      return (X509CRL) factory.generateCRL(new ByteArrayInputStream(der));
    } catch (CRLException e) {
      throw new SslConfigException(
          "%s holds a revocation list that Java does not take: %s."
              .formatted(where, Certificates.parserMessage(e)),
          e);
    } catch (IOException | CertificateException | RuntimeException e) {
      // What the JDK's parser throws for damaged input is not always declared.
      throw new SslConfigException(
          "%s holds a damaged revocation list; copy the whole file again.".formatted(where), e);
    }
  }
}
