package dev.ferrule.cli.cert;

import dev.ferrule.cli.cert.Entry.OfCertificate;
import dev.ferrule.cli.cert.Entry.OfKey;
import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslFinding.Severity;
import dev.ferrule.ssl.keys.Contents;
import dev.ferrule.ssl.keys.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A file, and what is in it. One thread. */
final class ShownFile {
  /** Things in one file that are told of: more than any store of CAs has. */
  static final int MOST_ENTRIES = 1_000;

  private static final int LONGEST_SENTENCE = 1_000;

  private final String name;
  private String form = "unknown";
  private @Nullable String error;
  private final List<Entry> entries = new ArrayList<>();

  /** Certificates that were put together: those of a PEM file, or of one key of a store. */
  private final List<List<OfCertificate>> chains = new ArrayList<>();

  private ShownFile(String name) {
    this.name = Item.safe(name);
  }

  static ShownFile read(Path path, ShowSettings settings) {
    ShownFile file = of(path.toString(), () -> Source.read(path), settings);
    if (file.entries.stream().anyMatch(OfKey.class::isInstance)) {
      file.openToOthers(path);
    }
    return file;
  }

  static ShownFile of(String name, Supplier<Source> source, ShowSettings settings) {
    ShownFile file = new ShownFile(name);
    try {
      Contents contents = Contents.lenient(source.get());
      String store = contents.storeType();
      if (store != null) {
        file.form = store.toLowerCase(Locale.ROOT);
        new StoreReader(file, contents, settings).read();
      } else {
        file.form = contents.blocks().getFirst().der() == contents.bytes() ? "der" : "pem";
        new BlockReader(file, contents, settings).read();
      }
    } catch (SslConfigException e) {
      file.error = safe(e);
    } catch (RuntimeException | StackOverflowError e) {
      // What parsers throw for damaged input is not always declared.
      file.error = file.name + " is damaged; copy the whole file again.";
    }
    file.withoutWholeEntries();
    return file;
  }

  /** Of a file that holds nothing whole, one line is told. */
  private void withoutWholeEntries() {
    boolean damaged =
        !entries.isEmpty() && entries.stream().allMatch(entry -> entry instanceof Entry.Damaged);
    if (damaged && error == null) {
      error = ((Entry.Damaged) entries.getFirst()).sentence();
    }
    if (error != null) {
      entries.clear();
      chains.clear();
    }
  }

  private static String safe(SslConfigException e) {
    return SafeText.of(String.valueOf(e.getMessage()), LONGEST_SENTENCE);
  }

  private void openToOthers(Path path) {
    PrivateFiles.Readers readers = PrivateFiles.readers(path);
    if (readers == PrivateFiles.Readers.OWNER) {
      return;
    }
    boolean all = readers == PrivateFiles.Readers.ALL;
    for (Entry entry : entries) {
      if (entry instanceof OfKey key) {
        key.item()
            .finding(
                all ? Severity.ERROR : Severity.WARNING,
                "KEY_READABLE",
                all
                    ? "everybody on this machine may read the file of this key"
                    : "a group of users may read the file of this key",
                "chmod 600 " + ShellText.quoted(path));
        return;
      }
    }
  }

  void add(Entry entry) {
    entries.add(entry);
  }

  void addDamaged(SslConfigException e) {
    String sentence = safe(e);
    Item item = new Item("damaged", "damaged block");
    item.finding(Severity.ERROR, "DAMAGED", sentence, "");
    add(new Entry.Damaged(item, sentence));
  }

  void addChain(List<OfCertificate> chain) {
    chains.add(chain);
  }

  boolean isFull() {
    return entries.size() >= MOST_ENTRIES;
  }

  String name() {
    return name;
  }

  String form() {
    return form;
  }

  /** Why nothing of it can be told; null when something can. */
  @Nullable String error() {
    return error;
  }

  List<Entry> entries() {
    return entries;
  }

  List<List<OfCertificate>> chains() {
    return chains;
  }
}
