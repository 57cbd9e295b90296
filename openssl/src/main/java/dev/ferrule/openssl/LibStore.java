package dev.ferrule.openssl;

import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.keys.StoredKey;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Private keys by their URI (ossl_store(7)). Any thread; it may block. */
final class LibStore {
  private static final int KEY = 4; // OSSL_STORE_INFO_PKEY
  private static final int MOST = 64; // entries of a store that are looked at
  private static final String PKCS11 = "pkcs11";

  // OSSL_STORE_CTX *OSSL_STORE_open(const char *uri, const UI_METHOD *ui_method, void *ui_data,
  //     OSSL_STORE_post_process_info_fn post_process, void *post_process_data)
  private static final MethodHandle OPEN = Calls.of("OSSL_STORE_open");

  // int OSSL_STORE_expect(OSSL_STORE_CTX *ctx, int expected_type)
  private static final MethodHandle EXPECT = Calls.of("OSSL_STORE_expect");

  // OSSL_STORE_INFO *OSSL_STORE_load(OSSL_STORE_CTX *ctx)
  private static final MethodHandle LOAD = Calls.of("OSSL_STORE_load");

  // int OSSL_STORE_eof(OSSL_STORE_CTX *ctx)
  private static final MethodHandle EOF = Calls.of("OSSL_STORE_eof");

  // int OSSL_STORE_close(OSSL_STORE_CTX *ctx)
  private static final MethodHandle CLOSE = Calls.of("OSSL_STORE_close");

  // int OSSL_STORE_INFO_get_type(const OSSL_STORE_INFO *info)
  private static final MethodHandle TYPE = Calls.of("OSSL_STORE_INFO_get_type");

  // EVP_PKEY *OSSL_STORE_INFO_get1_PKEY(const OSSL_STORE_INFO *info)
  private static final MethodHandle GET_KEY = Calls.of("OSSL_STORE_INFO_get1_PKEY");

  // void OSSL_STORE_INFO_free(OSSL_STORE_INFO *info)
  private static final MethodHandle FREE = Calls.of("OSSL_STORE_INFO_free");

  // UI_METHOD *UI_UTIL_wrap_read_pem_callback(pem_password_cb *cb, int rwflag)
  private static final MethodHandle WRAP = Calls.of("UI_UTIL_wrap_read_pem_callback");

  // void UI_destroy_method(UI_METHOD *ui_method)
  private static final MethodHandle UNWRAP = Calls.of("UI_destroy_method");

  // OSSL_PROVIDER *OSSL_PROVIDER_try_load(OSSL_LIB_CTX *, const char *name, int retain_fallbacks)
  private static final MethodHandle TRY_PROVIDER = Calls.of("OSSL_PROVIDER_try_load");

  // int cb(char *buf, int size, int rwflag, void *u)
  private static final long PASSWORD = Calls.stub(MethodHandles.lookup(), "password");

  /** Of the load that this thread is in. */
  private static final ThreadLocal<LibStore> LOADING = new ThreadLocal<>();

  private final StoredKey wanted;
  private boolean asked;

  private LibStore(StoredKey wanted) {
    this.wanted = wanted;
  }

  /**
   * The key, an EVP_PKEY of the caller's.
   *
   * @throws SslConfigException when there is not exactly one, or it cannot be opened
   */
  static long load(StoredKey wanted) {
    if (wanted.scheme().equals(PKCS11)) {
      requirePkcs11();
    }
    LibStore store = new LibStore(wanted);
    LOADING.set(store);
    try {
      return store.load();
    } finally {
      LOADING.remove();
      ErrorQueue.clear();
    }
  }

  /** It stays loaded: keys need it. The providers that OpenSSL has by itself stay, too. */
  private static void requirePkcs11() {
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom(PKCS11).address();
      if (Calls.call(TRY_PROVIDER, 0, name, 1) == 0) {
        throw new SslConfigException(
            "OpenSSL has no provider 'pkcs11' here, which finds keys by pkcs11: URIs ("
                + ErrorQueue.words()
                + "): install it (Debian 13, Fedora: pkcs11-provider) and name the module of the"
                + " token, as its manual says.");
      }
    }
  }

  private long load() {
    ErrorQueue.clear();
    long ui = LibCrypto.required(Calls.call(WRAP, PASSWORD, 0), "memory for a password");
    try (Arena arena = Arena.ofConfined()) {
      long uri = arena.allocateFrom(wanted.uri()).address();
      long store = Calls.call(OPEN, uri, ui, 0, 0);
      if (store == 0) {
        throw failed("cannot be opened");
      }
      try {
        Calls.call(EXPECT, store, KEY);
        return only(store);
      } finally {
        Calls.call(CLOSE, store);
      }
    } finally {
      Calls.call(UNWRAP, ui);
    }
  }

  private long only(long store) {
    long found = 0;
    for (int entry = 0; entry < MOST && (int) Calls.call(EOF, store) == 0; entry++) {
      long info = Calls.call(LOAD, store);
      if (info == 0) {
        continue; // its end, or what is no key
      }
      boolean key = (int) Calls.call(TYPE, info) == KEY;
      long next = key ? Calls.call(GET_KEY, info) : 0;
      Calls.call(FREE, info);
      if (next != 0 && found != 0) {
        LibCrypto.freeKey(next);
        LibCrypto.freeKey(found);
        throw new SslConfigException(
            "there is more than one key at " + wanted.shown() + "; give a URI of one of them.");
      }
      found = found == 0 ? next : found;
    }
    if (found == 0) {
      throw failed("has no private key that can be read");
    }
    return found;
  }

  private SslConfigException failed(String what) {
    String why = ErrorQueue.words();
    boolean given = wanted.password() != null;
    String password =
        !asked ? "" : given ? "; is the password right?" : "; it is encrypted: give its password";
    return new SslConfigException(
        "the key " + wanted.shown() + " " + what + " (" + why + ")" + password);
  }

  /** -1 where none was given: OpenSSL would ask at the terminal if nobody answered. */
  @SuppressWarnings("unused") // a stub
  private static long password(long buffer, long size, long writes, long d, long e, long f) {
    char @Nullable [] password = null;
    try {
      LibStore store = LOADING.get();
      if (store == null) {
        return -1;
      }
      store.asked = true;
      password = store.wanted.password();
      if (password == null) {
        return -1;
      }
      ByteBuffer room = Calls.memory(buffer, size & 0xFFFF_FFFFL).asByteBuffer();
      CharBuffer text = CharBuffer.wrap(password);
      CoderResult result = StandardCharsets.UTF_8.newEncoder().encode(text, room, true);
      return result.isUnderflow() ? room.position() : -1; // else it is too long, or no text
    } catch (Throwable thrown) {
      return -1; // OpenSSL says that it has no password
    } finally {
      if (password != null) {
        Arrays.fill(password, '\0');
      }
    }
  }
}
