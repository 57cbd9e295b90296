package dev.ferrule.cli.check;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.ssl.hello.Codes;
import dev.ferrule.ssl.hello.NamedGroup;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A ClientHello (RFC 8446 4.1.2, RFC 5246 7.4.1.2) of any content, also of such as no provider
 * sends. It holds no keys: TLS 1.3 is asked with an empty list of key shares, which a server
 * answers by a HelloRetryRequest (RFC 8446 4.2.8). For one thread.
 */
final class ClientHelloDraft {
  static final int SSL_3 = 0x0300;
  static final int TLS_1_0 = 0x0301;
  static final int TLS_1_1 = 0x0302;
  static final int TLS_1_2 = 0x0303;
  static final int TLS_1_3 = 0x0304;

  static final int SERVER_NAME = 0;
  static final int STATUS_REQUEST = 5;
  static final int SUPPORTED_GROUPS = 10;
  static final int POINT_FORMATS = 11;
  static final int SIGNATURE_ALGORITHMS = 13;
  static final int ALPN = 16;
  static final int PADDING = 21;
  static final int EXTENDED_MASTER_SECRET = 23;
  static final int SESSION_TICKET = 35;
  static final int SUPPORTED_VERSIONS = 43;
  static final int PSK_MODES = 45;
  static final int SIGNATURE_ALGORITHMS_CERT = 50;
  static final int KEY_SHARE = 51;
  static final int RENEGOTIATION_INFO = 0xFF01;

  static final int FALLBACK_SCSV = 0x5600;
  private static final int RENEGOTIATION_SCSV = 0x00FF;

  /** DSA with SHA-1, SHA-224 and SHA-256 (RFC 5246 7.4.1.4.1), which have no names since. */
  private static final List<Integer> DSA = List.of(0x0202, 0x0302, 0x0402);

  private static final int HANDSHAKE = 22;
  private static final int CLIENT_HELLO = 1;
  private static final int RANDOM_BYTES = 32;
  private static final int LONGEST_RECORD = 1 << 14;

  /** Bytes of a hello that some old load balancers take for another protocol (RFC 7685). */
  private static final int TOO_SHORT = 256;

  private static final int LONG_ENOUGH = 512;
  private static final int BROWSERS_PADDING = 400;

  private final int version;
  private int legacyVersion;
  private int[] suites = {};
  private byte[] compression = {0};
  private final Map<Integer, byte[]> extensions = new LinkedHashMap<>();

  private ClientHelloDraft(int version) {
    this.version = version;
    this.legacyVersion = Math.min(version, TLS_1_2);
  }

  /** A hello that offers one version, all groups and all signature schemes that are known. */
  static ClientHelloDraft of(int version, @Nullable String serverName) {
    ClientHelloDraft hello = new ClientHelloDraft(version);
    if (version == SSL_3) {
      return hello; // which has no extensions
    }
    hello.serverName(serverName);
    hello.groups(Arrays.stream(NamedGroup.values()).map(NamedGroup::id).toList());
    if (version >= TLS_1_2) {
      List<Integer> schemes = new ArrayList<>(Codes.knownSchemes());
      if (version == TLS_1_2) {
        schemes.addAll(DSA);
      }
      hello.schemes(schemes);
      hello.extension(SIGNATURE_ALGORITHMS_CERT, listOf(schemes));
    }
    if (version == TLS_1_3) {
      hello.extension(SUPPORTED_VERSIONS, new byte[] {2, 3, 4});
      hello.extension(PSK_MODES, new byte[] {1, 1});
      hello.extension(KEY_SHARE, new byte[] {0, 0});
    } else {
      hello.extension(POINT_FORMATS, new byte[] {1, 0});
      hello.extension(SESSION_TICKET, new byte[0]);
      hello.extension(EXTENDED_MASTER_SECRET, new byte[0]);
      hello.extension(RENEGOTIATION_INFO, new byte[] {0});
      hello.extension(STATUS_REQUEST, new byte[] {1, 0, 0, 0, 0});
    }
    return hello;
  }

  ClientHelloDraft suites(List<Integer> codes) {
    suites = codes.stream().mapToInt(Integer::intValue).toArray();
    return this;
  }

  /** Adds a signalling value behind the suites, such as {@link #FALLBACK_SCSV}. */
  ClientHelloDraft signal(int code) {
    suites = Arrays.copyOf(suites, suites.length + 1);
    suites[suites.length - 1] = code;
    return this;
  }

  ClientHelloDraft groups(List<Integer> codes) {
    return extension(SUPPORTED_GROUPS, listOf(codes));
  }

  ClientHelloDraft schemes(List<Integer> codes) {
    return extension(SIGNATURE_ALGORITHMS, listOf(codes));
  }

  /** What the field says that servers before TLS 1.3 go by; the newest version may be above it. */
  ClientHelloDraft legacyVersion(int code) {
    legacyVersion = code;
    return this;
  }

  /** Offers compression by DEFLATE (RFC 3749) before none. */
  ClientHelloDraft deflate() {
    compression = new byte[] {1, 0};
    return this;
  }

  /** Sets an extension, or replaces it. */
  ClientHelloDraft extension(int type, byte[] body) {
    extensions.put(type, body);
    return this;
  }

  ClientHelloDraft without(int type) {
    extensions.remove(type);
    return this;
  }

  /** Null or an address: none is named (RFC 6066 3). */
  private void serverName(@Nullable String name) {
    if (name == null) {
      return;
    }
    byte[] host = name.getBytes(US_ASCII);
    Bytes body = new Bytes();
    body.u16(host.length + 3).u8(0).u16(host.length).put(host);
    extension(SERVER_NAME, body.bytes());
  }

  /**
   * A key share of X25519MLKEM768 with the encoding of a key whose coefficients are all 0, which is
   * a valid one (FIPS 203 7.2), and padding, so that the hello fills more than a segment of TCP as
   * those of browsers do.
   */
  ClientHelloDraft postQuantumShare() {
    byte[] share = new byte[1184 + 32];
    byte[] point = new byte[32];
    ThreadLocalRandom.current().nextBytes(point);
    System.arraycopy(point, 0, share, 1184, 32);
    Bytes body = new Bytes();
    body.u16(share.length + 4).u16(NamedGroup.X25519_MLKEM768.id()).u16(share.length).put(share);
    return extension(KEY_SHARE, body.bytes()).extension(PADDING, new byte[BROWSERS_PADDING]);
  }

  private static byte[] listOf(List<Integer> codes) {
    Bytes body = new Bytes();
    body.u16(2 * codes.size());
    codes.forEach(body::u16);
    return body.bytes();
  }

  /** The handshake message. */
  byte[] message() {
    byte[] body = body();
    int length = body.length + 4;
    if (!extensions.isEmpty() && length >= TOO_SHORT && length < LONG_ENOUGH) {
      extension(PADDING, new byte[Math.max(0, LONG_ENOUGH - length - 4)]);
      body = body();
    }
    return new Bytes().u8(CLIENT_HELLO).u24(body.length).put(body).bytes();
  }

  private byte[] body() {
    Bytes hello = new Bytes();
    byte[] random = new byte[RANDOM_BYTES];
    ThreadLocalRandom.current().nextBytes(random);
    hello.u16(legacyVersion).put(random);
    boolean compatible = version == TLS_1_3; // with middleboxes (RFC 8446 D.4)
    hello.u8(compatible ? RANDOM_BYTES : 0).put(compatible ? random : new byte[0]);
    int[] offered = suites;
    if (version == SSL_3) {
      offered = Arrays.copyOf(suites, suites.length + 1);
      offered[suites.length] = RENEGOTIATION_SCSV;
    }
    hello.u16(2 * offered.length);
    for (int suite : offered) {
      hello.u16(suite);
    }
    hello.u8(compression.length).put(compression);
    if (!extensions.isEmpty()) {
      Bytes all = new Bytes();
      extensions.forEach((type, body) -> all.u16(type).u16(body.length).put(body));
      hello.u16(all.bytes().length).put(all.bytes());
    }
    return hello.bytes();
  }

  /** The message in one record, or in as few as there can be. */
  byte[] records() {
    return records(LONGEST_RECORD);
  }

  /** The message in records of so many bytes at most. */
  byte[] records(int longest) {
    byte[] message = message();
    Bytes records = new Bytes();
    for (int at = 0; at < message.length; at += longest) {
      int length = Math.min(longest, message.length - at);
      records.u8(HANDSHAKE).u16(version == SSL_3 ? SSL_3 : TLS_1_0).u16(length);
      records.put(Arrays.copyOfRange(message, at, at + length));
    }
    return records.bytes();
  }

  /** Numbers in the order of the network. */
  private static final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Bytes u8(int value) {
      out.write(value);
      return this;
    }

    Bytes u16(int value) {
      return u8(value >> 8).u8(value);
    }

    Bytes u24(int value) {
      return u8(value >> 16).u16(value);
    }

    Bytes put(byte[] bytes) {
      out.writeBytes(bytes);
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
