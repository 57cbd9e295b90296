package dev.ferrule.tests.interop;

import dev.ferrule.ssl.Credentials;
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

/** The certificates that these tests share, one authority for all; made once. Any thread. */
final class Pki {
  /** A certificate and its key, in memory and in files. */
  record Identity(Issued issued, Path chain, Path key) {
    Credentials credentials() {
      return Credentials.of(issued.key(), issued.chain());
    }
  }

  private static final ThrowawayCa CA = ThrowawayCa.create();
  private static final Path FOLDER = folder();
  private static final Map<String, Identity> MADE = new ConcurrentHashMap<>();

  private Pki() {}

  static List<X509Certificate> trust() {
    return List.of(CA.certificate());
  }

  static Path trustFile() {
    Path file = FOLDER.resolve("ca.pem");
    return Files.exists(file) ? file : written(file, CA.pem());
  }

  /** Shown by a server called localhost. */
  static Identity server(KeyType type) {
    return MADE.computeIfAbsent(
        "server-" + type,
        name -> write(name, CA.request("localhost", "127.0.0.1", "::1").keyType(type).issue()));
  }

  static Identity server() {
    return server(KeyType.EC_P256);
  }

  /** Shown by a client; its common name is {@code client.example}. */
  static Identity client(KeyType type) {
    return MADE.computeIfAbsent(
        "client-" + type,
        name -> write(name, CA.request("client.example").keyType(type).forClient().issue()));
  }

  static Path file(String name) {
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
      Path made = Files.createTempDirectory("ferrule-tests");
      made.toFile().deleteOnExit();
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
