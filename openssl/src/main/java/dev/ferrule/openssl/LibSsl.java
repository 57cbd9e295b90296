package dev.ferrule.openssl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** The functions of libssl that connections use. An SSL is used by one thread at a time. */
final class LibSsl {
  static final int ERROR_NONE = 0;
  static final int ERROR_WANT_READ = 2;
  static final int ERROR_ZERO_RETURN = 6;
  static final int ERROR_WANT_RETRY_VERIFY = 12;

  private static final int SENT_SHUTDOWN = 1;
  private static final int RECEIVED_SHUTDOWN = 2;

  private static final int CTRL_MODE = 33;
  private static final int CTRL_SET_TLSEXT_HOSTNAME = 55;
  private static final int CTRL_SET_TLSEXT_STATUS_REQ_TYPE = 65;
  private static final int CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP = 70;
  private static final int CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP = 71;
  private static final int CTRL_GET_EXTMS_SUPPORT = 122;
  private static final int CTRL_SET_RETRY_VERIFY = 136;
  private static final int STATUS_TYPE_OCSP = 1;
  private static final int KEY_EXCHANGE_RSA = 1037; // NID_kx_rsa

  // SSL *SSL_new(SSL_CTX *ctx)
  private static final MethodHandle NEW = Calls.of("SSL_new");

  // uint64_t SSL_set_options(SSL *s, uint64_t op)
  private static final MethodHandle SET_OPTIONS = Calls.of("SSL_set_options");

  // void SSL_set_info_callback(SSL *ssl, void (*cb)(const SSL *ssl, int type, int val))
  private static final MethodHandle INFO = Calls.of("SSL_set_info_callback");

  // void SSL_set_read_ahead(SSL *s, int yes)
  private static final MethodHandle READ_AHEAD = Calls.of("SSL_set_read_ahead");

  // int SSL_set1_host(SSL *s, const char *hostname)
  private static final MethodHandle SET_HOST = Calls.of("SSL_set1_host");

  // long SSL_get_verify_result(const SSL *ssl)
  private static final MethodHandle VERIFY_RESULT = Calls.of("SSL_get_verify_result");

  // X509 *SSL_get_certificate(const SSL *ssl)
  private static final MethodHandle CERTIFICATE = Calls.of("SSL_get_certificate");

  // void SSL_free(SSL *ssl)
  private static final MethodHandle FREE = Calls.of("SSL_free");

  // void SSL_set_connect_state(SSL *s)
  private static final MethodHandle CONNECT_STATE = Calls.of("SSL_set_connect_state");

  // void SSL_set_accept_state(SSL *s)
  private static final MethodHandle ACCEPT_STATE = Calls.of("SSL_set_accept_state");

  // void SSL_set_bio(SSL *s, BIO *rbio, BIO *wbio)
  private static final MethodHandle SET_BIO = Calls.of("SSL_set_bio");

  // int SSL_do_handshake(SSL *s)
  private static final MethodHandle DO_HANDSHAKE = Calls.of("SSL_do_handshake");

  // int SSL_read(SSL *ssl, void *buf, int num)
  private static final MethodHandle READ = Calls.of("SSL_read");

  // int SSL_write(SSL *ssl, const void *buf, int num)
  private static final MethodHandle WRITE = Calls.of("SSL_write");

  // int SSL_shutdown(SSL *s)
  private static final MethodHandle SHUTDOWN = Calls.of("SSL_shutdown");

  // void SSL_set_shutdown(SSL *ssl, int mode)
  private static final MethodHandle SET_SHUTDOWN = Calls.of("SSL_set_shutdown");

  // int SSL_get_error(const SSL *s, int ret_code)
  private static final MethodHandle GET_ERROR = Calls.of("SSL_get_error");

  // int SSL_pending(const SSL *s)
  private static final MethodHandle PENDING = Calls.of("SSL_pending");

  // int SSL_version(const SSL *s)
  private static final MethodHandle VERSION = Calls.of("SSL_version");

  // const char *SSL_get_version(const SSL *s)
  private static final MethodHandle VERSION_NAME = Calls.of("SSL_get_version");

  // const SSL_CIPHER *SSL_get_current_cipher(const SSL *s)
  private static final MethodHandle CIPHER = Calls.of("SSL_get_current_cipher");

  // const SSL_CIPHER *SSL_get_pending_cipher(const SSL *s)
  private static final MethodHandle PENDING_CIPHER = Calls.of("SSL_get_pending_cipher");

  // const char *SSL_CIPHER_standard_name(const SSL_CIPHER *c)
  private static final MethodHandle CIPHER_NAME = Calls.of("SSL_CIPHER_standard_name");

  // int SSL_CIPHER_get_kx_nid(const SSL_CIPHER *c)
  private static final MethodHandle KEY_EXCHANGE = Calls.of("SSL_CIPHER_get_kx_nid");

  // long SSL_ctrl(SSL *ssl, int cmd, long larg, void *parg)
  private static final MethodHandle CTRL = Calls.of("SSL_ctrl");

  // void SSL_get0_alpn_selected(const SSL *ssl, const unsigned char **data, unsigned int *len)
  private static final MethodHandle ALPN = Calls.of("SSL_get0_alpn_selected");

  // X509 *SSL_get1_peer_certificate(const SSL *s)
  private static final MethodHandle PEER_CERTIFICATE = Calls.of("SSL_get1_peer_certificate");

  // STACK_OF(X509) *SSL_get_peer_cert_chain(const SSL *s)
  private static final MethodHandle PEER_CHAIN = Calls.of("SSL_get_peer_cert_chain");

  // int SSL_session_reused(const SSL *s)
  private static final MethodHandle REUSED = Calls.of("SSL_session_reused");

  // int SSL_set_session(SSL *to, SSL_SESSION *session)
  private static final MethodHandle SET_SESSION = Calls.of("SSL_set_session");

  // SSL_SESSION *SSL_get1_session(SSL *ssl)
  private static final MethodHandle OWN_SESSION = Calls.of("SSL_get1_session");

  // int SSL_export_keying_material(SSL *s, unsigned char *out, size_t olen, const char *label,
  //     size_t llen, const unsigned char *context, size_t contextlen, int use_context)
  private static final MethodHandle EXPORT = Calls.ofEight("SSL_export_keying_material");

  // void SSL_SESSION_free(SSL_SESSION *session)
  private static final MethodHandle SESSION_FREE = Calls.of("SSL_SESSION_free");

  // long SSL_SESSION_get_time(const SSL_SESSION *s)
  private static final MethodHandle SESSION_TIME = Calls.of("SSL_SESSION_get_time");

  // long SSL_SESSION_get_timeout(const SSL_SESSION *s)
  private static final MethodHandle SESSION_TIMEOUT = Calls.of("SSL_SESSION_get_timeout");

  // unsigned long SSL_SESSION_get_ticket_lifetime_hint(const SSL_SESSION *s)
  private static final MethodHandle SESSION_HINT = Calls.of("SSL_SESSION_get_ticket_lifetime_hint");

  // int SSL_get_ex_data_X509_STORE_CTX_idx(void)
  private static final MethodHandle STORE_INDEX = Calls.of("SSL_get_ex_data_X509_STORE_CTX_idx");

  /** Where the SSL is among the data of an X509_STORE_CTX. */
  static final int IN_STORE = (int) Calls.call(STORE_INDEX);

  private LibSsl() {}

  /** A new SSL with BIOs of its own in memory; the caller frees it. */
  static long make(long context, boolean server, long input, long output) {
    long ssl = LibCrypto.required(Calls.call(NEW, context), "memory for a connection");
    Calls.call(server ? ACCEPT_STATE : CONNECT_STATE, ssl);
    Calls.call(SET_BIO, ssl, input, output);
    return ssl;
  }

  /** With its BIOs. */
  static void free(long ssl) {
    Calls.call(FREE, ssl);
  }

  // ---- of a context that was made outside

  static void mode(long ssl, long bits) {
    Calls.call(CTRL, ssl, CTRL_MODE, bits, 0);
  }

  static void options(long ssl, long bits) {
    Calls.call(SET_OPTIONS, ssl, bits);
  }

  static void info(long ssl, long callback) {
    Calls.call(INFO, ssl, callback);
  }

  static void readAhead(long ssl, int yes) {
    Calls.call(READ_AHEAD, ssl, yes);
  }

  /** The name or address that the server's certificate must have. */
  static boolean verifiedHost(long ssl, String host) {
    return (int) Calls.call(SET_HOST, ssl, host) == 1;
  }

  /** An X509_V_ERR. */
  static int verifyResult(long ssl) {
    return (int) Calls.call(VERIFY_RESULT, ssl);
  }

  /** The certificate that this side shows; none for nothing. */
  static byte[][] ownCertificate(long ssl) {
    long certificate = Calls.call(CERTIFICATE, ssl);
    return certificate == 0 ? new byte[0][] : new byte[][] {LibCrypto.encoded(certificate)};
  }

  // ---- the connection

  static int handshake(long ssl) {
    return (int) Calls.call(DO_HANDSHAKE, ssl);
  }

  static int read(long ssl, long to, int bytes) {
    return (int) Calls.call(READ, ssl, to, bytes);
  }

  static int write(long ssl, long from, int bytes) {
    return (int) Calls.call(WRITE, ssl, from, bytes);
  }

  static void shutdown(long ssl) {
    Calls.call(SHUTDOWN, ssl);
  }

  /** It counts as ended by both sides: how is another's care. */
  static void isShutDown(long ssl) {
    Calls.call(SET_SHUTDOWN, ssl, SENT_SHUTDOWN | RECEIVED_SHUTDOWN);
  }

  /** What the result of the call before means; it looks at this thread's error queue. */
  static int error(long ssl, int result) {
    return (int) Calls.call(GET_ERROR, ssl, result);
  }

  static int pending(long ssl) {
    return (int) Calls.call(PENDING, ssl);
  }

  /** Such as 0x304 of TLS 1.3. */
  static int version(long ssl) {
    return (int) Calls.call(VERSION, ssl);
  }

  static String versionName(long ssl) {
    return Calls.text(Calls.call(VERSION_NAME, ssl));
  }

  /** IANA's name of the suite. */
  static String cipher(long ssl) {
    return Calls.text(Calls.call(CIPHER_NAME, Calls.call(CIPHER, ssl)));
  }

  /** Whether the handshake that goes on has the key exchange TLS_RSA. */
  static boolean exchangesByRsa(long ssl) {
    long cipher = Calls.call(PENDING_CIPHER, ssl);
    return cipher != 0 && (int) Calls.call(KEY_EXCHANGE, cipher) == KEY_EXCHANGE_RSA;
  }

  /** The name that a client sends (SNI); false when OpenSSL does not take it. */
  static boolean hostName(long ssl, String name) {
    return (int) Calls.call(CTRL, ssl, CTRL_SET_TLSEXT_HOSTNAME, 0, name) == 1;
  }

  /** In the callback that verifies, on a client: it will be called again. */
  static void verifyLater(long ssl) {
    Calls.call(CTRL, ssl, CTRL_SET_RETRY_VERIFY, 0, 0);
  }

  static void requestStaple(long ssl) {
    Calls.call(CTRL, ssl, CTRL_SET_TLSEXT_STATUS_REQ_TYPE, STATUS_TYPE_OCSP, 0);
  }

  /** The OCSP response of the server; empty when it sent none. */
  static byte[] staple(long ssl) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment at = arena.allocate(JAVA_LONG);
      long length = Calls.call(CTRL, ssl, CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP, 0, at.address());
      return Calls.bytes(at.get(JAVA_LONG, 0), length);
    }
  }

  /** What a server staples; OpenSSL frees {@code response}, which it allocated. */
  static boolean staple(long ssl, long response, int bytes) {
    return (int) Calls.call(CTRL, ssl, CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP, bytes, response) == 1;
  }

  static boolean hasExtendedMasterSecret(long ssl) {
    return (int) Calls.call(CTRL, ssl, CTRL_GET_EXTMS_SUPPORT, 0, 0) == 1;
  }

  /** The application protocol; empty for none. */
  static byte[] alpn(long ssl) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment at = arena.allocate(JAVA_LONG);
      MemorySegment length = arena.allocate(JAVA_INT);
      Calls.call(ALPN, ssl, at.address(), length.address());
      return Calls.bytes(at.get(JAVA_LONG, 0), length.get(JAVA_INT, 0));
    }
  }

  /** The peer's certificates, the leaf first; none when it showed none. */
  static byte[][] peerChain(long ssl, boolean server) {
    byte[][] rest = LibCrypto.allEncoded(Calls.call(PEER_CHAIN, ssl));
    if (!server && rest.length > 0) {
      return rest; // on a client it starts with the leaf
    }
    long leaf = Calls.call(PEER_CERTIFICATE, ssl);
    if (leaf == 0) {
      return new byte[0][];
    }
    try {
      byte[][] all = new byte[rest.length + 1][];
      all[0] = LibCrypto.encoded(leaf);
      System.arraycopy(rest, 0, all, 1, rest.length);
      return all;
    } finally {
      LibCrypto.freeCertificate(leaf);
    }
  }

  // ---- sessions

  static boolean resumed(long ssl) {
    return (int) Calls.call(REUSED, ssl) == 1;
  }

  /** A reference to the session, which is the caller's; 0 for none. */
  static long session(long ssl) {
    return Calls.call(OWN_SESSION, ssl);
  }

  static void resume(long ssl, long session) {
    Calls.call(SET_SESSION, ssl, session);
  }

  static void freeSession(long session) {
    Calls.call(SESSION_FREE, session);
  }

  /** In seconds since 1970. */
  static long sessionTime(long session) {
    return Calls.call(SESSION_TIME, session);
  }

  /** In seconds: the shorter of what this side and the server say. */
  static long sessionLifetime(long session) {
    long own = Calls.call(SESSION_TIMEOUT, session);
    long server = Calls.call(SESSION_HINT, session) & 0xFFFF_FFFFL;
    return server == 0 ? own : Math.min(own, server);
  }

  /** Exported keying material (RFC 8446 7.5, RFC 5705 4), which is the caller's. */
  static byte[] export(long ssl, String label, byte @Nullable [] context, int length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment to = arena.allocate(length);
      MemorySegment name = arena.allocateFrom(label);
      byte[] given = context == null ? new byte[0] : context;
      MemorySegment copy = arena.allocate(given.length + 1L);
      MemorySegment.copy(given, 0, copy, JAVA_BYTE, 0, given.length);
      long done =
          Calls.call(
              EXPORT,
              ssl,
              to.address(),
              length,
              name.address(),
              label.length(),
              copy.address(),
              given.length,
              context == null ? 0 : 1);
      if ((int) done != 1) {
        throw new IllegalStateException(
            "OpenSSL exports no keying material: " + ErrorQueue.words());
      }
      byte[] material = to.toArray(JAVA_BYTE);
      to.fill((byte) 0);
      return material;
    }
  }
}
