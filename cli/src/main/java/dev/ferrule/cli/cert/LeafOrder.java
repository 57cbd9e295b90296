package dev.ferrule.cli.cert;

import dev.ferrule.cli.cert.PrivateFiles.Secrecy;
import dev.ferrule.cli.cert.Publication.Existing;
import dev.ferrule.host.SafeText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What certificate is wanted, and where its files go. Each method changes it and returns it. */
public final class LeafOrder {
  /** What Apple's systems accept of a CA that a user added. */
  public static final int MOST_DAYS = 825;

  private static final int LONGEST_FILE_NAME = 120;

  private final List<SubjectName> names;
  private Path folder = Path.of("");
  private final String fileName;
  private @Nullable String chosenName;
  private boolean client;
  private KeyKind kind = KeyKind.EC_P256;
  private int days = MOST_DAYS;
  private char @Nullable [] storePassword;
  private Existing existing = Existing.KEPT;

  /** For some names, at least one. */
  public LeafOrder(List<SubjectName> names) {
    this.names = names.stream().distinct().toList();
    this.fileName = fileName(this.names);
  }

  /** As mkcert has it: the first name, and how many more there are. */
  private static String fileName(List<SubjectName> names) {
    String first =
        names.getFirst().text().replace("*", "_wildcard").replaceAll("[^A-Za-z0-9._@+-]", "_");
    String safe = first.replaceFirst("^[.-]", "_");
    String bounded =
        safe.length() > LONGEST_FILE_NAME ? safe.substring(0, LONGEST_FILE_NAME) : safe;
    return names.size() == 1 ? bounded : bounded + "+" + (names.size() - 1);
  }

  /** Where the files go. */
  public LeafOrder folder(Path where) {
    folder = where;
    return this;
  }

  /** What the files are called, less {@code .pem}. */
  public LeafOrder fileName(String name) {
    chosenName = name;
    return this;
  }

  /** For a client. */
  public LeafOrder ofClient() {
    client = true;
    return this;
  }

  /** The kind of its key; EC P-256 unless said. */
  public LeafOrder kind(KeyKind wanted) {
    kind = wanted;
    return this;
  }

  /** How long it is valid, at most {@link #MOST_DAYS}. */
  public LeafOrder days(int number) {
    days = number;
    return this;
  }

  /** With a PKCS#12 store as well. */
  public LeafOrder store(char[] password) {
    storePassword = password.clone();
    return this;
  }

  /** Files that are there already are replaced. */
  public LeafOrder replacing() {
    existing = Existing.REPLACED;
    return this;
  }

  /**
   * What was made.
   *
   * @param names each once, in their order
   * @param certificate the leaf
   * @param kind of its key
   * @param chainFile PEM of the certificate, without that of the CA, which peers have
   * @param keyFile PEM of the key
   * @param storeFile PKCS#12 of the key, the certificate and that of the CA; null where none is
   *     wanted
   */
  public record Made(
      List<SubjectName> names,
      X509Certificate certificate,
      KeyKind kind,
      Path chainFile,
      Path keyFile,
      @Nullable Path storeFile) {}

  private Path file(String end) {
    String whole = chosenName == null ? fileName + (client ? "-client" : "") : chosenName;
    return folder.resolve(whole + end);
  }

  private List<Path> files() {
    List<Path> all = new ArrayList<>(List.of(file(".pem"), file("-key.pem")));
    if (storePassword != null) {
      all.add(file(".p12"));
    }
    return all;
  }

  /** Fails where the files could not be written, before a CA is made for nothing. */
  public void prepare() throws CertFailure {
    try {
      Files.createDirectories(folder.toAbsolutePath());
    } catch (IOException e) {
      throw new CertFailure(
          "the folder %s cannot be made: %s".formatted(SafeText.of(folder), CertFailure.reason(e)),
          e);
    }
    Publication.requireFree(files(), existing);
  }

  /** Makes the key and the certificate, and writes all files or none. */
  public Made fulfil(DevelopmentCa ca, Instant now) throws CertFailure {
    prepare();
    requireOther(ca);
    try {
      KeyPair keys = kind.generate();
      CertificateDraft draft =
          CertificateDraft.of(
                  "Ferrule development certificate",
                  names.getFirst().text(),
                  keys.getPublic(),
                  now,
                  Duration.ofDays(days))
              .names(names);
      X509Certificate certificate = ca.sign(client ? draft.ofClient() : draft);
      byte[] key = PemText.of(keys.getPrivate());
      Publication publication =
          new Publication(existing)
              .add(file(".pem"), PemText.of(certificate), Secrecy.SHARED)
              .add(file("-key.pem"), key, Secrecy.PRIVATE);
      char[] password = storePassword;
      if (password != null) {
        byte[] store = store(keys, List.of(certificate, ca.certificate()), password);
        publication.add(file(".p12"), store, Secrecy.PRIVATE);
      }
      ca.exclusively(publication::publish); // else two calls might each replace one file
      PrivateFiles.wipe(key);
      return new Made(
          names,
          certificate,
          kind,
          file(".pem"),
          file("-key.pem"),
          password == null ? null : file(".p12"));
    } catch (GeneralSecurityException e) {
      throw new CertFailure("this JDK cannot make the certificate: " + e.getMessage(), e);
    }
  }

  /** A CA that were replaced by a leaf could not be had back. */
  private void requireOther(DevelopmentCa ca) throws CertFailure {
    for (Path file : files()) {
      if (ca.isKeptIn(file)) {
        throw new CertFailure(
            "%s is of the development CA, and nothing was made: choose another name or folder"
                .formatted(SafeText.of(file)));
      }
    }
  }

  private byte[] store(KeyPair keys, List<X509Certificate> chain, char[] password)
      throws GeneralSecurityException, CertFailure {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          names.getFirst().text(), keys.getPrivate(), password, chain.toArray(Certificate[]::new));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      store.store(bytes, password);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new CertFailure("the PKCS#12 store cannot be made: " + e.getMessage(), e);
    }
  }
}
