package dev.ferrule.ssl;

/** Which records of a connection the system's kernel protects, if any (Linux: kernel TLS). */
public enum KernelTls {
  /** None: the {@link RecordLayer} of the session does all. */
  NONE,

  /** It encrypts those that are sent. */
  SENDING,

  /** It decrypts those that are received. */
  RECEIVING,

  /** It does both. */
  BOTH;

  /** Whether it encrypts. */
  public boolean sends() {
    return this == SENDING || this == BOTH;
  }

  /** Whether it decrypts. */
  public boolean receives() {
    return this == RECEIVING || this == BOTH;
  }
}
