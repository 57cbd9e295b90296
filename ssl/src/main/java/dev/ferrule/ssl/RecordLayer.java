package dev.ferrule.ssl;

/** What encrypts and decrypts the records of a connection after its handshake (RFC 8446 5). */
public enum RecordLayer {
  /**
   * Ferrule's own record layer, on the JDK's AES-GCM. It is for TLS 1.3, with a provider that tells
   * the traffic secrets; what the provider allocated for the handshake is freed.
   */
  JAVA,

  /** The library of the provider. */
  LIBRARY;

  /** The name in lower case, as the tool writes it. */
  @Override
  public String toString() {
    return this == JAVA ? "java" : "library";
  }
}
