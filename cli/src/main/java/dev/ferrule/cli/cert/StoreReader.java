package dev.ferrule.cli.cert;

import dev.ferrule.cli.cert.BlockReader.Encryption;
import dev.ferrule.cli.cert.Entry.OfCertificate;
import dev.ferrule.cli.cert.Entry.OfKey;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.keys.Contents;
import dev.ferrule.ssl.keys.KeyStoreFile;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a key store: PKCS#12, or one of the JDK's own formats. */
final class StoreReader {
  private static final String USUAL = "changeit";

  private final ShownFile file;
  private final Contents contents;
  private final ShowSettings settings;
  private Encryption encryption = Encryption.OPENED;

  StoreReader(ShownFile file, Contents contents, ShowSettings settings) {
    this.file = file;
    this.contents = contents;
    this.settings = settings;
  }

  void read() {
    KeyStoreFile.Entries entries = open(settings.password());
    entries.keys().forEach(this::key);
    entries.trusted().forEach(this::trusted);
    if (file.entries().isEmpty()) {
      throw new SslConfigException(
          "%s is a store that holds nothing which Java sees; export it with its key, or as PEM."
              .formatted(contents.name()));
    }
  }

  /** Without a password, that which everybody takes is tried too. */
  private KeyStoreFile.Entries open(char @Nullable [] password) {
    if (password != null) {
      return KeyStoreFile.all(contents, password);
    }
    try {
      KeyStoreFile.Entries entries = KeyStoreFile.all(contents, null);
      encryption = Encryption.STORE_WITHOUT;
      return entries;
    } catch (SslConfigException e) {
      try {
        KeyStoreFile.Entries entries = KeyStoreFile.all(contents, USUAL.toCharArray());
        encryption = Encryption.STORE_USUAL;
        return entries;
      } catch (SslConfigException other) {
        throw e; // which says that a password is needed, or that it is damaged
      }
    }
  }

  private void key(String alias, KeyStoreFile entry) {
    OfKey key = BlockReader.key(entry.key(), encryption);
    key.item().fact("alias", "alias", alias);
    add(key);
    List<OfCertificate> chain = new ArrayList<>();
    for (X509Certificate certificate : entry.chain()) {
      OfCertificate each = BlockReader.certificate(certificate, settings);
      chain.add(each);
      add(each);
    }
    if (!chain.isEmpty()) {
      file.addChain(chain);
    }
  }

  private void trusted(String alias, X509Certificate certificate) {
    OfCertificate entry = BlockReader.certificate(certificate, settings);
    entry.item().fact("alias", "alias", alias);
    add(entry);
  }

  private void add(Entry entry) {
    if (!file.isFull()) {
      file.add(entry);
    }
  }
}
