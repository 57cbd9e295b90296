package dev.ferrule.ssl.spi;

import dev.ferrule.ssl.SslConfigException;

/**
 * What SSL providers may be able to do or not. The table of {@code ./ferrule providers
 * --capabilities}, the one of docs/options.md and the refusals of settings are made from it.
 */
public enum Capability {
  /** TLS 1.0 and 1.1, where they are asked for. */
  OLD_VERSIONS("speak TLS 1.0 and 1.1"),

  /** Such as TLS 1.1 and 1.3 without 1.2. */
  VERSION_GAPS("leave out a version between others"),

  /** A choice among the suites of TLS 1.3. */
  SUITES_OF_TLS_1_3("leave out suites of TLS 1.3"),

  /** The option {@code CIPHER_SERVER_PREFERENCE} with TLS 1.3. */
  SUITE_ORDER_IN_TLS_1_3("put the suites of TLS 1.3 into an order of its own"),

  /** DHE, and CBC with SHA-256 or SHA-384, in TLS 1.2. */
  DHE_AND_CBC_SHA_2("use suites of DHE, and of CBC with SHA-256 or SHA-384"),

  /** Suites {@code TLS_RSA_...}. */
  RSA_KEY_EXCHANGE("use suites without forward secrecy (RSA key exchange)"),

  /** {@link dev.ferrule.ssl.SslSetup#groups}. */
  GROUPS("choose key exchange groups"),

  /** {@link dev.ferrule.ssl.SslSetup#postQuantum}. */
  POST_QUANTUM_GROUPS("agree on keys by a post-quantum group"),

  /** {@link dev.ferrule.ssl.SslSetup#signatureSchemes}. */
  SIGNATURE_SCHEMES("choose signature schemes by name"),

  /** Certificates of peers with Ed25519 or P-521 keys. */
  ED25519_PEERS("verify signatures of peers by Ed25519 and on P-521"),

  /** {@link dev.ferrule.ssl.RecordLayer#JAVA}: it tells the traffic secrets of TLS 1.3. */
  RECORDS_IN_JAVA("tell the traffic secrets, which records in Java need"),

  /** {@link dev.ferrule.ssl.SslSetup#keyLog}, and secrets inside a capture. */
  KEY_LOG("tell the secrets of handshakes (key log, capture)"),

  /** {@link dev.ferrule.ssl.SslOption#NO_TICKET} for one context. */
  NO_TICKET("turn session tickets off for one context"),

  /** Tickets of a server that other servers, or the next run, can open. */
  SHARED_TICKET_KEYS("share the keys of session tickets"),

  /** Responses about a server's certificate (RFC 6066 8). */
  OCSP_STAPLING("staple OCSP responses"),

  /** {@link dev.ferrule.ssl.SslSigner}. */
  SIGNING_CALLBACK("sign by a callback of the program"),

  /** {@link dev.ferrule.ssl.Credentials#ofUri}. */
  KEYS_BY_URI("find a key by its URI"),

  /** {@link dev.ferrule.ssl.SslSetup#externalPsk}. */
  EXTERNAL_PSK("authenticate by external pre-shared keys (PSK)"),

  /** {@link dev.ferrule.ssl.SslContext#of}. */
  OUTSIDE_CONTEXTS("take a context that was made outside");

  private final String text;

  Capability(String text) {
    this.text = text;
  }

  /**
   * The error of a setting that needs it.
   *
   * @param provider the name of the provider that cannot do it
   * @param why what stands in the way, or what to do instead; the end of the sentence
   */
  public SslConfigException refusal(String provider, String why) {
    return new SslConfigException("the " + provider + " provider cannot " + text + ": " + why);
  }

  /** What can be done, as it stands behind "it can". */
  @Override
  public String toString() {
    return text;
  }
}
