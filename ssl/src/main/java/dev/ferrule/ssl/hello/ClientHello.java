package dev.ferrule.ssl.hello;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.SslHello;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A client's hello, by its codes. */
public final class ClientHello implements SslHello {
  private static final int TLS_1_3 = 0x0304;

  private final Extensions extensions;
  private final int version;
  private final int[] suites;
  private final boolean sessionId;

  private ClientHello(Extensions extensions, int version, int[] suites, boolean sessionId) {
    this.extensions = extensions;
    this.version = version;
    this.suites = suites;
    this.sessionId = sessionId;
  }

  /**
   * Reads the hello from a client's first records, from position to limit, which stay as they are.
   *
   * @return null when there is none, or only a part of it: {@link HelloReader} distinguishes the
   *     two
   */
  public static @Nullable ClientHello read(ByteBuffer records) {
    HelloReader reader = HelloReader.ofClient();
    reader.feed(records);
    return reader.clientHello();
  }

  /** An application's name as {@link #alpn} shows it. */
  public static String shown(String application) {
    byte[] bytes = application.getBytes(UTF_8);
    return new Fields(bytes, 0, bytes.length).text();
  }

  /** IANA's name of a signature scheme; in hex where it has none here. */
  public static String schemeName(int code) {
    return Codes.scheme(code);
  }

  /** Whether IANA has a signature scheme of that name, among those that are known here. */
  public static boolean isSchemeName(String name) {
    return Codes.isScheme(name);
  }

  /** The hello in the body of a handshake message (RFC 8446 4.1.2); null when malformed. */
  static @Nullable ClientHello parse(Fields message) {
    int version = message.u16();
    message.skip(32); // the random
    int sessionId = message.u8();
    message.skip(sessionId);
    int[] suites = message.part(message.u16()).codes();
    int compressions = message.u8();
    message.skip(compressions);
    if (sessionId > 32 || suites.length == 0 || compressions == 0) {
      return null;
    }
    Extensions extensions = new Extensions();
    if (message.hasMore()) {
      extensions.read(message.part(message.u16()));
    }
    return extensions.good() && message.ended()
        ? new ClientHello(extensions, version, suites, sessionId > 0)
        : null;
  }

  @Override
  public List<String> versions() {
    return Codes.versions(versionCodes());
  }

  private int[] versionCodes() {
    return extensions.versions.length > 0 ? extensions.versions : new int[] {version};
  }

  @Override
  public List<String> cipherSuites() {
    return Codes.suites(suites);
  }

  @Override
  public List<String> groups() {
    return Codes.groups(extensions.groups);
  }

  @Override
  public List<String> keyShares() {
    return Codes.groups(extensions.shares());
  }

  @Override
  public Optional<String> serverName() {
    return Optional.ofNullable(extensions.serverName);
  }

  @Override
  public List<String> alpn() {
    return extensions.alpn;
  }

  @Override
  public List<String> signatureSchemes() {
    return Codes.schemes(extensions.schemes);
  }

  @Override
  public boolean earlyData() {
    return extensions.earlyData;
  }

  @Override
  public boolean offersSession() {
    boolean tls13 = false;
    for (int code : versionCodes()) {
      tls13 |= code == TLS_1_3;
    }
    return extensions.preSharedKey || extensions.ticket || (sessionId && !tls13);
  }

  /**
   * The identities of pre-shared keys (RFC 8446 4.2.11), among them tickets, as they came: of those
   * with no more bytes than {@code longest} the first {@code most}.
   */
  public List<byte[]> pskIdentities(int most, int longest) {
    return extensions.identities(most, longest);
  }

  @Override
  public String ja4() {
    return Ja4.of(versionCodes(), suites, extensions);
  }

  /** One line for the log. */
  @Override
  public String toString() {
    return "hello for "
        + serverName().map(SafeText::of).orElse("no name")
        + (alpn().isEmpty() ? "" : ", ALPN " + HelloObserver.list(alpn()))
        + ", JA4 "
        + ja4();
  }
}
