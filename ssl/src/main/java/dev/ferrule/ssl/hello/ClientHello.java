package dev.ferrule.ssl.hello;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client offers, in its order of preference, by names; codes without a known name are in hex
 * ({@code 0x1A2B}), and GREASE values (RFC 8701) are left out. Immutable. Nothing in it has been
 * verified.
 *
 * @param versions as {@link dev.ferrule.ssl.Protocol} writes them; a client that only states its
 *     highest version has that one
 * @param cipherSuites by IANA's names
 * @param groups by IANA's names; see {@link NamedGroup#of}
 * @param serverName the requested host name (RFC 6066 3), printable
 * @param alpn application protocols, printable
 * @param signatureSchemes by IANA's names
 */
public record ClientHello(
    List<String> versions,
    List<String> cipherSuites,
    List<String> groups,
    Optional<String> serverName,
    List<String> alpn,
    List<String> signatureSchemes) {

  private static final int SERVER_NAME = 0;
  private static final int SUPPORTED_GROUPS = 10;
  private static final int SIGNATURE_ALGORITHMS = 13;
  private static final int ALPN = 16;
  private static final int SUPPORTED_VERSIONS = 43;

  private static final int RANDOM = 32;
  private static final int LONGEST_SESSION_ID = 32;
  private static final int LONGEST_HOST_NAME = 255;

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

  /** IANA's name of a signature scheme; in hex where it has none here. */
  public static String schemeName(int code) {
    return Codes.scheme(code);
  }

  /** The hello in the body of a handshake message (RFC 8446 4.1.2); null when malformed. */
  static @Nullable ClientHello parse(Fields message) {
    int[] legacyVersion = {message.u16()};
    message.skip(RANDOM);
    int sessionId = message.u8();
    message.skip(sessionId);
    int[] suites = message.part(message.u16()).codes();
    int compressions = message.u8();
    message.skip(compressions);
    if (sessionId > LONGEST_SESSION_ID || suites.length == 0 || compressions == 0) {
      return null;
    }
    Offer offer = new Offer();
    offer.versions = Codes.versions(legacyVersion);
    if (message.hasMore()) {
      offer.extensions(message.part(message.u16()));
    }
    return offer.good && message.ended() ? offer.with(Codes.suites(suites)) : null;
  }

  /** What the extensions say, while they are read. */
  private static final class Offer {
    private List<String> versions = List.of();
    private List<String> groups = List.of();
    private List<String> schemes = List.of();
    private List<String> alpn = List.of();
    private @Nullable String serverName;
    private long seen;
    private boolean good = true;

    void extensions(Fields extensions) {
      while (extensions.hasMore()) {
        int type = extensions.u16();
        Fields body = extensions.part(extensions.u16());
        good &= !repeated(type) && extension(type, body);
      }
      good &= extensions.ended();
    }

    /** Only of types below 64, among them all that are read here. */
    private boolean repeated(int type) {
      long bit = type < Long.SIZE ? 1L << type : 0;
      boolean again = (seen & bit) != 0;
      seen |= bit;
      return again;
    }

    private boolean extension(int type, Fields body) {
      switch (type) {
        case SERVER_NAME -> serverName = hostName(body);
        case SUPPORTED_GROUPS -> groups = Codes.groups(list(body, body.u16()));
        case SIGNATURE_ALGORITHMS -> schemes = Codes.schemes(list(body, body.u16()));
        case SUPPORTED_VERSIONS -> versions = Codes.versions(list(body, body.u8()));
        case ALPN -> alpn = protocols(body);
        default -> {
          return true;
        }
      }
      return body.ended();
    }

    /** A list of codes, which must fill the extension. */
    private static int[] list(Fields body, int length) {
      Fields list = body.part(length);
      int[] codes = list.codes();
      if (codes.length == 0 || !list.ended()) {
        body.reject();
      }
      return codes;
    }

    private static String hostName(Fields body) {
      Fields names = body.part(body.u16());
      int type = names.u8();
      int length = names.u16();
      String name = names.part(length).text();
      if (type != 0 || length == 0 || length > LONGEST_HOST_NAME || !names.ended()) {
        body.reject();
      }
      return name;
    }

    private static List<String> protocols(Fields body) {
      List<String> protocols = new ArrayList<>();
      Fields names = body.part(body.u16());
      while (names.hasMore()) {
        int length = names.u8();
        protocols.add(names.part(length).text());
        if (length == 0) {
          names.reject();
        }
      }
      if (protocols.isEmpty() || !names.ended()) {
        body.reject();
      }
      return List.copyOf(protocols);
    }

    ClientHello with(List<String> suites) {
      return new ClientHello(
          versions, suites, groups, Optional.ofNullable(serverName), alpn, schemes);
    }
  }
}
