package dev.ferrule.ssl.ciphers;

import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.CipherSuite.Auth;
import dev.ferrule.ssl.CipherSuite.Enc;

/** OpenSSL's strength classes. */
enum Grade {
  NULL,
  EXPORT,
  LOW,
  MEDIUM,
  HIGH;

  /** The class of a suite. */
  static Grade of(CipherSuite suite) {
    return switch (suite.enc()) {
      case NULL -> NULL;
      case RC4_40, DES40_CBC -> EXPORT;
      case DES_CBC -> LOW;
      // OpenSSL has no static ECDH any more; in LOW it is neither in HIGH nor in DEFAULT.
      default ->
          suite.kx().staticEcdh()
              ? LOW
              : switch (suite.enc()) {
                case RC4_128, TDES_EDE_CBC, IDEA_CBC, SEED_CBC -> MEDIUM;
                default -> HIGH;
              };
    };
  }

  /** Whether OpenSSL's {@code DEFAULT} leaves the suite out although it encrypts. */
  static boolean notDefault(CipherSuite suite) {
    String cipher = suite.enc().name();
    return suite.enc() != Enc.NULL
        && (of(suite) != HIGH
            || suite.auth() == Auth.NULL
            || suite.auth() == Auth.DSS
            || cipher.contains("_CCM")
            || cipher.startsWith("ARIA")
            || cipher.startsWith("CAMELLIA"));
  }
}
