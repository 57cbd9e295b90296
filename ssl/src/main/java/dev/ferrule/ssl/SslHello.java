package dev.ferrule.ssl;

import java.util.List;
import java.util.Optional;

/**
 * What a client has said in its hello (RFC 8446 4.1.2), before anything is decided. Lists are in
 * the client's order and made when they are asked for; a code without a known name is in hex
 * ({@code 0x1A2B}), and GREASE values (RFC 8701) are left out. Nothing in it has been verified: it
 * is the peer's text, printable and bounded. Immutable; may be kept and read from any thread.
 */
public interface SslHello {
  /** The host name that it asks for (SNI, RFC 6066 3), as the client wrote it. */
  Optional<String> serverName();

  /** The application protocols that it offers (RFC 7301). */
  List<String> alpn();

  /**
   * The versions, as {@link Protocol} writes them; a client that only states its highest version
   * has that one.
   */
  List<String> versions();

  /** The cipher suites, by IANA's names. */
  List<String> cipherSuites();

  /** The groups for key exchange, by IANA's names. */
  List<String> groups();

  /** Those of {@link #groups} that it brings a key share of (RFC 8446 4.2.8). */
  List<String> keyShares();

  /** The signature schemes that it takes, by IANA's names. */
  List<String> signatureSchemes();

  /** Whether it announces early data (RFC 8446 4.2.10). */
  boolean earlyData();

  /**
   * Whether it asks to resume a session, by a pre-shared key, a ticket of TLS 1.2, or the id of a
   * session; whether that can be resumed is not known yet. A client of TLS 1.3 sends an id that
   * means nothing (RFC 8446 D.4), which is not counted.
   */
  boolean offersSession();

  /**
   * The JA4 fingerprint over TCP: what kind of client sends such a hello, by its versions, suites,
   * extensions and signature schemes, such as {@code t13d1516h2_8daaf6152771_e5627efa2ab1}. It is
   * computed at each call.
   */
  String ja4();
}
