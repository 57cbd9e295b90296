package dev.ferrule.cli.cert;

import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.keys.Certificates;
import dev.ferrule.ssl.keys.Contents;
import dev.ferrule.ssl.keys.PemBlock;
import dev.ferrule.ssl.keys.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A CA for the machines of one developer, kept in a folder of the user. Its key signs for whoever
 * reads it: the folder and the key are for their owner alone.
 */
public final class DevelopmentCa {
  private static final Duration LIFE = Duration.ofDays(3652); // 10 years
  private static final Duration SOON = Duration.ofDays(30);
  private static final int SIGNS_CERTIFICATES = 5; // the bit of the key usage

  private final CaFolder folder;
  private final Credentials credentials;
  private final boolean fresh;
  private final List<String> warnings;

  private DevelopmentCa(
      CaFolder folder, Credentials credentials, boolean fresh, List<String> warnings) {
    this.folder = folder;
    this.credentials = credentials;
    this.fresh = fresh;
    this.warnings = warnings;
  }

  /**
   * The folder of the user.
   *
   * @return null when the environment does not tell where that is
   */
  public static @Nullable Path folderOfUser() {
    return CaFolder.ofUser(System.getenv(), System.getProperty("os.name"));
  }

  /**
   * Opens the CA of a folder, and makes it where there is none.
   *
   * @param kind of the key, where it is made
   */
  public static DevelopmentCa open(Path where, KeyKind kind, Instant now) throws CertFailure {
    CaFolder folder = new CaFolder(where);
    boolean fresh = folder.fill(() -> make(kind, now));
    String name = "the development CA in " + SafeText.of(where);
    Credentials credentials;
    try {
      credentials = Credentials.load(folder.certificate(), folder.key());
    } catch (SslConfigException e) {
      throw new CertFailure(name + " cannot be used: " + e.getMessage(), e);
    }
    X509Certificate certificate = credentials.chain().getFirst();
    require(certificate, name, now);
    List<String> warnings = new ArrayList<>();
    if (now.plus(SOON).isAfter(certificate.getNotAfter().toInstant())) {
      warnings.add(name + " expires at " + certificate.getNotAfter().toInstant());
    }
    if (PrivateFiles.readers(folder.key()) != PrivateFiles.Readers.OWNER) {
      warnings.add(
          SafeText.of(folder.key())
              + " can be read by others, who can then make certificates that you trust: take their"
              + " permissions away (chmod 600)");
    }
    if (PrivateFiles.isWritableByOthers(where)) {
      warnings.add(
          "others can write to "
              + SafeText.of(where)
              + ", and put another CA there, whose certificates you would trust: take that away"
              + " (chmod go-w)");
    }
    return new DevelopmentCa(folder, credentials, fresh, List.copyOf(warnings));
  }

  private static void require(X509Certificate certificate, String name, Instant now)
      throws CertFailure {
    boolean[] usage = certificate.getKeyUsage();
    if (certificate.getBasicConstraints() < 0 || (usage != null && !usage[SIGNS_CERTIFICATES])) {
      throw new CertFailure(
          name
              + " cannot be used: the certificate of "
              + Certificates.subject(certificate)
              + " is not one of a CA; move the folder away, and another CA is made");
    }
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    if (!now.isBefore(until)) {
      throw new CertFailure(
          name
              + " expired at "
              + until
              + ": move the folder away, and another CA is made, which is to be trusted (--trust)");
    }
    if (now.isBefore(from)) {
      throw new CertFailure(name + " is not valid before " + from + ": look at the clock");
    }
  }

  private static byte[][] make(KeyKind kind, Instant now) throws CertFailure {
    try {
      KeyPair keys = kind.generate();
      byte[] random = new byte[4];
      new SecureRandom().nextBytes(random);
      // Two CAs of one name would be mixed up by stores of certificates.
      String name =
          "Ferrule development CA of %s (%s)".formatted(user(), HexFormat.of().formatHex(random));
      X509Certificate certificate =
          CertificateDraft.of("Ferrule development CA", name, keys.getPublic(), now, LIFE)
              .ofAuthority()
              .signedByItself(keys.getPrivate());
      return new byte[][] {PemText.of(keys.getPrivate()), PemText.of(certificate)};
    } catch (GeneralSecurityException e) {
      throw new CertFailure("this JDK cannot make a CA: " + e.getMessage(), e);
    }
  }

  private static String user() {
    String name = System.getProperty("user.name", "");
    return name.matches("[\\w.-]{1,20}") ? name : "this user";
  }

  /** PEM of the first certificate in a file; null when there is none. */
  static byte @Nullable [] certificateIn(Path file) throws CertFailure {
    try {
      for (PemBlock block : Contents.lenient(Source.read(file)).blocks()) {
        if (block.isCertificate() && block.fault() == null) {
          return PemText.of(Certificates.parse(block, file.toString(), 1));
        }
      }
      return null;
    } catch (SslConfigException | GeneralSecurityException e) {
      throw new CertFailure("the development CA cannot be used: " + e.getMessage(), e);
    }
  }

  /** What users trust. */
  public X509Certificate certificate() {
    return credentials.chain().getFirst();
  }

  /** Where that is, absolute. */
  public Path file() {
    return folder.certificate();
  }

  /** Whether a file is one of its own, by whatever path it is named. */
  boolean isKeptIn(Path file) {
    return Stream.of(folder.certificate(), folder.key()).anyMatch(own -> isSame(own, file));
  }

  private static boolean isSame(Path own, Path file) {
    try {
      return Files.isSameFile(own, file);
    } catch (IOException e) {
      return false; // there is no such file
    }
  }

  /** Whether it was made just now. */
  public boolean isFresh() {
    return fresh;
  }

  /** What its owner should look at, a sentence each. */
  public List<String> warnings() {
    return warnings;
  }

  /** Does something that no two calls of this user may do at once. */
  void exclusively(CaFolder.Action action) throws CertFailure {
    folder.exclusively(action);
  }

  /** Signs a draft, which is not valid for longer than the CA is. */
  X509Certificate sign(CertificateDraft draft) throws CertFailure {
    try {
      X509Certificate signed =
          draft
              .endingBefore(certificate().getNotAfter().toInstant())
              .signedBy(certificate(), credentials.key());
      signed.verify(certificate().getPublicKey()); // a damaged RSA key signs, but wrongly
      return signed;
    } catch (GeneralSecurityException | RuntimeException e) {
      // BouncyCastle tells of a key that cannot sign by an exception that is not declared.
      throw new CertFailure(
          "the development CA %s cannot be used: its key cannot sign; put a sound one there, or"
                  .formatted(SafeText.of(file()))
              + " move the folder away",
          e);
    }
  }
}
