package dev.ferrule.jfr;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a handshake that is done, or has failed; null for what is not. Made only for a
 * recording. Immutable.
 *
 * @param side "client" or "server"
 * @param protocol the version
 * @param cipherSuite the suite, by IANA's name
 * @param group the group of the key exchange, by IANA's name
 * @param serverName what the client asked for (SNI)
 * @param alpn the application protocol
 * @param provider the provider of the library
 */
public record HandshakeFacts(
    @Nullable String side,
    @Nullable String protocol,
    @Nullable String cipherSuite,
    @Nullable String group,
    boolean postQuantum,
    boolean resumed,
    @Nullable String serverName,
    @Nullable String alpn,
    @Nullable String provider) {
  /** Nothing is known. */
  public static final HandshakeFacts NONE =
      new HandshakeFacts(null, null, null, null, false, false, null, null, null);

  /** The same of this side. */
  public HandshakeFacts withSide(String known) {
    return new HandshakeFacts(
        known, protocol, cipherSuite, group, postQuantum, resumed, serverName, alpn, provider);
  }

  /** The same with a name. */
  public HandshakeFacts withServerName(@Nullable String name) {
    return new HandshakeFacts(
        side, protocol, cipherSuite, group, postQuantum, resumed, name, alpn, provider);
  }
}
