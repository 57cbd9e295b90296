package dev.ferrule.ssl;

import static dev.ferrule.ssl.SslError.Side.OURS;
import static dev.ferrule.ssl.SslError.Side.PEER;
import static dev.ferrule.ssl.SslError.Stage.CERTIFICATE;
import static dev.ferrule.ssl.SslError.Stage.CLOSE;
import static dev.ferrule.ssl.SslError.Stage.DATA;
import static dev.ferrule.ssl.SslError.Stage.HANDSHAKE;
import static dev.ferrule.ssl.SslError.Stage.HELLO;

import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import java.util.Optional;

/**
 * What made SSL fail: the same list for every provider. An {@link SslError} has one of them, and
 * its {@code code()} is that one's name. The table of docs/errors.md is made from it. Constants may
 * be added between versions; those that are there keep their meaning.
 */
public enum SslFailure {
  // ---- the first messages

  /** The peer does not speak SSL. */
  NOT_SSL(
      PEER,
      HELLO,
      "",
      "The peer's first bytes are not SSL; the sentence names the protocol where it is known."
          + " A server answers a plain HTTP request with an error 400 in HTTP.",
      "Whether it is the right port, and whether the protocol begins in plain text (STARTTLS)."),

  /** No version in common. */
  NO_SHARED_PROTOCOL(
      OURS,
      HELLO,
      "protocol_version",
      "The versions of both sides have none in common, or a client sent a hello of SSL 2.0.",
      "The sentence has the versions of both: allow one of the peer's, or have the peer updated."),

  /** No cipher suite in common. */
  NO_SHARED_CIPHER(
      OURS,
      HELLO,
      "handshake_failure",
      "The cipher suites of both sides have none in common that this server's keys can serve.",
      "The cipher strings of both, and whether the server's key is of the kind (EC, RSA) that the"
          + " client's suites want."),

  /** No key exchange group in common. */
  NO_SHARED_GROUP(
      OURS,
      HELLO,
      "handshake_failure",
      "The key exchange groups of both sides have none in common, or the curve of this side's key"
          + " is not among the client's.",
      "The groups of both, and whether one side requires a post-quantum group."),

  /** No signature scheme in common. */
  NO_SHARED_SIGNATURE(
      OURS,
      HELLO,
      "handshake_failure",
      "The peer takes no signature that this side's key can make, or only such with SHA-1.",
      "Another kind of key, or the signature schemes of the peer."),

  /** No application protocol in common. */
  NO_SHARED_APPLICATION(
      OURS,
      HELLO,
      "no_application_protocol",
      "The client offers application protocols (ALPN), and none of them is this side's.",
      "The names in alpn of both sides, letter by letter."),

  /** The peer chose what was not offered. */
  NOT_OFFERED(
      OURS,
      HELLO,
      "illegal_parameter",
      "The server chose what this client did not offer: a suite, a group, an application protocol"
          + " or an extension.",
      "The server is faulty, or somebody in between changes messages."),

  /** A name for which there is no certificate. */
  UNRECOGNIZED_NAME(
      OURS,
      HELLO,
      "unrecognized_name",
      "A client asks for a host (SNI) for which there is no certificate, and names are strict; or"
          + " by what can be no host's name.",
      "The names of the server's context, and how the client was given the host."),

  /** This side's program refused the client. */
  REFUSED(
      OURS,
      HELLO,
      "",
      "The program refused the client by its hello (SslChoice.refuse), with an alert that it chose.",
      "The program's own rule."),

  /** Admission refused the client. */
  ADMISSION(
      OURS,
      HELLO,
      "internal_error",
      "A client was refused before its handshake: too many go on, or too many of its address.",
      "The bounds of SslAdmission; who sends so many."),

  /** Plain text behind the point of upgrade. */
  INJECTED(
      PEER,
      HELLO,
      "",
      "Plain text was received behind the point of upgrade (STARTTLS injection).",
      "Consume what belongs to the plain part before the upgrade; otherwise somebody injects."),

  // ---- messages of the handshake

  /** A message in the wrong place. */
  UNEXPECTED_MESSAGE(
      OURS,
      HANDSHAKE,
      "unexpected_message",
      "A message or record came where it may not, such as a first one that is no hello.",
      "The peer is faulty, or somebody in between changes messages."),

  /** A message that cannot be read. */
  MALFORMED_MESSAGE(
      OURS,
      HANDSHAKE,
      "decode_error",
      "A message is malformed: its lengths do not fit.",
      "The peer is faulty, or somebody in between changes messages."),

  /** A message above the limit. */
  MESSAGE_TOO_LONG(
      OURS,
      HANDSHAKE,
      "illegal_parameter",
      "A message is longer than this side takes: a client's hello above 64 KiB, or any message"
          + " above the provider's limit.",
      "What makes it so long, such as a ticket or many names."),

  /** A value that may not be there. */
  ILLEGAL_PARAMETER(
      OURS,
      HANDSHAKE,
      "illegal_parameter",
      "A message has a value that it may not have, or lacks an extension that it must have.",
      "The peer is faulty, or somebody in between changes messages."),

  /** A signature or a Finished that is wrong. */
  HANDSHAKE_NOT_AUTHENTIC(
      OURS,
      HANDSHAKE,
      "decrypt_error",
      "A signature or the Finished of the handshake is wrong: a message was changed on its way, or"
          + " the peer does not hold the key of its certificate.",
      "Who is in between; whether the peer's key belongs to its certificate."),

  /** A signature of the handshake that can be forged. */
  WEAK_SIGNATURE(
      OURS,
      HANDSHAKE,
      "illegal_parameter",
      "The peer signed the handshake with SHA-1, which can be forged (RFC 9155).",
      "Have the peer updated; ALLOW_SHA1_HANDSHAKE accepts it."),

  /** Early data that cannot be skipped. */
  EARLY_DATA(
      OURS,
      HANDSHAKE,
      "unexpected_message",
      "A client sent early data that could not be skipped, or too much of it.",
      "Have the client send none, or take the boringssl provider, which skips it."),

  // ---- the peer's certificate

  /** No path to a trusted certificate. */
  UNKNOWN_ISSUER(
      OURS,
      CERTIFICATE,
      "unknown_ca",
      "No path leads from the peer's certificate to a trusted one.",
      "Trust the issuer that the sentence names, or have the peer send the certificates between."),

  /** A certificate of the path has expired. */
  CERTIFICATE_EXPIRED(
      OURS,
      CERTIFICATE,
      "certificate_expired",
      "A certificate of the path has expired.",
      "Have it renewed; whether this side's clock is right."),

  /** A certificate of the path is not valid yet. */
  CERTIFICATE_NOT_YET_VALID(
      OURS,
      CERTIFICATE,
      "certificate_expired",
      "A certificate of the path is not valid yet; RFC 8446 has one alert for both.",
      "Whether this side's clock is right."),

  /** A certificate of the path was revoked. */
  CERTIFICATE_REVOKED(
      OURS,
      CERTIFICATE,
      "certificate_revoked",
      "Its issuer has revoked a certificate of the path, by a list or an OCSP response.",
      "Have the peer get another certificate."),

  /** It is not known whether it was revoked, and must be. */
  REVOCATION_UNKNOWN(
      OURS,
      CERTIFICATE,
      "certificate_unknown",
      "No revocation list in date says whether a certificate was revoked, and one must (strictCrl).",
      "Fetch a newer list of that issuer."),

  /** The OCSP response that came with it is no good. */
  BAD_STAPLE(
      OURS,
      CERTIFICATE,
      "certificate_unknown",
      "The OCSP response that the server sent is out of date, not signed by the issuer or about"
          + " another certificate; or there is none, and the certificate demands one.",
      "The server's stapling; both clocks."),

  /** Another host. */
  HOST_MISMATCH(
      OURS,
      CERTIFICATE,
      "certificate_unknown",
      "The server's certificate names other hosts.",
      "The host that was given, and serverName; otherwise it is another server."),

  /** Usages that do not fit. */
  WRONG_PURPOSE(
      OURS,
      CERTIFICATE,
      "unsupported_certificate",
      "Key usage or extended key usage of a certificate does not fit what the peer does with it.",
      "Have it issued for servers (serverAuth), or for clients (clientAuth)."),

  /** An authority may not vouch for it. */
  ISSUER_NOT_ALLOWED(
      OURS,
      CERTIFICATE,
      "certificate_unknown",
      "An issuer of the path may not vouch for it: it is no authority, name constraints or the"
          + " length of the path forbid it, or the JDK's policy or its own settings distrust it.",
      "The authority's certificates; the sentence says which rule."),

  /** A weak key or signature. */
  WEAK_CERTIFICATE(
      OURS,
      CERTIFICATE,
      "bad_certificate",
      "A key or signature of the path is too weak.",
      "Have it issued anew; the options that accept weak ones are in docs/options.md."),

  /** A critical extension, a signature or a key that is not known here. */
  UNSUPPORTED_CERTIFICATE(
      OURS,
      CERTIFICATE,
      "unsupported_certificate",
      "A certificate has a critical extension that is not known, or a signature or a key of a kind"
          + " that cannot be verified.",
      "Have it issued with a usual kind of key and without that extension."),

  /** A certificate that cannot be read, or with a wrong signature. */
  BAD_CERTIFICATE(
      OURS,
      CERTIFICATE,
      "bad_certificate",
      "A certificate cannot be read, is not signed by the key of its issuer, or comes with too many"
          + " others.",
      "The certificates that the peer sends; another authority may have the same name."),

  /** Another key than those that are pinned. */
  PIN_MISMATCH(
      OURS,
      CERTIFICATE,
      "certificate_unknown",
      "The peer's public key is none of those that are pinned.",
      "Whether the peer has a new key; otherwise it is another peer."),

  /** No rule lets the client in. */
  CLIENT_NOT_ALLOWED(
      OURS,
      CERTIFICATE,
      "certificate_unknown",
      "The client's certificate is valid, and no ClientRule lets it in.",
      "The rules; the sentence has the client's names."),

  /** The program's own judgement. */
  VERIFIER_REFUSED(
      OURS,
      CERTIFICATE,
      "certificate_unknown",
      "The program's SslVerifier, or the trust manager of a context that was made outside, did not"
          + " accept the certificate.",
      "The program's own rule; detail() has the trust manager's words."),

  /** The client showed none. */
  CERTIFICATE_REQUIRED(
      OURS,
      CERTIFICATE,
      "certificate_required",
      "The client showed no certificate, and one is required here. Before TLS 1.3 the alert is"
          + " handshake_failure.",
      "Give the client a certificate, of an issuer that this server names."),

  // ---- what the peer says

  /** The peer speaks none of the versions. */
  PEER_REFUSED_PROTOCOL(
      PEER,
      HELLO,
      "protocol_version",
      "The peer speaks none of this side's versions.",
      "Which versions the peer has; the sentence has this side's."),

  /** The peer found nothing that both have. */
  PEER_REFUSED_OFFER(
      PEER,
      HELLO,
      "handshake_failure",
      "The peer found no suite, group or signature that both have, wants stronger ones, or, before"
          + " TLS 1.3, requires a certificate of the client.",
      "The log of the peer; the sentence has this side's offer."),

  /** The peer serves no such host. */
  PEER_REFUSED_NAME(
      PEER,
      HELLO,
      "unrecognized_name",
      "The server has no certificate for the host that was asked for (SNI).",
      "The host, and serverName."),

  /** The peer speaks none of the application protocols. */
  PEER_REFUSED_APPLICATION(
      PEER,
      HELLO,
      "no_application_protocol",
      "The server speaks none of the application protocols (ALPN) that were offered.",
      "The names in alpn of both sides."),

  /** The server did not accept the external pre-shared key. */
  PEER_REFUSED_PSK(
      PEER,
      HANDSHAKE,
      "",
      "The server does not know the external PSK that this client offered, or has another key of its"
          + " identity; which of both is not told.",
      "Whether both sides have the same key of that identity; the server's log."),

  /** The peer did not accept this side's certificate. */
  PEER_REFUSED_CERTIFICATE(
      PEER,
      CERTIFICATE,
      "",
      "The peer did not accept this side's certificate; the alert says how far it told why.",
      "Whether the peer trusts the issuer, the name is right, and it has not expired."),

  /** The peer wants a certificate. */
  PEER_REQUIRES_CERTIFICATE(
      PEER,
      CERTIFICATE,
      "certificate_required",
      "The server requires a certificate of the client, and none was shown.",
      "Give one: credentials, or certificate and key."),

  /** Something failed inside the peer. */
  PEER_FAILED(
      PEER,
      HANDSHAKE,
      "internal_error",
      "Something failed inside the peer, or it refuses by that alert whom it has no room for.",
      "The log of the peer."),

  /** Another alert of the peer. */
  PEER_ALERT(
      PEER,
      HANDSHAKE,
      "",
      "The peer sent another alert, such as bad_record_mac or decode_error, which is in the"
          + " sentence.",
      "What is between both; RFC 8446 6.2 has the meaning."),

  /** The peer broke the handshake off. */
  CANCELLED(
      PEER,
      HANDSHAKE,
      "close_notify",
      "The peer broke the handshake off, by close_notify or user_canceled.",
      "The peer's log: it changed its mind."),

  /** The peer's side ended without close_notify. */
  TRUNCATED(
      PEER,
      DATA,
      "",
      "The peer's side ended without close_notify (SslTruncated); in the handshake: the peer closed"
          + " the connection.",
      "Do not take what was received for all that was sent. In the handshake: whether the peer"
          + " speaks SSL on this port."),

  // ---- records

  /** No record. */
  NOT_A_RECORD(
      OURS,
      DATA,
      "unexpected_message",
      "What came cannot be a record of TLS. Before TLS 1.3 boringssl sends record_overflow.",
      "Whether something else writes to the connection."),

  /** A record above the limit. */
  RECORD_TOO_LONG(
      OURS,
      DATA,
      "record_overflow",
      "A record, or its content, is longer than RFC 8446 5 allows. The jdk provider sends"
          + " unexpected_message.",
      "The peer is faulty, or something else writes to the connection."),

  /** A record that was changed. */
  BAD_RECORD_MAC(
      OURS,
      DATA,
      "bad_record_mac",
      "A record was changed on its way, or was made by somebody else.",
      "What is between both: a proxy, or memory that fails."),

  /** Too many that bring nothing. */
  TOO_MANY_IDLE_RECORDS(
      OURS,
      DATA,
      "unexpected_message",
      "Too many records in a row that bring neither data nor the end: empty ones, KeyUpdates or"
          + " warnings. There are 32 at most; the JDK's engine has no such limit.",
      "The peer keeps this side busy."),

  /** Renegotiation. */
  RENEGOTIATION(
      OURS,
      DATA,
      "unexpected_message",
      "A peer of TLS 1.2 asked for renegotiation, or a client sent a handshake message that may be"
          + " that; it is refused. boringssl has the alert no_renegotiation.",
      "Have the peer not ask for it: TLS 1.3 has none."),

  /** Written too late. */
  OUTPUT_CLOSED(
      PEER,
      CLOSE,
      "close_notify",
      "Something was written after a peer of TLS 1.2 had ended the connection, with the jdk"
          + " provider; it is lost (RFC 5246 7.2.1).",
      "Write before the peer ends, or take TLS 1.3."),

  // ---- this side

  /** Code of this side threw. */
  BROKEN(
      OURS,
      HANDSHAKE,
      "internal_error",
      "Code of this side's program or its security providers threw: a callback, a trust or key"
          + " manager, or a key. Nothing that a peer sends leads to it.",
      "The cause of the error."),

  /** Something else. */
  OTHER(
      OURS,
      HANDSHAKE,
      "",
      "Anything else that the provider found.",
      "detail() has the provider's words.");

  private final Side side;
  private final Stage stage;
  private final String alert;
  private final String cause;
  private final String check;

  SslFailure(Side side, Stage stage, String alert, String cause, String check) {
    this.side = side;
    this.stage = stage;
    this.alert = alert;
    this.cause = cause;
    this.check = check;
  }

  /** The side that finds it. */
  public Side side() {
    return side;
  }

  /** The stage at which it is usually found; {@link SslError#stage} says at which it was. */
  public Stage stage() {
    return stage;
  }

  /**
   * The stage at which it is found in a handshake: its usual one, where that is in the handshake.
   */
  public Stage stageInHandshake() {
    return stage == DATA || stage == CLOSE ? HANDSHAKE : stage;
  }

  /**
   * The alert that goes with it where the provider can choose (RFC 8446 6.2); empty where there is
   * none, or one of several.
   */
  public Optional<String> alert() {
    return alert.isEmpty() ? Optional.empty() : Optional.of(alert);
  }

  /** The usual cause, in sentences. */
  public String cause() {
    return cause;
  }

  /** What to check, or to do. */
  public String check() {
    return check;
  }
}
