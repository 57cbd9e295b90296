package dev.ferrule.ssl;

/** How a client checks its server's certificate. */
public enum Verify {
  /** Its chain leads to a trusted issuer, and it names the host (RFC 6125). The default. */
  CHAIN_AND_HOST,
  /** Its chain leads to a trusted issuer; the host name is not compared. */
  CHAIN,
  /** Its public key is one of {@link SslSetup#pins}; neither chain nor host name is looked at. */
  PINS,
  /** Nothing is checked: an attacker on the path can read and change everything. */
  NONE
}
