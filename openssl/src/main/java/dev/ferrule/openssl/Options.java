package dev.ferrule.openssl;

import dev.ferrule.ssl.SslOption;
import java.util.Set;

/** The bits of SSL_CTX_set_options (ssl.h of OpenSSL 3.0). */
final class Options {
  static final long NO_TICKET = bit(14);
  static final long NO_RENEGOTIATION = bit(30);
  private static final long NO_SESSION_RESUMPTION_ON_RENEGOTIATION = bit(16);
  private static final long NO_COMPRESSION = bit(17);
  private static final long CIPHER_SERVER_PREFERENCE = bit(22);
  private static final long LEGACY_SERVER_CONNECT = bit(2);
  private static final long ALLOW_CLIENT_RENEGOTIATION = bit(8);

  /** What every context has. */
  static final long ALWAYS =
      NO_RENEGOTIATION
          | NO_SESSION_RESUMPTION_ON_RENEGOTIATION
          | NO_COMPRESSION
          | CIPHER_SERVER_PREFERENCE;

  /** What the system's configuration may have set, and no context has that did not ask for it. */
  static final long NEVER =
      LEGACY_SERVER_CONNECT
          | ALLOW_CLIENT_RENEGOTIATION
          | NO_TICKET
          | bit(SslOption.ALLOW_UNSAFE_LEGACY_RENEGOTIATION)
          | bit(SslOption.TLS_ROLLBACK_BUG);

  private Options() {}

  private static long bit(int number) {
    return 1L << number;
  }

  static long bits(Set<SslOption> options) {
    return options.stream().mapToLong(Options::bit).reduce(0, (a, b) -> a | b);
  }

  /** The bit that leaves out a version, by its number in the protocol. */
  static long without(int version) {
    return bit(
        switch (version) {
          case 0x0301 -> SslOption.NO_TLSV1;
          case 0x0302 -> SslOption.NO_TLSV1_1;
          case 0x0303 -> SslOption.NO_TLSV1_2;
          default -> SslOption.NO_TLSV1_3;
        });
  }

  /** The bit of an option; 0 for one that has had no effect since OpenSSL 1.1, or is Ferrule's. */
  static long bit(SslOption option) {
    return switch (option) {
      case NO_QUERY_MTU -> bit(12);
      case COOKIE_EXCHANGE -> bit(13);
      case NO_TICKET -> NO_TICKET;
      case CISCO_ANYCONNECT -> bit(15);
      case NO_SESSION_RESUMPTION_ON_RENEGOTIATION -> NO_SESSION_RESUMPTION_ON_RENEGOTIATION;
      case NO_COMPRESSION -> NO_COMPRESSION;
      case ALLOW_UNSAFE_LEGACY_RENEGOTIATION -> bit(18);
      case CIPHER_SERVER_PREFERENCE -> CIPHER_SERVER_PREFERENCE;
      case TLS_ROLLBACK_BUG -> bit(23);
      case NO_SSLV3 -> bit(25);
      case NO_TLSV1 -> bit(26);
      case NO_TLSV1_1 -> bit(28);
      case NO_TLSV1_2 -> bit(27);
      case NO_TLSV1_3 -> bit(29);
      case SINGLE_ECDH_USE,
          SINGLE_DH_USE,
          EPHEMERAL_RSA,
          NO_SSLV2,
          ALLOW_SHA1_CERTIFICATES,
          ALLOW_MD5_CERTIFICATES,
          ALLOW_SHORT_KEYS,
          ALLOW_SHA1_HANDSHAKE ->
          0;
      case NO_RENEGOTIATION -> NO_RENEGOTIATION;
      case NO_ENCRYPT_THEN_MAC -> bit(19);
      case NO_EXTENDED_MASTER_SECRET -> bit(0);
      case PRIORITIZE_CHACHA -> bit(21);
      case ALLOW_NO_DHE_KEX -> bit(10);
      case NO_ANTI_REPLAY -> bit(24);
      case ENABLE_MIDDLEBOX_COMPAT -> bit(20);
      case LEGACY_SERVER_CONNECT -> LEGACY_SERVER_CONNECT;
      case DONT_INSERT_EMPTY_FRAGMENTS -> bit(11);
      case TLSEXT_PADDING -> bit(4);
      case CLEANSE_PLAINTEXT -> bit(1);
      case DISABLE_TLSEXT_CA_NAMES -> bit(9);
      case SAFARI_ECDHE_ECDSA_BUG -> bit(6);
      case CRYPTOPRO_TLSEXT_BUG -> bit(31);
    };
  }
}
