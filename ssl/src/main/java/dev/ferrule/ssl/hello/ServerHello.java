package dev.ferrule.ssl.hello;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a server chose, by names as in {@link ClientHello}. Immutable. Nothing in it has been
 * verified before the handshake is done.
 *
 * @param version as {@link dev.ferrule.ssl.Protocol} writes it
 * @param cipherSuite by IANA's name
 * @param group the key exchange group: of the key share (TLS 1.3), or the named curve of
 *     ServerKeyExchange (TLS 1.2, ECDHE), when that message was among the bytes; see {@link
 *     NamedGroup#of}
 * @param retry whether this is a HelloRetryRequest: the server wants another hello, with a key
 *     share of this group
 * @param extendedMasterSecret whether the master secret is of the whole handshake (RFC 7627); for
 *     TLS 1.3 of no meaning
 */
public record ServerHello(
    String version,
    String cipherSuite,
    Optional<String> group,
    boolean retry,
    boolean extendedMasterSecret) {

  private static final int EXTENDED_MASTER_SECRET = 23;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int KEY_SHARE = 51;

  private static final int RANDOM = 32;
  private static final int LONGEST_SESSION_ID = 32;
  private static final int NAMED_CURVE = 3;

  /** The random that makes a ServerHello a HelloRetryRequest (RFC 8446 4.1.3). */
  private static final byte[] RETRY_RANDOM =
      HexFormat.of().parseHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

  /**
   * Reads the hello from a server's first records, from position to limit, which stay as they are.
   *
   * @return null when there is none, or only a part of it: {@link HelloReader} distinguishes the
   *     two
   */
  public static @Nullable ServerHello read(ByteBuffer records) {
    HelloReader reader = HelloReader.ofServer();
    reader.feed(records);
    return reader.serverHello();
  }

  /** The hello in the body of a handshake message (RFC 8446 4.1.3); null when malformed. */
  static @Nullable ServerHello parse(Fields message) {
    int version = message.u16();
    boolean retry = message.startsWith(RETRY_RANDOM);
    message.skip(RANDOM);
    int sessionId = message.u8();
    message.skip(sessionId);
    String suite = Codes.suite(message.u16());
    message.skip(1);
    Choice choice = new Choice(version, retry);
    if (message.hasMore()) {
      choice.extensions(message.part(message.u16()));
    }
    if (sessionId > LONGEST_SESSION_ID || !choice.good || !message.ended()) {
      return null;
    }
    return new ServerHello(
        Codes.version(choice.version), suite, choice.group, retry, choice.extended());
  }

  /** Whether a ServerKeyExchange that names a curve is to follow (RFC 8422 5.4). */
  boolean curveFollows() {
    return !version.equals("TLSv1.3")
        && (cipherSuite.startsWith("TLS_ECDHE_") || cipherSuite.startsWith("TLS_ECDH_anon_"))
        && !cipherSuite.startsWith("TLS_ECDHE_PSK_");
  }

  /** This hello with the curve of a ServerKeyExchange, of which the head is enough. */
  ServerHello withCurve(Fields exchange) {
    boolean named = exchange.u8() == NAMED_CURVE;
    int curve = exchange.u16();
    return named && exchange.good()
        ? new ServerHello(
            version, cipherSuite, Optional.of(Codes.group(curve)), retry, extendedMasterSecret)
        : this;
  }

  /** What the extensions say, while they are read. */
  private static final class Choice {
    private final boolean retry;
    private int version;
    private Optional<String> group = Optional.empty();
    private long seen;
    private boolean good = true;

    Choice(int version, boolean retry) {
      this.version = version;
      this.retry = retry;
    }

    boolean extended() {
      return (seen & 1L << EXTENDED_MASTER_SECRET) != 0;
    }

    void extensions(Fields extensions) {
      while (extensions.hasMore()) {
        int type = extensions.u16();
        Fields body = extensions.part(extensions.u16());
        long bit = type < Long.SIZE ? 1L << type : 0;
        good &= (seen & bit) == 0 && extension(type, body);
        seen |= bit;
      }
      good &= extensions.ended();
    }

    private boolean extension(int type, Fields body) {
      switch (type) {
        case SUPPORTED_VERSIONS -> version = body.u16();
        case KEY_SHARE -> {
          group = Optional.of(Codes.group(body.u16()));
          // A retry names the group only.
          body.skip(retry ? 0 : body.u16());
        }
        default -> {
          return true;
        }
      }
      return body.ended();
    }
  }
}
