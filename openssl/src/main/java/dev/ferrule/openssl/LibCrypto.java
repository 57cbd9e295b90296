package dev.ferrule.openssl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The functions of libcrypto that are used. Any thread, as OpenSSL says of its objects. */
final class LibCrypto {
  private static final int BIO_CTRL_RESET = 1;
  private static final int BIO_CTRL_INFO = 3;
  private static final int BIO_CTRL_PENDING = 10;

  // const char *OpenSSL_version(int type)
  private static final MethodHandle VERSION = Calls.of("OpenSSL_version");

  // unsigned long ERR_get_error(void)
  private static final MethodHandle GET_ERROR = Calls.of("ERR_get_error");

  // unsigned long ERR_peek_error_func(const char **func)
  private static final MethodHandle PEEK_FUNCTION = Calls.of("ERR_peek_error_func");

  // void ERR_clear_error(void)
  private static final MethodHandle CLEAR_ERROR = Calls.of("ERR_clear_error");

  // const char *ERR_reason_error_string(unsigned long e)
  private static final MethodHandle REASON = Calls.of("ERR_reason_error_string");

  // const BIO_METHOD *BIO_s_mem(void)
  private static final MethodHandle BIO_MEMORY = Calls.of("BIO_s_mem");

  // BIO *BIO_new(const BIO_METHOD *type)
  private static final MethodHandle BIO_NEW = Calls.of("BIO_new");

  // int BIO_free(BIO *a)
  private static final MethodHandle BIO_FREE = Calls.of("BIO_free");

  // int BIO_read(BIO *b, void *data, int dlen)
  private static final MethodHandle BIO_READ = Calls.of("BIO_read");

  // int BIO_write(BIO *b, const void *data, int dlen)
  private static final MethodHandle BIO_WRITE = Calls.of("BIO_write");

  // long BIO_ctrl(BIO *bp, int cmd, long larg, void *parg)
  private static final MethodHandle BIO_CTRL = Calls.of("BIO_ctrl");

  // X509 *d2i_X509(X509 **a, const unsigned char **ppin, long length)
  private static final MethodHandle D2I_X509 = Calls.of("d2i_X509");

  // int i2d_X509(const X509 *a, unsigned char **ppout)
  private static final MethodHandle I2D_X509 = Calls.of("i2d_X509");

  // void X509_free(X509 *a)
  private static final MethodHandle X509_FREE = Calls.of("X509_free");

  // EVP_PKEY *d2i_AutoPrivateKey(EVP_PKEY **a, const unsigned char **pp, long length)
  private static final MethodHandle D2I_KEY = Calls.of("d2i_AutoPrivateKey");

  // void EVP_PKEY_free(EVP_PKEY *key)
  private static final MethodHandle KEY_FREE = Calls.of("EVP_PKEY_free");

  // int OPENSSL_sk_num(const OPENSSL_STACK *)
  private static final MethodHandle STACK_SIZE = Calls.of("OPENSSL_sk_num");

  // void *OPENSSL_sk_value(const OPENSSL_STACK *, int)
  private static final MethodHandle STACK_AT = Calls.of("OPENSSL_sk_value");

  // void *X509_STORE_CTX_get_ex_data(const X509_STORE_CTX *ctx, int idx)
  private static final MethodHandle STORE_DATA = Calls.of("X509_STORE_CTX_get_ex_data");

  // STACK_OF(X509) *X509_STORE_CTX_get0_untrusted(const X509_STORE_CTX *ctx)
  private static final MethodHandle STORE_CHAIN = Calls.of("X509_STORE_CTX_get0_untrusted");

  // void X509_STORE_CTX_set_error(X509_STORE_CTX *ctx, int s)
  private static final MethodHandle STORE_ERROR = Calls.of("X509_STORE_CTX_set_error");

  // const char *X509_verify_cert_error_string(long n)
  private static final MethodHandle VERIFY_TEXT = Calls.of("X509_verify_cert_error_string");

  // void *CRYPTO_malloc(size_t num, const char *file, int line)
  private static final MethodHandle MALLOC = Calls.of("CRYPTO_malloc");

  // void CRYPTO_free(void *ptr, const char *file, int line)
  private static final MethodHandle FREE = Calls.of("CRYPTO_free");

  // const EVP_CIPHER *EVP_aes_128_cbc(void)
  private static final MethodHandle AES_128_CBC = Calls.of("EVP_aes_128_cbc");

  // int EVP_CipherInit_ex(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *type, ENGINE *impl,
  //     const unsigned char *key, const unsigned char *iv, int enc)
  private static final MethodHandle CIPHER_INIT = Calls.of("EVP_CipherInit_ex");

  // int EVP_MAC_init(EVP_MAC_CTX *ctx, const unsigned char *key, size_t keylen,
  //     const OSSL_PARAM params[])
  private static final MethodHandle MAC_INIT = Calls.of("EVP_MAC_init");

  // int RAND_bytes(unsigned char *buf, int num)
  private static final MethodHandle RANDOM = Calls.of("RAND_bytes");

  private LibCrypto() {}

  static String version() {
    return Calls.text(Calls.call(VERSION, 0));
  }

  // ---- this thread's error queue; ErrorQueue alone reads it

  static long nextError() {
    return Calls.call(GET_ERROR);
  }

  /** The function of OpenSSL that added the error which comes next; empty where it is not known. */
  static String nextErrorsFunction() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(JAVA_LONG);
      Calls.call(PEEK_FUNCTION, name.address());
      return Calls.text(name.get(JAVA_LONG, 0));
    }
  }

  static void clearErrors() {
    Calls.call(CLEAR_ERROR);
  }

  static String reason(long error) {
    return Calls.text(Calls.call(REASON, error));
  }

  // ---- BIOs in memory

  static long newMemoryBio() {
    return required(Calls.call(BIO_NEW, Calls.call(BIO_MEMORY)), "memory for a BIO");
  }

  static void freeBio(long bio) {
    Calls.call(BIO_FREE, bio);
  }

  static int read(long bio, long to, int bytes) {
    return (int) Calls.call(BIO_READ, bio, to, bytes);
  }

  /** A BIO in memory takes all; there is no memory when it does not. */
  static void write(long bio, long from, int bytes) {
    if ((int) Calls.call(BIO_WRITE, bio, from, bytes) != bytes) {
      clearErrors();
      throw new OutOfMemoryError("OpenSSL has no native memory for " + bytes + " bytes");
    }
  }

  static int pending(long bio) {
    return (int) Calls.call(BIO_CTRL, bio, BIO_CTRL_PENDING, 0, 0);
  }

  static void reset(long bio) {
    Calls.call(BIO_CTRL, bio, BIO_CTRL_RESET, 0, 0);
  }

  /** What waits in it; valid until it is used again. */
  static MemorySegment content(long bio) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment at = arena.allocate(JAVA_LONG);
      long length = Calls.call(BIO_CTRL, bio, BIO_CTRL_INFO, 0, at.address());
      return Calls.memory(at.get(JAVA_LONG, 0), length);
    }
  }

  // ---- certificates and keys

  /** Reads one; the caller frees it. 0 when OpenSSL cannot read it. */
  static long certificate(byte[] der) {
    return decoded(D2I_X509, der);
  }

  static void freeCertificate(long certificate) {
    Calls.call(X509_FREE, certificate);
  }

  /** Reads a private key, such as one of PKCS 8; the native copy of {@code der} is overwritten. */
  static long privateKey(byte[] der) {
    return decoded(D2I_KEY, der);
  }

  static void freeKey(long key) {
    Calls.call(KEY_FREE, key);
  }

  private static long decoded(MethodHandle decoder, byte[] der) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocateFrom(JAVA_BYTE, der);
      MemorySegment at = arena.allocateFrom(JAVA_LONG, copy.address());
      try {
        return Calls.call(decoder, 0, at.address(), der.length);
      } finally {
        copy.fill((byte) 0);
      }
    }
  }

  /** The DER of an X509. */
  static byte[] encoded(long certificate) {
    try (Arena arena = Arena.ofConfined()) {
      int length = (int) Calls.call(I2D_X509, certificate, 0);
      if (length <= 0) {
        return new byte[0];
      }
      MemorySegment to = arena.allocate(length);
      MemorySegment at = arena.allocateFrom(JAVA_LONG, to.address());
      Calls.call(I2D_X509, certificate, at.address());
      return to.toArray(JAVA_BYTE);
    }
  }

  /** The DER of each X509 of a stack; none for no stack. */
  static byte[][] allEncoded(long stack) {
    byte[][] all = new byte[size(stack)][];
    for (int i = 0; i < all.length; i++) {
      all[i] = encoded(at(stack, i));
    }
    return all;
  }

  static int size(long stack) {
    return stack == 0 ? 0 : Math.max(0, (int) Calls.call(STACK_SIZE, stack));
  }

  static long at(long stack, int index) {
    return Calls.call(STACK_AT, stack, index);
  }

  static long storeData(long store, int index) {
    return Calls.call(STORE_DATA, store, index);
  }

  static byte[][] storeChain(long store) {
    return allEncoded(Calls.call(STORE_CHAIN, store));
  }

  static void storeError(long store, int error) {
    Calls.call(STORE_ERROR, store, error);
  }

  /** What an X509_V_ERR means. */
  static String verifyText(int error) {
    return Calls.text(Calls.call(VERIFY_TEXT, error));
  }

  // ---- for callbacks of tickets and staples

  /** Memory that OpenSSL will free. */
  static long copied(byte[] bytes) {
    long to = required(Calls.call(MALLOC, bytes.length, 0, 0), "memory");
    MemorySegment.copy(bytes, 0, Calls.memory(to, bytes.length), JAVA_BYTE, 0, bytes.length);
    return to;
  }

  static void free(long memory) {
    Calls.call(FREE, memory, 0, 0);
  }

  static boolean aesCbc(long cipher, long key, long iv, boolean encrypts) {
    return (int)
            Calls.call(CIPHER_INIT, cipher, Calls.call(AES_128_CBC), 0, key, iv, encrypts ? 1 : 0)
        == 1;
  }

  static boolean mac(long mac, long key, int bytes, long parameters) {
    return (int) Calls.call(MAC_INIT, mac, key, bytes, parameters) == 1;
  }

  static boolean random(long to, int bytes) {
    return (int) Calls.call(RANDOM, to, bytes) == 1;
  }

  static long required(long pointer, String what) {
    if (pointer == 0) {
      clearErrors();
      throw new OutOfMemoryError("OpenSSL has no " + what);
    }
    return pointer;
  }
}
