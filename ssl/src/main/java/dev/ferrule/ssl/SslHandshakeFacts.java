package dev.ferrule.ssl;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known of a handshake that failed, as far as it came: what both sides offered, what the
 * server answered, the peer's certificates, and where the time and the bytes went. Names in it are
 * made safe to show: control and invisible characters are escaped, and long names are cut after 200
 * characters. Nothing in it has been verified. Immutable; may be kept and read from any thread.
 *
 * <p>A server of TLS 1.3 may refuse its client when the client's handshake is done (RFC 8446
 * 4.4.2): then {@code answer} and {@code peerCertificates} are those of the session, and times and
 * bytes are 0, because they are not kept that long.
 *
 * @param server whether this side is the server
 * @param host the host that a client asks for and verifies
 * @param client what the client has said, on a server once its hello is whole; empty on a client,
 *     whose offer is {@code own}
 * @param own what this side offers or takes
 * @param answer what the server has answered, once there is a ServerHello
 * @param peerCertificates those of the peer, the leaf first, once they were to be verified; empty
 *     where nobody looks at them
 * @param refused the place in that list of the certificate that the failure is about
 * @param times where the time went, from the call that opened the connection, or from when it was
 *     accepted or upgraded
 * @param sent bytes that the link has taken, or has yet to take, in the handshake
 * @param received bytes that came from the link in the handshake; both with those that a proxy in
 *     front was told, or told
 */
public record SslHandshakeFacts(
    boolean server,
    Optional<String> host,
    Optional<SslHello> client,
    Offer own,
    Optional<Answer> answer,
    List<PeerCertificate> peerCertificates,
    OptionalInt refused,
    Times times,
    long sent,
    long received) {

  /**
   * What a side offers, or takes.
   *
   * @param protocols the versions, as {@link Protocol} writes them
   * @param cipherSuites by IANA's names
   * @param groups for key exchange, by IANA's names; empty where the context was made outside
   * @param applications the application protocols (ALPN)
   */
  public record Offer(
      List<String> protocols,
      List<String> cipherSuites,
      List<String> groups,
      List<String> applications) {}

  /**
   * What a server has chosen.
   *
   * @param protocol the version, as {@link Protocol} writes it
   * @param cipherSuite by IANA's name
   * @param group the key exchange group, by IANA's name, once a message has named it
   */
  public record Answer(String protocol, String cipherSuite, Optional<String> group) {}

  /**
   * What a certificate of the peer says.
   *
   * @param subject the distinguished name
   * @param issuer the distinguished name of its issuer
   * @param notBefore since when it is valid
   * @param notAfter until when
   * @param names its alternative names: hosts, URIs, mailboxes and addresses, 20 at most
   */
  public record PeerCertificate(
      String subject, String issuer, Instant notBefore, Instant notAfter, List<String> names) {}

  /**
   * Where the time went. The computing is measured by the system's clock, the rest by the loop's.
   *
   * @param resolving looking up the host's name
   * @param connecting trying addresses, until one had answered
   * @param waitingForPeer for bytes of the handshake, or for room to send them
   * @param waitingForProgram for its callbacks and answers, and for admission
   * @param waitingForThread of tasks of the handshake, for the executor or for the loop
   * @param computing the handshake's own work, in tasks as well
   */
  public record Times(
      Duration resolving,
      Duration connecting,
      Duration waitingForPeer,
      Duration waitingForProgram,
      Duration waitingForThread,
      Duration computing) {
    /** Nothing was kept of it. */
    static final Times UNKNOWN =
        new Times(
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO);
  }
}
