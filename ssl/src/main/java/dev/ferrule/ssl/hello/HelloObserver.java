package dev.ferrule.ssl.hello;

import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslTruncated;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
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

  /** A sentence, before the provider's limit. */
  public static final String LONG_HELLO = "the client's hello was refused: it is too long for ";

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

  private final Offer offer;
  private final @Nullable SslHello offered;
  private @Nullable HelloReader serverFlight = HelloReader.ofServer();
  private @Nullable ServerHello chosen;
  private boolean looked;
  private boolean plain;
  private volatile List<X509Certificate> shown = List.of(); // written by the verification's task
  private @Nullable X509Certificate refused;

  /**
   * Observes the handshake of a side which offers {@code offer}.
   *
   * @param hello what its client has said; null for a client
   */
  public HelloObserver(Offer offer, @Nullable SslHello hello) {
    this.offer = offer;
    this.offered = hello;
  }

  /** What a server's client has said; null on a client. */
  public @Nullable SslHello offered() {
    return offered;
  }

  /** The peer has shown these certificates, which are verified now; on the thread that does it. */
  public void shown(X509Certificate... chain) {
    shown = List.of(chain);
  }

  /** The peer's certificates, the leaf first; empty before they are verified. Any thread. */
  public List<X509Certificate> shown() {
    return shown;
  }

  /** That certificate was not accepted; null when the refusal is about none of them alone. */
  public void refused(@Nullable X509Certificate certificate) {
    refused = certificate;
  }

  /** The one that was not accepted. */
  public @Nullable X509Certificate refused() {
    return refused;
  }

  /** The host that a server's client asks for, in its first hello. */
  public Optional<String> serverName() {
    return offered == null ? Optional.empty() : offered.serverName();
  }

  /** Whether the peer does not speak SSL at all. */
  public boolean isPlain() {
    return plain;
  }

  /**
   * Examines a server's first bytes, at the buffer's position, once there are at least three.
   *
   * @throws SslError when they are not SSL
   */
  public void look(ByteBuffer in) {
    if (looked || in.remaining() < PlainPeer.ENOUGH) {
      return;
    }
    looked = true;
    if (!PlainPeer.startsRecord(in)) {
      plain = true;
      throw PlainPeer.notSsl(in, false);
    }
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
    ServerHello hello = answer();
    return hello == null ? Optional.empty() : hello.group();
  }

  /** Whether the server's hello agreed on an extended master secret (RFC 7627), in TLS 1.2. */
  public boolean extendedMasterSecret() {
    ServerHello hello = answer();
    return hello != null && hello.extendedMasterSecret();
  }

  /** Whether this is a server that has not answered its client's hello with one of its own. */
  public boolean isUnanswered() {
    return offered != null && answer() == null;
  }

  /** What the server has chosen; null while it has not said. */
  public @Nullable ServerHello answer() {
    HelloReader reader = serverFlight;
    return chosen != null || reader == null ? chosen : reader.serverHello();
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
        SslFailure.CANCELLED,
        "the peer broke the handshake off (close_notify)",
        null);
  }

  /** What both sides offered, as far as it is known, as the end of a sentence. */
  public String offers() {
    String theirs =
        offered == null
            ? ""
            : ": the client offers "
                + list(offered.versions())
                + " with "
                + list(offered.cipherSuites());
    return theirs + (theirs.isEmpty() ? ": " : "; ") + "this side has " + ours() + required();
  }

  /** The application protocols of both sides, as far as they are known. */
  public String applications() {
    return (offered == null ? ": " : ": the client offers " + list(offered.alpn()) + "; ")
        + "this side has "
        + list(offer.applications());
  }

  /** The key exchange groups of both sides, as far as they are known. */
  public String groups() {
    return (offered == null ? ": " : ": the client offers " + list(offered.groups()) + "; ")
        + "this side has "
        + list(offer.groups())
        + (requiresPostQuantum() ? "; a post-quantum group is required here" : "");
  }

  /** Whether this side has groups and all of them are post-quantum. */
  private boolean requiresPostQuantum() {
    List<String> own = offer.groups();
    return !own.isEmpty()
        && own.stream()
            .allMatch(name -> NamedGroup.of(name).filter(NamedGroup::isPostQuantum).isPresent());
  }

  /** What this side requires of key exchange and what the peer has; empty without requirement. */
  private String required() {
    if (!requiresPostQuantum()) {
      return "";
    }
    String theirs = "";
    if (offered != null) {
      List<String> groups = offered.groups();
      theirs =
          groups.isEmpty()
              ? ", and the client offers none"
              : ", and the client offers " + list(groups);
    } else if (chosen != null) {
      theirs = ", and the server chose " + chosen.version();
    }
    return "; a post-quantum group ("
        + list(offer.groups())
        + ") is required here, which only TLS 1.3 has"
        + theirs;
  }

  /** Whether the client names groups, and none of them is this side's. */
  public boolean sharesNoGroup() {
    return offered != null
        && !offered.groups().isEmpty()
        && Collections.disjoint(offered.groups(), offer.groups());
  }

  /** Whether the client names none of this side's cipher suites; false when that is not known. */
  public boolean sharesNoSuite() {
    return offered != null && Collections.disjoint(offered.cipherSuites(), offer.cipherSuites());
  }

  /** The signature schemes that the client takes, as far as they are known. */
  public String signatures() {
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
    if (stage == Stage.HELLO) {
      return "; this side offered " + ours() + required();
    }
    // Servers have several alerts for a client without a group of theirs.
    return offered == null && chosen == null ? required() : "";
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

  /** The first of them as text, each cut where it is long, and how many there are more. */
  public static String list(List<String> names) {
    String first =
        names.stream().limit(NAMES_SHOWN).map(SafeText::of).collect(Collectors.joining(", "));
    int more = names.size() - NAMES_SHOWN;
    return more > 0 ? first + " and " + more + " more" : first;
  }
}
