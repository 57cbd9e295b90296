package dev.ferrule.ssl.trust;

/** What a certificate path has to be good for (RFC 5280 4.2.1.12). */
public enum Purpose {
  /** A server that signs its handshake: all of TLS 1.3, and the suites with ECDHE or DHE. */
  SERVER("1.3.6.1.5.5.7.3.1", "servers", 0),
  /** A server whose key decrypts: the suites of TLS 1.2 with RSA key exchange. */
  SERVER_DECRYPTING("1.3.6.1.5.5.7.3.1", "servers", 2),
  /** A client, which always signs. */
  CLIENT("1.3.6.1.5.5.7.3.2", "clients", 0);

  private final String id;
  private final String of;
  private final int keyUsage;

  Purpose(String id, String of, int keyUsage) {
    this.id = id;
    this.of = of;
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

  /** Who serves it, for sentences. */
  String of() {
    return of;
  }

  /** The bit of the key usage (RFC 5280 4.2.1.3) that the certificate itself needs. */
  int keyUsage() {
    return keyUsage;
  }
}
