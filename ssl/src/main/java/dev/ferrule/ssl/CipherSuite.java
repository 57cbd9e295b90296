package dev.ferrule.ssl;

/**
 * A cipher suite, as the IANA registry (TLS Cipher Suites), the JDK and OpenSSL know it. Immutable;
 * suites come from {@link CipherString}. A suite that is listed here need not be secure, nor known
 * to a provider.
 *
 * @param name the JDK's name: {@code TLS_...}, or {@code SSL_...} for the suites of SSL 3.0
 * @param openssl OpenSSL's name; for TLS 1.3 the same as IANA's
 * @param id the two bytes on the wire, 0 to 0xFFFF
 * @param kx how the keys are agreed
 * @param auth how the server is authenticated
 * @param enc the cipher, its key size and mode
 * @param mac how the integrity of records is protected
 * @param since the first protocol that has the suite, as OpenSSL classifies it
 */
public record CipherSuite(
    String name, String openssl, int id, Kx kx, Auth auth, Enc enc, Mac mac, Protocol since) {

  /** Key agreement. {@code ANY}: TLS 1.3, where it is negotiated apart from the suite. */
  @SuppressWarnings("doclint:missing")
  public enum Kx {
    ANY,
    RSA,
    DHE,
    ECDHE,
    ECDH_RSA,
    ECDH_ECDSA,
    PSK,
    RSA_PSK,
    DHE_PSK,
    ECDHE_PSK,
    SRP;

    /** Whether it uses a pre-shared key. */
    public boolean presharedKey() {
      return this == PSK || this == RSA_PSK || this == DHE_PSK || this == ECDHE_PSK;
    }

    /** Whether the keys of a connection stay secret when the key of the server becomes known. */
    public boolean forwardSecret() {
      return this == ANY || this == DHE || this == ECDHE || this == DHE_PSK || this == ECDHE_PSK;
    }

    /** Whether it computes on an elliptic curve. */
    public boolean ellipticCurve() {
      return this == ECDHE || this == ECDH_RSA || this == ECDH_ECDSA || this == ECDHE_PSK;
    }

    /** Whether the server's ECDH key is the one in its certificate. */
    public boolean staticEcdh() {
      return this == ECDH_RSA || this == ECDH_ECDSA;
    }
  }

  /**
   * Authentication. {@code ANY}: TLS 1.3; {@code NULL}: none, so an attacker on the path can be the
   * server.
   */
  @SuppressWarnings("doclint:missing")
  public enum Auth {
    ANY,
    RSA,
    DSS,
    ECDSA,
    ECDH,
    PSK,
    SRP,
    NULL
  }

  /** Ciphers, named as in IANA's suite names ({@code TDES} is triple DES). */
  @SuppressWarnings("doclint:missing")
  public enum Enc {
    NULL(0),
    RC4_40(40),
    DES40_CBC(40),
    DES_CBC(56),
    RC4_128(128),
    TDES_EDE_CBC(112),
    IDEA_CBC(128),
    SEED_CBC(128),
    CAMELLIA_128_CBC(128),
    CAMELLIA_256_CBC(256),
    AES_128_CBC(128),
    AES_256_CBC(256),
    AES_128_GCM(128),
    AES_256_GCM(256),
    AES_128_CCM(128),
    AES_256_CCM(256),
    AES_128_CCM_8(128),
    AES_256_CCM_8(256),
    ARIA_128_GCM(128),
    ARIA_256_GCM(256),
    CHACHA20_POLY1305(256);

    final int bits;

    Enc(int bits) {
      this.bits = bits;
    }
  }

  /** Integrity. {@code AEAD}: the cipher itself. */
  @SuppressWarnings("doclint:missing")
  public enum Mac {
    AEAD,
    MD5,
    SHA,
    SHA256,
    SHA384
  }

  /** Protocol versions that brought suites; TLS 1.1 brought none. */
  @SuppressWarnings("doclint:missing")
  public enum Protocol {
    SSL3,
    TLS1,
    TLS12,
    TLS13
  }

  /** {@return IANA's name, always {@code TLS_...}} */
  public String iana() {
    return "TLS_" + name.substring(4);
  }

  /** {@return the strength of the cipher in bits: 0 to 256} */
  public int strengthBits() {
    return enc.bits;
  }
}
