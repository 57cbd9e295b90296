package dev.ferrule.ssl;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A cipher suite, as the IANA registry (TLS Cipher Suites), the JDK and OpenSSL know it. Immutable;
 * suites come from {@link CipherString}. That a suite exists here does not say that a provider
 * knows it, or that it is any good.
 *
 * @param name the JDK's name: {@code TLS_...}, or {@code SSL_...} for the suites of SSL 3.0
 * @param openssl OpenSSL's name; for TLS 1.3 the same as IANA's
 * @param id the two bytes on the wire, 0 to 0xFFFF
 * @param kx how the keys are agreed
 * @param auth what proves who the server is
 * @param enc the cipher, its key size and mode
 * @param mac what protects a record's integrity
 * @param since the first protocol that has the suite, by OpenSSL's reckoning
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

    boolean presharedKey() {
      return this == PSK || this == RSA_PSK || this == DHE_PSK || this == ECDHE_PSK;
    }

    boolean forwardSecret() {
      return this == ANY || this == DHE || this == ECDHE || this == DHE_PSK || this == ECDHE_PSK;
    }

    boolean ellipticCurve() {
      return this == ECDHE || this == ECDH_RSA || this == ECDH_ECDSA || this == ECDHE_PSK;
    }

    boolean staticEcdh() {
      return this == ECDH_RSA || this == ECDH_ECDSA;
    }
  }

  /** Authentication. {@code ANY}: TLS 1.3; {@code NULL}: none, anyone in the middle can answer. */
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

  /** OpenSSL's strength classes. */
  enum Grade {
    NULL,
    EXPORT,
    LOW,
    MEDIUM,
    HIGH
  }

  private record Agreement(Kx kx, Auth auth) {}

  private static final Map<String, Agreement> AGREEMENTS =
      Map.ofEntries(
          Map.entry("RSA", new Agreement(Kx.RSA, Auth.RSA)),
          Map.entry("DHE_RSA", new Agreement(Kx.DHE, Auth.RSA)),
          Map.entry("DHE_DSS", new Agreement(Kx.DHE, Auth.DSS)),
          Map.entry("DH_anon", new Agreement(Kx.DHE, Auth.NULL)),
          Map.entry("ECDHE_ECDSA", new Agreement(Kx.ECDHE, Auth.ECDSA)),
          Map.entry("ECDHE_RSA", new Agreement(Kx.ECDHE, Auth.RSA)),
          Map.entry("ECDH_anon", new Agreement(Kx.ECDHE, Auth.NULL)),
          Map.entry("ECDH_ECDSA", new Agreement(Kx.ECDH_ECDSA, Auth.ECDH)),
          Map.entry("ECDH_RSA", new Agreement(Kx.ECDH_RSA, Auth.ECDH)),
          Map.entry("PSK", new Agreement(Kx.PSK, Auth.PSK)),
          Map.entry("RSA_PSK", new Agreement(Kx.RSA_PSK, Auth.RSA)),
          Map.entry("DHE_PSK", new Agreement(Kx.DHE_PSK, Auth.PSK)),
          Map.entry("PSK_DHE", new Agreement(Kx.DHE_PSK, Auth.PSK)),
          Map.entry("ECDHE_PSK", new Agreement(Kx.ECDHE_PSK, Auth.PSK)),
          Map.entry("SRP_SHA", new Agreement(Kx.SRP, Auth.SRP)),
          Map.entry("SRP_SHA_RSA", new Agreement(Kx.SRP, Auth.RSA)),
          Map.entry("SRP_SHA_DSS", new Agreement(Kx.SRP, Auth.DSS)));

  private static final int LAST_OF_SSL3 = 0x1B;

  /** Reads the suite's properties out of its IANA name, given without {@code TLS_}. */
  static CipherSuite of(int id, String openssl, String iana) {
    int with = iana.indexOf("_WITH_");
    String sealing = with < 0 ? iana : iana.substring(with + "_WITH_".length());
    boolean aead =
        sealing.contains("_GCM") || sealing.contains("_CCM") || sealing.contains("_POLY1305");
    String cipher =
        aead
            ? sealing.replaceFirst("_SHA(256|384)$", "")
            : sealing.substring(0, sealing.lastIndexOf('_'));
    Enc enc = Enc.valueOf(cipher.replace("3DES", "TDES"));
    if (with < 0) {
      return new CipherSuite(
          "TLS_" + iana, openssl, id, Kx.ANY, Auth.ANY, enc, Mac.AEAD, Protocol.TLS13);
    }
    Mac mac = aead ? Mac.AEAD : Mac.valueOf(sealing.substring(sealing.lastIndexOf('_') + 1));
    Agreement by =
        Objects.requireNonNull(AGREEMENTS.get(iana.substring(0, with).replace("_EXPORT", "")));
    String prefix = id <= LAST_OF_SSL3 ? "SSL_" : "TLS_";
    return new CipherSuite(prefix + iana, openssl, id, by.kx, by.auth, enc, mac, since(by.kx, mac));
  }

  private static Protocol since(Kx kx, Mac mac) {
    return switch (mac) {
      case AEAD -> Protocol.TLS12;
      case SHA256, SHA384 -> kx.presharedKey() ? Protocol.TLS1 : Protocol.TLS12;
      case SHA, MD5 -> kx.ellipticCurve() ? Protocol.TLS1 : Protocol.SSL3;
    };
  }

  /**
   * {@return the suite of those two bytes on the wire, when it is known}
   *
   * @param id 0 to 0xFFFF
   */
  public static Optional<CipherSuite> ofId(int id) {
    return Optional.ofNullable(CipherTable.find(id));
  }

  /** {@return IANA's name, always {@code TLS_...}} */
  public String iana() {
    return "TLS_" + name.substring(4);
  }

  /** {@return the work to break the cipher, in bits: 0 to 256} */
  public int strengthBits() {
    return enc.bits;
  }

  Grade grade() {
    return switch (enc) {
      case NULL -> Grade.NULL;
      case RC4_40, DES40_CBC -> Grade.EXPORT;
      case DES_CBC -> Grade.LOW;
      // OpenSSL dropped static ECDH altogether; LOW keeps it out of HIGH and of DEFAULT.
      default ->
          kx.staticEcdh()
              ? Grade.LOW
              : switch (enc) {
                case RC4_128, TDES_EDE_CBC, IDEA_CBC, SEED_CBC -> Grade.MEDIUM;
                default -> Grade.HIGH;
              };
    };
  }

  /** Whether OpenSSL's {@code DEFAULT} leaves the suite out although it encrypts. */
  boolean notDefault() {
    String cipher = enc.name();
    return enc != Enc.NULL
        && (grade() != Grade.HIGH
            || auth == Auth.NULL
            || auth == Auth.DSS
            || cipher.contains("_CCM")
            || cipher.startsWith("ARIA")
            || cipher.startsWith("CAMELLIA"));
  }
}
