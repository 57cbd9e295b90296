package dev.ferrule.openssl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/** The functions of libssl that settings of a context use. A context is set by one thread. */
final class LibContext {
  static final int TLS_1_3 = 0x0304;

  static final long MODE_ENABLE_PARTIAL_WRITE = 1;
  static final long MODE_ACCEPT_MOVING_WRITE_BUFFER = 2;
  static final long MODE_NO_AUTO_CHAIN = 8;
  static final long MODE_RELEASE_BUFFERS = 0x10;

  static final int CACHE_OFF = 0;
  static final int CACHE_CLIENT = 1;
  static final int CACHE_SERVER = 2;
  static final int CACHE_NO_INTERNAL = 0x300;

  static final int VERIFY_NONE = 0;
  static final int VERIFY_PEER = 1;
  static final int VERIFY_FAIL_IF_NO_PEER_CERT = 2;

  private static final int CTRL_MODE = 33;
  private static final int CTRL_SET_SESS_CACHE_SIZE = 42;
  private static final int CTRL_SET_SESS_CACHE_MODE = 44;
  private static final int CTRL_SET_TLSEXT_STATUS_REQ_CB = 63;
  private static final int CTRL_CHAIN = 88;
  private static final int CTRL_CHAIN_CERT = 89;
  private static final int CTRL_SET_GROUPS_LIST = 92;
  private static final int CTRL_SET_SIGALGS_LIST = 98;
  private static final int CTRL_SET_DH_AUTO = 118;
  private static final int CTRL_SET_MIN_PROTO_VERSION = 123;
  private static final int CTRL_SET_MAX_PROTO_VERSION = 124;
  private static final int CTRL_GET_MIN_PROTO_VERSION = 130;
  private static final int CTRL_GET_MAX_PROTO_VERSION = 131;

  // const SSL_METHOD *TLS_client_method(void)
  private static final MethodHandle CLIENT = Calls.of("TLS_client_method");

  // const SSL_METHOD *TLS_server_method(void)
  private static final MethodHandle SERVER = Calls.of("TLS_server_method");

  // int SSL_CTX_get_verify_mode(const SSL_CTX *ctx)
  private static final MethodHandle VERIFY_MODE = Calls.of("SSL_CTX_get_verify_mode");

  // SSL_CTX *SSL_CTX_new(const SSL_METHOD *method)
  private static final MethodHandle NEW = Calls.of("SSL_CTX_new");

  // int SSL_CTX_up_ref(SSL_CTX *ctx)
  private static final MethodHandle UP_REF = Calls.of("SSL_CTX_up_ref");

  // void SSL_CTX_free(SSL_CTX *)
  private static final MethodHandle FREE = Calls.of("SSL_CTX_free");

  // long SSL_CTX_ctrl(SSL_CTX *ctx, int cmd, long larg, void *parg)
  private static final MethodHandle CTRL = Calls.of("SSL_CTX_ctrl");

  // long SSL_CTX_callback_ctrl(SSL_CTX *, int, void (*)(void))
  private static final MethodHandle CALLBACK_CTRL = Calls.of("SSL_CTX_callback_ctrl");

  // uint64_t SSL_CTX_set_options(SSL_CTX *ctx, uint64_t op)
  private static final MethodHandle SET_OPTIONS = Calls.of("SSL_CTX_set_options");

  // uint64_t SSL_CTX_clear_options(SSL_CTX *ctx, uint64_t op)
  private static final MethodHandle CLEAR_OPTIONS = Calls.of("SSL_CTX_clear_options");

  // uint64_t SSL_CTX_get_options(const SSL_CTX *ctx)
  private static final MethodHandle GET_OPTIONS = Calls.of("SSL_CTX_get_options");

  // void SSL_CTX_set_security_level(SSL_CTX *ctx, int level)
  private static final MethodHandle SET_LEVEL = Calls.of("SSL_CTX_set_security_level");

  // int SSL_CTX_get_security_level(const SSL_CTX *ctx)
  private static final MethodHandle GET_LEVEL = Calls.of("SSL_CTX_get_security_level");

  // int SSL_CTX_set_cipher_list(SSL_CTX *, const char *str)
  private static final MethodHandle CIPHER_LIST = Calls.of("SSL_CTX_set_cipher_list");

  // int SSL_CTX_set_ciphersuites(SSL_CTX *ctx, const char *str)
  private static final MethodHandle CIPHER_SUITES = Calls.of("SSL_CTX_set_ciphersuites");

  // STACK_OF(SSL_CIPHER) *SSL_CTX_get_ciphers(const SSL_CTX *ctx)
  private static final MethodHandle GET_CIPHERS = Calls.of("SSL_CTX_get_ciphers");

  // const char *SSL_CIPHER_standard_name(const SSL_CIPHER *c)
  private static final MethodHandle CIPHER_NAME = Calls.of("SSL_CIPHER_standard_name");

  // int SSL_CTX_set_alpn_protos(SSL_CTX *ctx, const unsigned char *protos,
  //     unsigned int protos_len), which returns 0 when all is well
  private static final MethodHandle ALPN_PROTOCOLS = Calls.of("SSL_CTX_set_alpn_protos");

  // void SSL_CTX_set_alpn_select_cb(SSL_CTX *ctx, SSL_CTX_alpn_select_cb_func cb, void *arg)
  private static final MethodHandle ALPN_SELECT = Calls.of("SSL_CTX_set_alpn_select_cb");

  // void SSL_CTX_set_keylog_callback(SSL_CTX *ctx, SSL_CTX_keylog_cb_func cb)
  private static final MethodHandle KEY_LOG = Calls.of("SSL_CTX_set_keylog_callback");

  // void SSL_CTX_set_info_callback(SSL_CTX *ctx, void (*cb)(const SSL *ssl, int type, int val))
  private static final MethodHandle INFO = Calls.of("SSL_CTX_set_info_callback");

  // void SSL_CTX_set_verify(SSL_CTX *ctx, int mode, SSL_verify_cb callback)
  private static final MethodHandle VERIFY = Calls.of("SSL_CTX_set_verify");

  // void SSL_CTX_set_cert_verify_callback(SSL_CTX *ctx, int (*cb)(X509_STORE_CTX *, void *),
  //     void *arg)
  private static final MethodHandle VERIFY_CALLBACK = Calls.of("SSL_CTX_set_cert_verify_callback");

  // void SSL_CTX_sess_set_new_cb(SSL_CTX *ctx, int (*new_session_cb)(SSL *, SSL_SESSION *))
  private static final MethodHandle NEW_SESSION = Calls.of("SSL_CTX_sess_set_new_cb");

  // int SSL_CTX_set_tlsext_ticket_key_evp_cb(SSL_CTX *ctx, int (*fp)(SSL *, unsigned char *,
  //     unsigned char *, EVP_CIPHER_CTX *, EVP_MAC_CTX *, int))
  private static final MethodHandle TICKET_KEY = Calls.of("SSL_CTX_set_tlsext_ticket_key_evp_cb");

  // long SSL_CTX_set_timeout(SSL_CTX *ctx, long t)
  private static final MethodHandle TIMEOUT = Calls.of("SSL_CTX_set_timeout");

  // int SSL_CTX_set_num_tickets(SSL_CTX *ctx, size_t num_tickets)
  private static final MethodHandle NUM_TICKETS = Calls.of("SSL_CTX_set_num_tickets");

  // int SSL_CTX_set_session_id_context(SSL_CTX *ctx, const unsigned char *sid_ctx,
  //     unsigned int sid_ctx_len)
  private static final MethodHandle SESSION_SCOPE = Calls.of("SSL_CTX_set_session_id_context");

  // int SSL_CTX_use_certificate(SSL_CTX *ctx, X509 *x)
  private static final MethodHandle USE_CERTIFICATE = Calls.of("SSL_CTX_use_certificate");

  // int SSL_CTX_use_PrivateKey(SSL_CTX *ctx, EVP_PKEY *pkey)
  private static final MethodHandle USE_KEY = Calls.of("SSL_CTX_use_PrivateKey");

  // int SSL_CTX_check_private_key(const SSL_CTX *ctx)
  private static final MethodHandle CHECK_KEY = Calls.of("SSL_CTX_check_private_key");

  // int SSL_CTX_add_client_CA(SSL_CTX *ctx, X509 *cacert)
  private static final MethodHandle ADD_CLIENT_CA = Calls.of("SSL_CTX_add_client_CA");

  private LibContext() {}

  /** A new one; the caller frees it. */
  static long make(boolean server) {
    return LibCrypto.required(
        Calls.call(NEW, Calls.call(server ? SERVER : CLIENT)), "memory for a context");
  }

  /** One more reference to somebody's. */
  static void keep(long context) {
    Calls.call(UP_REF, context);
  }

  /** Drops a reference. */
  static void free(long context) {
    Calls.call(FREE, context);
  }

  static void mode(long context, long bits) {
    Calls.call(CTRL, context, CTRL_MODE, bits, 0);
  }

  static void options(long context, long set) {
    Calls.call(SET_OPTIONS, context, set);
  }

  static void clearOptions(long context, long cleared) {
    Calls.call(CLEAR_OPTIONS, context, cleared);
  }

  static long options(long context) {
    return Calls.call(GET_OPTIONS, context);
  }

  static void versions(long context, int oldest, int newest) {
    Calls.call(CTRL, context, CTRL_SET_MIN_PROTO_VERSION, oldest, 0);
    Calls.call(CTRL, context, CTRL_SET_MAX_PROTO_VERSION, newest, 0);
  }

  /** Whether a version is in the range, and not left out by an option. */
  static boolean has(long context, int version) {
    long oldest = Calls.call(CTRL, context, CTRL_GET_MIN_PROTO_VERSION, 0, 0);
    long newest = Calls.call(CTRL, context, CTRL_GET_MAX_PROTO_VERSION, 0, 0); // 0 for any
    return version >= oldest
        && (newest == 0 || version <= newest)
        && (options(context) & Options.without(version)) == 0;
  }

  /** Whether certificates of peers are verified. */
  static boolean verifies(long context) {
    return ((int) Calls.call(VERIFY_MODE, context) & VERIFY_PEER) != 0;
  }

  static void level(long context, int level) {
    Calls.call(SET_LEVEL, context, level);
  }

  static int level(long context) {
    return (int) Calls.call(GET_LEVEL, context);
  }

  // ---- what is offered; each false when OpenSSL does not take it

  /** The suites of TLS 1.2 and before, in OpenSSL's language. */
  static boolean cipherList(long context, String list) {
    return (int) Calls.call(CIPHER_LIST, context, list) == 1;
  }

  /** The suites of TLS 1.3, by name; empty for none. */
  static boolean cipherSuites(long context, String list) {
    return (int) Calls.call(CIPHER_SUITES, context, list) == 1;
  }

  /** IANA's names of all suites. */
  static List<String> ciphers(long context) {
    long stack = Calls.call(GET_CIPHERS, context);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < LibCrypto.size(stack); i++) {
      names.add(Calls.text(Calls.call(CIPHER_NAME, LibCrypto.at(stack, i))));
    }
    return names;
  }

  static boolean groups(long context, String list) {
    return (int) Calls.call(CTRL, context, CTRL_SET_GROUPS_LIST, 0, list) == 1;
  }

  static boolean signatureSchemes(long context, String list) {
    return (int) Calls.call(CTRL, context, CTRL_SET_SIGALGS_LIST, 0, list) == 1;
  }

  /** A server's DHE groups are as strong as its key. */
  static void finiteFields(long context) {
    Calls.call(CTRL, context, CTRL_SET_DH_AUTO, 1, 0);
  }

  static boolean applications(long context, byte[] list) {
    try (Arena arena = Arena.ofConfined()) {
      long at = arena.allocateFrom(JAVA_BYTE, list).address();
      return (int) Calls.call(ALPN_PROTOCOLS, context, at, list.length) == 0;
    }
  }

  // ---- callbacks, which are addresses

  static void selectApplication(long context, long callback) {
    Calls.call(ALPN_SELECT, context, callback, 0);
  }

  static void keyLog(long context, long callback) {
    Calls.call(KEY_LOG, context, callback);
  }

  static void info(long context, long callback) {
    Calls.call(INFO, context, callback);
  }

  static void verify(long context, int mode, long callback) {
    Calls.call(VERIFY, context, mode, 0);
    Calls.call(VERIFY_CALLBACK, context, callback, 0);
  }

  static void newSession(long context, long callback) {
    Calls.call(NEW_SESSION, context, callback);
  }

  static void staple(long context, long callback) {
    Calls.call(CALLBACK_CTRL, context, CTRL_SET_TLSEXT_STATUS_REQ_CB, callback);
  }

  static void ticketKey(long context, long callback) {
    Calls.call(TICKET_KEY, context, callback);
  }

  // ---- sessions

  static void cache(long context, int mode, int size) {
    Calls.call(CTRL, context, CTRL_SET_SESS_CACHE_MODE, mode, 0);
    Calls.call(CTRL, context, CTRL_SET_SESS_CACHE_SIZE, size, 0);
  }

  static void lifetime(long context, long seconds) {
    Calls.call(TIMEOUT, context, seconds);
  }

  static void tickets(long context, int number) {
    Calls.call(NUM_TICKETS, context, number);
  }

  static boolean scope(long context, byte[] id) {
    try (Arena arena = Arena.ofConfined()) {
      long at = arena.allocateFrom(JAVA_BYTE, id).address();
      return (int) Calls.call(SESSION_SCOPE, context, at, id.length) == 1;
    }
  }

  // ---- certificates and keys, to which the context takes references of its own

  static boolean certificate(long context, long certificate) {
    return (int) Calls.call(USE_CERTIFICATE, context, certificate) == 1;
  }

  /** Forgets the issuers. */
  static void noChain(long context) {
    Calls.call(CTRL, context, CTRL_CHAIN, 0, 0);
  }

  static boolean chain(long context, long certificate) {
    return (int) Calls.call(CTRL, context, CTRL_CHAIN_CERT, 1, certificate) == 1;
  }

  static boolean key(long context, long key) {
    return (int) Calls.call(USE_KEY, context, key) == 1;
  }

  /** Whether the key is that of the certificate; by itself it may be of another kind. */
  static boolean isPair(long context) {
    return (int) Calls.call(CHECK_KEY, context) == 1;
  }

  static boolean issuer(long context, long certificate) {
    return (int) Calls.call(ADD_CLIENT_CA, context, certificate) == 1;
  }
}
