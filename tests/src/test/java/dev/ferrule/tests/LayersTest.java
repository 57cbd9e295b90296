package dev.ferrule.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A class refers only downwards. It reads the compiled classes of every module that is built, so
 * constants that javac copied in are not seen.
 */
@Tag("once")
class LayersTest {
  private record Place(String name, int layer) {}

  private static final Place EVENT = new Place("event", 1);
  private static final Place CORE = new Place("core", 6);
  private static final Place SSL_VALUES = new Place("ssl values", 7);
  private static final Place SSL_SETTINGS = new Place("ssl settings", 10);
  private static final Place SSL = new Place("ssl", 14);

  /** Packages that may refer to each other share a place; places of one layer are strangers. */
  private static final Map<String, Place> PLACES =
      Map.ofEntries(
          Map.entry("dev.ferrule.event", EVENT),
          Map.entry("dev.ferrule.access", EVENT),
          Map.entry("dev.ferrule.host", new Place("host", 1)),
          Map.entry("dev.ferrule.proxy", new Place("proxy", 1)),
          Map.entry("dev.ferrule.spi", new Place("spi", 2)),
          Map.entry("dev.ferrule.jfr", new Place("jfr", 2)),
          Map.entry("dev.ferrule.loop", new Place("loop", 3)),
          Map.entry("dev.ferrule.capture", new Place("capture", 3)),
          Map.entry("dev.ferrule.connection", new Place("connection", 4)),
          Map.entry("dev.ferrule.server", new Place("server", 5)),
          Map.entry("dev.ferrule.ssl.keys", new Place("keys", 8)),
          Map.entry("dev.ferrule.ssl.ciphers", new Place("ciphers", 8)),
          Map.entry("dev.ferrule.ssl.tickets", new Place("tickets", 8)),
          Map.entry("dev.ferrule.ssl.trust", new Place("trust", 9)),
          Map.entry("dev.ferrule.ssl.hello", new Place("hello", 9)),
          Map.entry("dev.ferrule.ssl.spi", new Place("ssl.spi", 11)),
          Map.entry("dev.ferrule.ssl.records", new Place("records", 12)),
          Map.entry("dev.ferrule.ssl.library", new Place("library", 13)),
          Map.entry("dev.ferrule.ssl.server", new Place("ssl.server", 13)),
          Map.entry("dev.ferrule.ssl.reload", new Place("reload", 13)),
          Map.entry("dev.ferrule.ssl", SSL),
          Map.entry("dev.ferrule.nio", new Place("nio", 15)),
          Map.entry("dev.ferrule.epoll", new Place("epoll", 15)),
          Map.entry("dev.ferrule.ssl.jdk", new Place("jdk", 15)),
          Map.entry("dev.ferrule.boringssl", new Place("boringssl", 15)),
          Map.entry("dev.ferrule.openssl", new Place("openssl", 15)),
          Map.entry("dev.ferrule.fleet", new Place("fleet", 15)),
          Map.entry("dev.ferrule.testkit", new Place("testkit", 16)),
          Map.entry("dev.ferrule.cli", new Place("cli", 17)),
          Map.entry("dev.ferrule.bench", new Place("bench", 17)),
          Map.entry("dev.ferrule.examples", new Place("examples", 17)));

  /**
   * Classes of {@code dev.ferrule.ssl} that the inner packages or the spi need: their own places.
   */
  private static final Map<String, Place> CLASSES =
      Map.ofEntries(
          Map.entry("dev.ferrule.ssl.SslConfigException", SSL_VALUES),
          Map.entry("dev.ferrule.ssl.SslError", SSL_VALUES),
          Map.entry("dev.ferrule.ssl.SslTruncated", SSL_VALUES),
          Map.entry("dev.ferrule.ssl.SslFailure", SSL_VALUES),
          Map.entry("dev.ferrule.ssl.SslHandshakeFacts", SSL_VALUES),
          Map.entry("dev.ferrule.ssl.Protocol", SSL_VALUES),
          Map.entry("dev.ferrule.ssl.SslHello", SSL_VALUES),
          Map.entry("dev.ferrule.ssl.SslIdentity", SSL_VALUES),
          Map.entry("dev.ferrule.ssl.ClientRule", SSL_VALUES),
          Map.entry("dev.ferrule.ssl.SslVerifier", SSL_VALUES),
          Map.entry("dev.ferrule.ssl.SslSigner", SSL_VALUES),
          Map.entry("dev.ferrule.ssl.CipherSuite", SSL_VALUES),
          Map.entry("dev.ferrule.ssl.SslOption", SSL_VALUES),
          Map.entry("dev.ferrule.ssl.TrustedCertificate", SSL_VALUES),
          Map.entry("dev.ferrule.ssl.Credentials", SSL_SETTINGS),
          Map.entry("dev.ferrule.ssl.CipherString", SSL_SETTINGS),
          Map.entry("dev.ferrule.ssl.Verify", SSL_SETTINGS),
          Map.entry("dev.ferrule.ssl.ClientAuth", SSL_SETTINGS),
          Map.entry("dev.ferrule.ssl.RecordLayer", SSL_SETTINGS),
          Map.entry("dev.ferrule.ssl.KernelTls", SSL_SETTINGS),
          Map.entry("dev.ferrule.ssl.SslKeyLog", SSL_SETTINGS),
          Map.entry("dev.ferrule.ssl.ExternalPsk", SSL_SETTINGS),
          Map.entry("dev.ferrule.ssl.ExternalPskLookup", SSL_SETTINGS),
          Map.entry("dev.ferrule.ssl.SslSettings", SSL_SETTINGS),
          Map.entry("dev.ferrule.ssl.SslTicketKeys", SSL_SETTINGS),
          Map.entry("dev.ferrule.ssl.SslSession", SSL_SETTINGS),
          Map.entry("dev.ferrule.ssl.SslSessions", SSL_SETTINGS));

  /** What the embedded default may use beside itself; the modules that come later may use more. */
  private static final List<String> FREE =
      List.of(
          "java.",
          "jdk.jfr.",
          "javax.net.ssl.",
          "javax.crypto.",
          "javax.security.",
          "org.jspecify.");

  private static final Set<String> EMBEDDED =
      Set.of(
          "event",
          "host",
          "spi",
          "jfr",
          "proxy",
          "loop",
          "capture",
          "connection",
          "server",
          "core",
          "ssl values",
          "keys",
          "ciphers",
          "tickets",
          "trust",
          "hello",
          "ssl settings",
          "ssl.spi",
          "records",
          "library",
          "ssl.server",
          "reload",
          "ssl",
          "nio",
          "jdk");

  private static final Pattern TYPE = Pattern.compile("L((?:[\\w$]+/)+[\\w$]+)(?=[;<])");

  @Test
  void everyClassRefersOnlyDownwards() throws IOException {
    Set<String> wrong = new TreeSet<>();
    int seen = 0;
    for (Path file : classes()) {
      ClassModel model = ClassFile.of().parse(file);
      String from = model.thisClass().asInternalName().replace('/', '.');
      for (String to : references(model)) {
        if (!allowed(from, to)) {
          wrong.add(from + " refers to " + to);
        }
      }
      seen++;
    }
    assertThat(wrong).isEmpty();
    assertThat(seen).as("classes read").isGreaterThan(5);
  }

  /** It works with any, and its users choose theirs. */
  @Test
  void whatTheTestkitExportsNeedsNoTestFramework() throws IOException {
    Set<String> used = new TreeSet<>();
    int seen = 0;
    for (Path file : classes()) {
      if (file.getParent().endsWith("dev/ferrule/testkit")) {
        used.addAll(references(ClassFile.of().parse(file)));
        seen++;
      }
    }
    assertThat(used)
        .noneMatch(type -> type.startsWith("org.junit.") || type.startsWith("org.assertj."))
        .noneMatch(type -> type.startsWith("dev.ferrule.testkit.contract."));
    assertThat(seen).as("classes read").isGreaterThan(10);
  }

  @ParameterizedTest
  @CsvSource({
    "dev.ferrule.event.TcpEof, dev.ferrule.EventLoop",
    "dev.ferrule.loop.Loop, dev.ferrule.connection.Connection",
    "dev.ferrule.connection.Connection, dev.ferrule.TcpSocket",
    "dev.ferrule.connection.Connection, dev.ferrule.server.Acceptor",
    "dev.ferrule.spi.Wire, dev.ferrule.TcpSocket",
    "dev.ferrule.TcpSocket, dev.ferrule.ssl.SslSocket",
    "dev.ferrule.EventLoop, dev.ferrule.nio.NioPoller",
    "dev.ferrule.ssl.SslSocket, dev.ferrule.ssl.jdk.JdkWire",
    "dev.ferrule.nio.NioPoller, dev.ferrule.ssl.jdk.JdkWire",
    "dev.ferrule.epoll.EpollPoller, dev.ferrule.nio.NioPoller",
    "dev.ferrule.boringssl.BoringWire, dev.ferrule.ssl.jdk.JdkWire",
    "dev.ferrule.ssl.keys.Pem, dev.ferrule.ssl.Credentials",
    "dev.ferrule.ssl.keys.Pem, dev.ferrule.ssl.trust.Trust",
    "dev.ferrule.ssl.ciphers.CipherTable, dev.ferrule.ssl.hello.HelloReader",
    "dev.ferrule.ssl.trust.Trust, dev.ferrule.ssl.spi.SslProvider",
    "dev.ferrule.ssl.trust.PathSearch, dev.ferrule.ssl.hello.HelloReader",
    "dev.ferrule.ssl.spi.SslProvider, dev.ferrule.ssl.SslContext",
    "dev.ferrule.ssl.server.HelloWire, dev.ferrule.ssl.SslSocket",
    "dev.ferrule.testkit.Links, dev.ferrule.cli.Main",
    "dev.ferrule.TcpSocket, sun.misc.Unsafe",
    "dev.ferrule.ssl.jdk.JdkWire, org.bouncycastle.asn1.ASN1Object",
    "dev.ferrule.EventLoop, dev.ferrule.newcomer.Thing",
    "dev.ferrule.newcomer.Thing, java.lang.Object",
  })
  void referencesUpwardsSidewaysAndOutsideAreSeen(String from, String to) {
    assertThat(allowed(from, to)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "dev.ferrule.TcpSocket, dev.ferrule.event.TcpEof",
    "dev.ferrule.ssl.spi.SslProvider, dev.ferrule.ssl.SslSettings",
    "dev.ferrule.ssl.keys.Pem, dev.ferrule.ssl.SslConfigException",
    "dev.ferrule.ssl.hello.Codes, dev.ferrule.ssl.ciphers.CipherTable",
    "dev.ferrule.ssl.records.RecordInput, dev.ferrule.ssl.SslError$Stage",
    "dev.ferrule.ssl.jdk.JdkWire, dev.ferrule.spi.Wire",
    "dev.ferrule.cli.Main, picocli.CommandLine",
    "dev.ferrule.cli.serve.Serve, dev.ferrule.ssl.Ssl",
  })
  void referencesDownwardsAreFine(String from, String to) {
    assertThat(allowed(from, to)).isTrue();
  }

  @Test
  void fieldsMethodsCallsSignaturesAndAnnotationsCountAndStringsDoNot() throws IOException {
    try (var in = Sample.class.getResourceAsStream("LayersTest$Sample.class")) {
      assertThat(references(ClassFile.of().parse(in.readAllBytes())))
          .contains(
              "java.util.BitSet",
              "java.util.Locale",
              "java.util.UUID",
              "java.util.Currency",
              "java.lang.Deprecated")
          .doesNotContain("a.string.Only");
    }
  }

  @SuppressWarnings("unused")
  private abstract static class Sample {
    List<java.util.BitSet> signature;

    abstract java.util.Locale method();

    String call() {
      return java.util.UUID.randomUUID() + "La/string/Only;";
    }

    @Deprecated java.util.Currency field;
  }

  private static boolean allowed(String from, String to) {
    Place high = place(from);
    if (high == null) {
      return false;
    }
    if (from.equals("dev.ferrule.event.TcpEof") && to.equals("dev.ferrule.TcpSocket")) {
      return true; // the program gets the socket of this event without a cast
    }
    if (!to.startsWith("dev.ferrule.")) {
      return !EMBEDDED.contains(high.name()) || FREE.stream().anyMatch(to::startsWith);
    }
    Place low = place(to);
    return low != null && (low.equals(high) || low.layer() < high.layer());
  }

  /** Packages below a known one belong to it, but for the root, which would swallow newcomers. */
  private static Place place(String type) {
    Place own = CLASSES.get(type.split("\\$", 2)[0]);
    if (own != null) {
      return own;
    }
    String name = type.substring(0, type.lastIndexOf('.'));
    if (name.equals("dev.ferrule")) {
      return CORE;
    }
    while (!name.equals("dev.ferrule") && !PLACES.containsKey(name)) {
      name = name.substring(0, name.lastIndexOf('.'));
    }
    return name.equals("dev.ferrule") ? null : PLACES.get(name);
  }

  private static Set<String> references(ClassModel model) {
    Set<Utf8Entry> literals = new HashSet<>();
    Set<String> found = new TreeSet<>();
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof StringEntry string) {
        literals.add(string.utf8());
      }
    }
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof ClassEntry type && !type.asInternalName().startsWith("[")) {
        found.add(type.asInternalName().replace('/', '.'));
      } else if (entry instanceof Utf8Entry text && !literals.contains(text)) {
        TYPE.matcher(text.stringValue())
            .results()
            .forEach(match -> found.add(match.group(1).replace('/', '.')));
      }
    }
    return found;
  }

  private static List<Path> classes() throws IOException {
    Path root = Path.of(System.getProperty("basedir", ".")).toAbsolutePath().getParent();
    List<Path> found = new ArrayList<>();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.map(m -> m.resolve("target/classes/dev")).toList()) {
        if (Files.isDirectory(module)) {
          try (Stream<Path> files = Files.walk(module)) {
            files.filter(f -> f.toString().endsWith(".class")).forEach(found::add);
          }
        }
      }
    }
    return found;
  }
}
