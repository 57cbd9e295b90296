package dev.ferrule.openssl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ferrule.ssl.ExternalPsk;
import dev.ferrule.ssl.SslSettings;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * External pre-shared keys (RFC 8446 2.2, RFC 4279): OpenSSL asks for them while it shakes hands,
 * in TLS 1.3 on behalf of suites with SHA-256. A key is copied into OpenSSL's own memory alone.
 */
final class ExternalPsks {
  private static final MethodHandles.Lookup HERE = MethodHandles.lookup();

  /** Suites of TLS 1.2 with forward secrecy, which are preferred to those of certificates. */
  static final String SUITES =
      ":ECDHE-PSK-CHACHA20-POLY1305:DHE-PSK-AES256-GCM-SHA384:DHE-PSK-CHACHA20-POLY1305"
          + ":+aRSA:+aECDSA";

  /** Longer than any key: OpenSSL ends the handshake with internal_error. */
  private static final long BROKEN = 0xFFFF_FFFFL;

  private static final long NONE = 0;

  // void SSL_CTX_set_psk_client_callback(SSL_CTX *ctx, SSL_psk_client_cb_func cb)
  private static final MethodHandle CLIENT = Calls.of("SSL_CTX_set_psk_client_callback");

  // void SSL_CTX_set_psk_server_callback(SSL_CTX *ctx, SSL_psk_server_cb_func cb)
  private static final MethodHandle SERVER = Calls.of("SSL_CTX_set_psk_server_callback");

  // unsigned int cb(SSL *ssl, const char *hint, char *identity, unsigned int max_identity_len,
  //     unsigned char *psk, unsigned int max_psk_len)
  private static final long OFFER = Calls.stub(HERE, "offer");

  // unsigned int cb(SSL *ssl, const char *identity, unsigned char *psk, unsigned int max_psk_len)
  private static final long FIND = Calls.stub(HERE, "find");

  private ExternalPsks() {}

  /** Makes OpenSSL ask for those of a context. */
  static void set(long context, SslSettings.ExternalPsks keys) {
    if (keys.client() != null) {
      Calls.call(CLIENT, context, OFFER);
    }
    if (keys.server() != null) {
      Calls.call(SERVER, context, FIND);
    }
  }

  @SuppressWarnings("unused") // a stub
  private static long offer(
      long ssl, long hint, long identity, long longestIdentity, long key, long longestKey) {
    try {
      OpensslWire wire = Callbacks.wire(ssl);
      ExternalPsk own = wire == null ? null : wire.context.externalPsks.client();
      if (wire == null || own == null) {
        return NONE;
      }
      byte[] name = own.identity().getBytes(StandardCharsets.UTF_8);
      if (name.length > (longestIdentity & 0xFFFF_FFFFL)) {
        return BROKEN;
      }
      // Its memory is one byte longer than what OpenSSL tells, and zero.
      MemorySegment.copy(name, 0, Calls.memory(identity, name.length), JAVA_BYTE, 0, name.length);
      return give(wire, own, key, longestKey);
    } catch (Throwable thrown) {
      Callbacks.broke(ssl, thrown);
      return BROKEN;
    }
  }

  @SuppressWarnings("unused") // a stub
  private static long find(long ssl, long identity, long key, long longestKey, long e, long f) {
    try {
      OpensslWire wire = Callbacks.wire(ssl);
      Handshake handshake = wire == null ? null : wire.handshaking();
      ClientPsks known = handshake == null ? null : handshake.psks();
      if (wire == null || known == null) {
        return NONE;
      }
      byte[] name = Calls.line(identity);
      ExternalPsk found = known.key(name);
      if (found != null) {
        return give(wire, found, key, longestKey);
      }
      byte[] random = known.substitute(name, wire.negotiatedTls13());
      return random == null ? NONE : copy(random, key, longestKey);
    } catch (Throwable thrown) {
      Callbacks.broke(ssl, thrown);
      return BROKEN;
    }
  }

  /** Copies the key; its length. */
  private static long give(OpensslWire wire, ExternalPsk psk, long memory, long longest) {
    long length = copy(psk.key(), memory, longest);
    if (length != BROKEN) {
      wire.askedFor(psk.identity());
    }
    return length;
  }

  /** Copies a key, and overwrites it here; its length. */
  private static long copy(byte[] key, long memory, long longest) {
    try {
      if (key.length > (longest & 0xFFFF_FFFFL)) {
        return BROKEN;
      }
      MemorySegment.copy(key, 0, Calls.memory(memory, key.length), JAVA_BYTE, 0, key.length);
      return key.length;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }
}
