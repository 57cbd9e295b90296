package dev.ferrule.ssl.records;

/**
 * Sentences about a handshake message after the handshake, before TLS 1.3. Its type is known only
 * where the provider decrypts the message before its library reacts to it.
 */
public final class LateHandshake {
  /** A server's HelloRequest. */
  public static final String HELLO_REQUEST =
      "the peer asked for renegotiation, which is refused (RFC 5746, RFC 9325 3.5)";

  /** A client's message that may be a ClientHello. */
  public static final String LATE_MESSAGE =
      "the peer sent a handshake message after the handshake: if it is renegotiation, that is"
          + " refused (RFC 5746, RFC 9325 3.5)";

  private LateHandshake() {}
}
