package dev.ferrule.ssl.hello;

import dev.ferrule.spi.Outlet;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslTruncated;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the unencrypted messages at the start of a handshake: whether the peer speaks TLS, what
 * both sides offer, which group was negotiated. Errors and the session use it. One for each
 * handshake; used by one thread.
 */
public final class HelloObserver {
  /** A sentence, before {@link #groups}. */
  public static final String NO_GROUP = "no key exchange group is shared with the peer";

  /** A sentence, before {@link #signatures}. */
  public static final String NO_SIGNATURE =
      "no kind of signature (by a key of this kind) is shared with the peer";

  /** The alert protocol_version, in a record of the oldest version, SSL 3.0. */
  private static final byte[] PROTOCOL_VERSION = {21, 3, 0, 0, 2, 2, 70};

  private static final int ENOUGH_TO_TELL = 3;
  private static final int ENOUGH_FOR_SSL2 = 5;
  private static final int FIRST_TYPE = 20;
  private static final int LAST_TYPE = 24;
  private static final int NAMES_SHOWN = 8;

  /** What this side offers. It is queried only when an error names it. */
  public interface Offer {
    /** The versions, as {@link Protocol} writes them. */
    List<String> protocols();

    /** The cipher suites of all those versions, by IANA's or the JDK's names. */
    List<String> cipherSuites();

    /** The application protocols. */
    List<String> applications();

    /** The key exchange groups, by IANA's names. */
    List<String> groups();

    /** Whether this side may have sent a certificate. */
    boolean showsCertificate();
  }

  private final boolean server;
  private final Offer offer;
  private @Nullable HelloReader serverFlight = HelloReader.ofServer();
  private @Nullable ServerHello chosen;
  private byte @Nullable [] clientRecord;
  private boolean looked;
  private boolean plain;

  /** Observes the handshake of a side which offers {@code offer}. */
  public HelloObserver(boolean server, Offer offer) {
    this.server = server;
    this.offer = offer;
  }

  /** Whether the peer does not speak SSL at all. */
  public boolean isPlain() {
    return plain;
  }

  /**
   * Examines the peer's first bytes, at the buffer's position, once there are at least three.
   *
   * @throws SslError when they are not SSL; an HTTP client is answered with status 400 first
   */
  public void look(ByteBuffer in, Outlet outlet) {
    if (looked || in.remaining() < ENOUGH_TO_TELL) {
      return;
    }
    int type = in.get(in.position());
    if (server && type < 0 && in.remaining() < ENOUGH_FOR_SSL2) {
      return;
    }
    looked = true;
    if (type >= FIRST_TYPE && type <= LAST_TYPE) {
      return;
    }
    plain = true;
    if (server && PlainPeer.isHttpRequest(in)) {
      ByteBuffer answer = PlainPeer.httpAnswer();
      ByteBuffer room = outlet.room(answer.remaining());
      if (room != null) {
        room.put(answer);
      }
    }
    if (server && PlainPeer.isSsl2Hello(in)) {
      throw refuseSsl2(outlet);
    }
    throw new SslError(
        Side.PEER,
        Stage.HELLO,
        null,
        "NOT_SSL",
        "the peer "
            + PlainPeer.describe(in, server)
            + ", and SSL was expected (is it the right port?)",
        null);
  }

  /**
   * Sends an unencrypted alert: a client with this form of hello may offer TLS and understand it.
   */
  private static SslError refuseSsl2(Outlet outlet) {
    ByteBuffer room = outlet.room(PROTOCOL_VERSION.length);
    if (room != null) {
      room.put(PROTOCOL_VERSION);
    }
    return new SslError(
        Side.OURS,
        Stage.HELLO,
        "protocol_version",
        "SSL2_HELLO",
        "the peer sends a hello in the form of SSL 2.0, which is refused (RFC 6176)",
        null);
  }

  /** Whether a client's hello was kept. */
  public boolean hasClientHello() {
    return clientRecord != null;
  }

  /** Keeps the first {@code length} bytes at the buffer's position: the client's hello. */
  public void clientHello(ByteBuffer in, int length) {
    byte[] record = new byte[Math.min(length, in.remaining())];
    in.get(in.position(), record);
    clientRecord = record;
  }

  /** Takes the next bytes of the server's records, in order; the buffer is not changed. */
  public void serverRecords(ByteBuffer bytes, int from, int length) {
    HelloReader reader = serverFlight;
    if (reader != null
        && length > 0
        && reader.feed(bytes.slice(from, length)) != HelloReader.Progress.MORE) {
      chosen = reader.serverHello();
      serverFlight = null;
    }
  }

  /** The key exchange group, where a hello message named it. */
  public Optional<String> group() {
    HelloReader reader = serverFlight;
    ServerHello hello = chosen != null || reader == null ? chosen : reader.serverHello();
    return hello == null ? Optional.empty() : hello.group();
  }

  /** The error of a link that ended during the handshake. */
  public static SslError endedEarly(boolean receivedAny) {
    return new SslTruncated(
        receivedAny ? Stage.HANDSHAKE : Stage.HELLO,
        !receivedAny
            ? "the peer closed the connection before it said anything (does it speak SSL on this"
                + " port?)"
            : "the peer closed the connection in the middle of the handshake",
        null);
  }

  /** The error of a close_notify in the handshake. */
  public static SslError closedByPeer() {
    return new SslError(
        Side.PEER,
        Stage.HANDSHAKE,
        "close_notify",
        "CANCELLED",
        "the peer broke the handshake off (close_notify)",
        null);
  }

  /** What both sides offered, as far as it is known, as the end of a sentence. */
  public String offers() {
    ClientHello offered = offered();
    String theirs =
        offered == null
            ? ""
            : ": the client offers "
                + list(offered.versions())
                + " with "
                + list(offered.cipherSuites());
    return theirs + (theirs.isEmpty() ? ": " : "; ") + "this side has " + ours();
  }

  /** The application protocols of both sides, as far as they are known. */
  public String applications() {
    ClientHello offered = offered();
    return (offered == null ? ": " : ": the client offers " + list(offered.alpn()) + "; ")
        + "this side has "
        + list(offer.applications());
  }

  /** The key exchange groups of both sides, as far as they are known. */
  public String groups() {
    ClientHello offered = offered();
    return (offered == null ? ": " : ": the client offers " + list(offered.groups()) + "; ")
        + "this side has "
        + list(offer.groups());
  }

  /** Whether the client names groups, and none of them is this side's. */
  public boolean sharesNoGroup() {
    ClientHello offered = offered();
    return offered != null
        && !offered.groups().isEmpty()
        && Collections.disjoint(offered.groups(), offer.groups());
  }

  /** The signature schemes that the client takes, as far as they are known. */
  public String signatures() {
    ClientHello offered = offered();
    if (offered == null) {
      return "";
    }
    List<String> schemes = offered.signatureSchemes();
    return schemes.isEmpty()
        ? ": the client names none, which means SHA-1 (RFC 5246 7.4.1.4.1)"
        : ": the client takes " + list(schemes);
  }

  /** Whether this side may have sent a certificate. */
  public boolean showsCertificate() {
    return offer.showsCertificate();
  }

  /** What this side offered, where a refusal by the peer may be about that. */
  public String offer(String alert, Stage stage) {
    if (alert.equals("no_application_protocol")) {
      return applications();
    }
    return stage == Stage.HELLO ? "; this side offered " + ours() : "";
  }

  private @Nullable ClientHello offered() {
    return clientRecord == null ? null : ClientHello.read(ByteBuffer.wrap(clientRecord));
  }

  private String ours() {
    List<String> versions = offer.protocols();
    return list(versions)
        + " with "
        + list(offer.cipherSuites().stream().filter(suite -> speaks(versions, suite)).toList());
  }

  /** Whether a suite belongs to one of the versions; TLS 1.3 has suites of its own. */
  private static boolean speaks(List<String> versions, String suite) {
    if (suite.startsWith("TLS_AES_") || suite.startsWith("TLS_CHACHA20_")) {
      return versions.contains(Protocol.TLS_1_3.toString());
    }
    return versions.stream().anyMatch(version -> !version.equals(Protocol.TLS_1_3.toString()));
  }

  private static String list(List<String> names) {
    String shown = String.join(", ", names.subList(0, Math.min(NAMES_SHOWN, names.size())));
    int more = names.size() - NAMES_SHOWN;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }
}
