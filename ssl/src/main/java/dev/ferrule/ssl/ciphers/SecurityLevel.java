package dev.ferrule.ssl.ciphers;

import dev.ferrule.ssl.CipherSuite;
import dev.ferrule.ssl.CipherSuite.Auth;
import dev.ferrule.ssl.CipherSuite.Enc;
import dev.ferrule.ssl.CipherSuite.Mac;

/**
 * The suites that {@code @SECLEVEL=n} allows, 0 to 5: SSL_CTX_set_security_level(3), as far as it
 * is about suites. The provider checks keys and signatures.
 */
record SecurityLevel(int level) {
  private static final int[] BITS = {0, 80, 112, 128, 192, 256};
  private static final int SHA_BITS = 160;

  /** The default of OpenSSL 3.0; distributions may have a higher one. */
  static final SecurityLevel DEFAULT = new SecurityLevel(1);

  SecurityLevel {
    if (level < 0 || level >= BITS.length) {
      throw new IllegalArgumentException("A security level is 0 to 5, not " + level + ".");
    }
  }

  /** Whether a suite may be used at this level. */
  boolean allows(CipherSuite suite) {
    if (level == 0) {
      return true;
    }
    return suite.strengthBits() >= BITS[level]
        && suite.auth() != Auth.NULL
        && suite.mac() != Mac.MD5
        && !(suite.mac() == Mac.SHA && BITS[level] > SHA_BITS)
        && !(suite.enc() == Enc.RC4_128 && level >= 2)
        && !(level >= 3 && !suite.kx().forwardSecret());
  }
}
