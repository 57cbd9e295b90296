package dev.ferrule.tests;

import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.TrustedCertificate;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The certificates that all tests share, one authority for all; made once. Any thread. */
public final class Pki {
  /** A certificate and its key, in memory and in files. */
  public record Identity(Issued issued, Path chain, Path key) {
    public Credentials credentials() {
      return Pki.credentials(issued);
    }
  }

  public static final ThrowawayCa CA = ThrowawayCa.create();
  public static final List<X509Certificate> TRUST = List.of(CA.certificate());
  public static final List<TrustedCertificate> ANCHORS =
      List.of(TrustedCertificate.of(CA.certificate()));
  private static final Path FOLDER = folder();
  private static final Map<String, Identity> MADE = new ConcurrentHashMap<>();

  /** What a server on loopback shows. */
  public static final Credentials LOCAL = server().credentials();

  /** What a client shows. */
  public static final Credentials CLIENT = client(KeyType.EC_P256).credentials();

  private Pki() {}

  public static Credentials credentials(Issued issued) {
    return Credentials.of(issued.key(), issued.chain());
  }

  public static Path trustFile() {
    Path file = FOLDER.resolve("ca.pem");
    return Files.exists(file) ? file : written(file, CA.pem());
  }

  /** Shown by a server called localhost. */
  public static Identity server(KeyType type) {
    return MADE.computeIfAbsent(
        "server-" + type,
        name -> write(name, CA.request("localhost", "127.0.0.1", "::1").keyType(type).issue()));
  }

  public static Identity server() {
    return server(KeyType.EC_P256);
  }

  /** Shown by a client; its common name is {@code client.example}. */
  public static Identity client(KeyType type) {
    return MADE.computeIfAbsent(
        "client-" + type,
        name -> write(name, CA.request("client.example").keyType(type).forClient().issue()));
  }

  public static Path file(String name) {
    return FOLDER.resolve(name);
  }

  private static Identity write(String name, Issued issued) {
    return new Identity(
        issued,
        written(FOLDER.resolve(name + ".pem"), issued.chainPem()),
        written(FOLDER.resolve(name + ".key"), issued.keyPem()));
  }

  private static Path written(Path file, String text) {
    try {
      file.toFile().deleteOnExit();
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("ferrule-tests");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
