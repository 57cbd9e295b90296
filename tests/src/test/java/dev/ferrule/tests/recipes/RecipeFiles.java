package dev.ferrule.tests.recipes;

import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Random;

/** The files that the recipes name. */
final class RecipeFiles {
  /** What every server shows: all hosts that the recipes name. */
  static final Pki.Identity SERVER = server();

  private RecipeFiles() {}

  private static Pki.Identity server() {
    Issued issued =
        Pki.CA.issue(
            "localhost",
            "127.0.0.1",
            "db.internal.example",
            "app.internal.example",
            "broker.example.com",
            "feed.example.com",
            "mail.example.com",
            "www.example.com");
    return new Pki.Identity(issued, Path.of("chain.pem"), Path.of("key.pem"));
  }

  static Path writeTo(Path folder) throws IOException {
    Files.writeString(folder.resolve("chain.pem"), SERVER.issued().chainPem());
    Files.writeString(folder.resolve("key.pem"), SERVER.issued().keyPem());
    Files.write(folder.resolve("chain.ocsp"), Pki.CA.ocsp(SERVER.issued().certificate()).der());
    for (String other : new String[] {"www", "all"}) {
      Files.writeString(folder.resolve(other + ".pem"), SERVER.issued().chainPem());
      Files.writeString(folder.resolve(other + ".key"), SERVER.issued().keyPem());
    }
    Files.writeString(folder.resolve("film.bin"), "a film\n".repeat(20_000));
    writeTicketKeys(folder.resolve("ticket.keys"));
    Files.writeString(folder.resolve("ca.pem"), Pki.CA.pem());
    Files.writeString(folder.resolve("clients-ca.pem"), Pki.CA.pem());
    Files.writeString(folder.resolve("ca.crl"), Pki.CA.crl().pem());
    try (OutputStream file = Files.newOutputStream(folder.resolve("client.p12"))) {
      Issued client = Pki.client(KeyType.EC_P256).issued();
      char[] password = "secret".toCharArray();
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, password);
      X509Certificate[] chain = client.chain().toArray(X509Certificate[]::new);
      store.setKeyEntry("client", client.key(), password, chain);
      store.store(file, password);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    return folder;
  }

  private static void writeTicketKeys(Path file) throws IOException {
    byte[] key = new byte[48];
    new Random(1).nextBytes(key);
    Files.write(file, key);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }
}
