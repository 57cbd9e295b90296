package dev.ferrule.ssl;

import java.util.Locale;

/**
 * The options of cl-async's {@code :ssl-options}, mapped by name, and OpenSSL 3's. What each means
 * for a provider is in docs/options.md: some are always so, some have no effect; one that a
 * provider cannot honour is an {@link SslConfigException}.
 */
public enum SslOption {
  /** Datagrams only: no effect here. */
  NO_QUERY_MTU,
  /** Datagrams only: no effect here. */
  COOKIE_EXCHANGE,
  /** No session tickets (RFC 5077). */
  NO_TICKET,
  /** Datagrams only: no effect here. */
  CISCO_ANYCONNECT,
  /** Always so: the peer's renegotiation is refused. */
  NO_SESSION_RESUMPTION_ON_RENEGOTIATION,
  /** Always so: compression leaks secrets (CRIME) and is never offered. */
  NO_COMPRESSION,
  /** Renegotiation without RFC 5746; refused by every provider. */
  ALLOW_UNSAFE_LEGACY_RENEGOTIATION,
  /** Always so: a new key pair for each handshake. */
  SINGLE_ECDH_USE,
  /** Always so: a new key pair for each handshake. */
  SINGLE_DH_USE,
  /** No effect, as in OpenSSL since 1.0.1k: temporary RSA keys were an export rule. */
  EPHEMERAL_RSA,
  /** The server's order of suites counts, not the client's; so by default. */
  CIPHER_SERVER_PREFERENCE,
  /**
   * Tolerates clients that send a wrong version, which allows downgrades; refused by every
   * provider.
   */
  TLS_ROLLBACK_BUG,
  /** Always so: SSL 2 is not implemented. */
  NO_SSLV2,
  /** Always so: SSL 3 is not implemented. */
  NO_SSLV3,
  /** No TLS 1.0; so by default. */
  NO_TLSV1,
  /** No TLS 1.1; so by default. */
  NO_TLSV1_1,
  /** No TLS 1.2. */
  NO_TLSV1_2,
  /** No TLS 1.3. */
  NO_TLSV1_3,
  /** Accepts certificates that are signed with SHA-1, which can be forged; not cl-async's. */
  ALLOW_SHA1_CERTIFICATES,
  /**
   * Accepts certificates that are signed with MD5 or older, which are easy to forge; not
   * cl-async's.
   */
  ALLOW_MD5_CERTIFICATES,
  /** Accepts RSA keys under 2,048 bits and EC keys under 224 in certificates; not cl-async's. */
  ALLOW_SHORT_KEYS,
  /** SHA-1 as a signature of the TLS 1.2 handshake itself (RFC 9155); not cl-async's. */
  ALLOW_SHA1_HANDSHAKE,
  /** OpenSSL's. Always so: the peer's renegotiation is refused. */
  NO_RENEGOTIATION,
  /** OpenSSL's: no encrypt-then-MAC with CBC suites (RFC 7366). */
  NO_ENCRYPT_THEN_MAC,
  /** OpenSSL's: no extended master secret (RFC 7627), which ties a TLS 1.2 session to its peers. */
  NO_EXTENDED_MASTER_SECRET,
  /** OpenSSL's: a server takes ChaCha20 from a client that prefers it, whatever its own order. */
  PRIORITIZE_CHACHA,
  /** OpenSSL's: sessions of TLS 1.3 may be resumed without a new key exchange. */
  ALLOW_NO_DHE_KEX,
  /** OpenSSL's: no protection of early data from replay; no effect, as there is none. */
  NO_ANTI_REPLAY,
  /** OpenSSL's: TLS 1.3 looks like TLS 1.2 to what stands between (RFC 8446 D.4); so by default. */
  ENABLE_MIDDLEBOX_COMPAT,
  /** OpenSSL's: a client takes servers that have no secure renegotiation (RFC 5746). */
  LEGACY_SERVER_CONNECT,
  /** OpenSSL's: no empty records against the BEAST attack, with CBC in TLS 1.0. */
  DONT_INSERT_EMPTY_FRAGMENTS,
  /** OpenSSL's: hellos of 256 to 511 bytes are made longer, for servers that stall at them. */
  TLSEXT_PADDING,
  /** OpenSSL's: decrypted bytes are overwritten in its own buffers once they are read. */
  CLEANSE_PLAINTEXT,
  /** OpenSSL's: a server does not tell whose certificates it takes. */
  DISABLE_TLSEXT_CA_NAMES,
  /** OpenSSL's: no ECDHE-ECDSA with old Safari on OS X, which cannot speak it. */
  SAFARI_ECDHE_ECDSA_BUG,
  /** OpenSSL's: an extension that CryptoPro's implementation expects. */
  CRYPTOPRO_TLSEXT_BUG;

  /**
   * The option that cl-async calls {@code name}, such as {@code no-ticket}.
   *
   * @throws SslConfigException when there is none
   */
  public static SslOption of(String name) {
    for (SslOption option : values()) {
      if (option.toString().equalsIgnoreCase(name)) {
        return option;
      }
    }
    throw new SslConfigException("there is no SSL option '" + name + "'");
  }

  /** Whether only the openssl provider has it, so that the others refuse it. */
  public boolean needsOpenssl() {
    return compareTo(NO_RENEGOTIATION) > 0;
  }

  /** The name as cl-async writes it, such as {@code no-ticket}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
