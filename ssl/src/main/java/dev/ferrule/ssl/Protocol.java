package dev.ferrule.ssl;

/** Versions of SSL and TLS, oldest first. */
public enum Protocol {
  /** TLS 1.0, RFC 2246; broken, and disabled by default. */
  TLS_1_0("TLSv1"),
  /** TLS 1.1, RFC 4346; deprecated by RFC 8996, and disabled by default. */
  TLS_1_1("TLSv1.1"),
  /** TLS 1.2, RFC 5246. */
  TLS_1_2("TLSv1.2"),
  /** TLS 1.3, RFC 8446. */
  TLS_1_3("TLSv1.3");

  private final String text;

  Protocol(String text) {
    this.text = text;
  }

  /** The version that is called {@code name}, as {@link #toString} writes it. */
  public static Protocol of(String name) {
    for (Protocol protocol : values()) {
      if (protocol.text.equals(name)) {
        return protocol;
      }
    }
    throw new SslConfigException(
        "there is no protocol '" + name + "': the names are TLSv1, TLSv1.1, TLSv1.2 and TLSv1.3");
  }

  /** The name as the JDK and OpenSSL write it, such as {@code TLSv1.3}. */
  @Override
  public String toString() {
    return text;
  }
}
