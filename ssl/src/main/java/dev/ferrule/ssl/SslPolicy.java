package dev.ferrule.ssl;

import java.util.List;

/**
 * Versions, suites and key exchange groups of Mozilla's guideline for servers, version 5.7 (Server
 * Side TLS, wiki.mozilla.org/Security/Server_Side_TLS). The guideline does not change here: a later
 * one would get names of its own.
 */
public enum SslPolicy {
  /** TLS 1.3 only: for peers of the last years. */
  MODERN(Protocol.TLS_1_3, ""),

  /** TLS 1.2 and 1.3, suites with forward secrecy and AEAD: for nearly all peers. */
  INTERMEDIATE(
      Protocol.TLS_1_2,
      """
      ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256\
      :ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384\
      :ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305\
      :DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305\
      """),

  /** TLS 1.0 to 1.3, also suites without forward secrecy and with CBC: for very old peers only. */
  OLD(
      Protocol.TLS_1_0,
      INTERMEDIATE.older
          + """
          :ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256\
          :ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA\
          :ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384\
          :ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA\
          :DHE-RSA-AES128-SHA256:DHE-RSA-AES256-SHA256\
          :AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA256:AES256-SHA256\
          :AES128-SHA:AES256-SHA:DES-CBC3-SHA\
          """);

  private static final String TLS_1_3 =
      "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

  private static final List<String> GROUPS = List.of("x25519", "secp256r1", "secp384r1");

  private final Protocol oldest;
  private final String older;

  SslPolicy(Protocol oldest, String older) {
    this.oldest = oldest;
    this.older = older;
  }

  /** The oldest version. */
  public Protocol minProtocol() {
    return oldest;
  }

  /** The newest version, which is TLS 1.3. */
  public Protocol maxProtocol() {
    return Protocol.TLS_1_3;
  }

  /** The suites in the guideline's order, whether a provider has them or not. */
  public CipherString ciphers() {
    return CipherString.parse(older.isEmpty() ? TLS_1_3 : TLS_1_3 + ":" + older);
  }

  /** The key exchange groups by IANA's names, the preferred first. */
  public List<String> groups() {
    return GROUPS;
  }
}
