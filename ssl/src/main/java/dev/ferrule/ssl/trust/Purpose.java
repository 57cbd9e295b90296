package dev.ferrule.ssl.trust;

/** The purpose that a certificate path must allow (RFC 5280 4.2.1.12). */
public enum Purpose {
  /** A server that signs its handshake: all of TLS 1.3, and the suites with ECDHE or DHE. */
  SERVER("1.3.6.1.5.5.7.3.1", "servers", 0),
  /** A server whose key decrypts: the suites of TLS 1.2 with RSA key exchange. */
  SERVER_DECRYPTING("1.3.6.1.5.5.7.3.1", "servers", 2),
  /** A client, which always signs. */
  CLIENT("1.3.6.1.5.5.7.3.2", "clients", 0);

  private final String id;
  private final String peers;
  private final int keyUsage;

  Purpose(String id, String peers, int keyUsage) {
    this.id = id;
    this.peers = peers;
    this.keyUsage = keyUsage;
  }

  /** The purpose of the server behind a JSSE authentication type, such as {@code ECDHE_RSA}. */
  public static Purpose ofServer(String authType) {
    return authType.equals("RSA") ? SERVER_DECRYPTING : SERVER;
  }

  /** The object identifier that an extended key usage has for it. */
  String id() {
    return id;
  }

  /** The peers that it is for, in a sentence. */
  String peers() {
    return peers;
  }

  /** The bit of the key usage (RFC 5280 4.2.1.3) that the certificate itself needs. */
  int keyUsage() {
    return keyUsage;
  }
}
