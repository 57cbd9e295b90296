package dev.ferrule.openssl;

import static java.lang.foreign.ValueLayout.ADDRESS_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What OpenSSL calls back while it shakes hands, and when a client gets a ticket; nothing on the
 * way of a byte. Each finds its wire by the address of the SSL, on the thread that called OpenSSL,
 * and throws nothing.
 */
final class Callbacks {
  private static final MethodHandles.Lookup HERE = MethodHandles.lookup();

  private static final int WRITE_ALERT = 0x4008; // SSL_CB_WRITE_ALERT
  private static final int ALERT_OK = 0; // SSL_TLSEXT_ERR_OK
  private static final int ALERT_FATAL = 2; // SSL_TLSEXT_ERR_ALERT_FATAL
  private static final int NO_ACKNOWLEDGEMENT = 3; // SSL_TLSEXT_ERR_NOACK

  /** The wires that have an SSL which may call back, by its address. */
  private static final Map<Long, OpensslWire> WIRES = new ConcurrentHashMap<>();

  // int cb(X509_STORE_CTX *store, void *arg)
  static final long VERIFY = Calls.stub(HERE, "verify");

  // int cb(SSL *ssl, const unsigned char **out, unsigned char *outlen,
  //     const unsigned char *in, unsigned int inlen, void *arg)
  static final long SELECT_APPLICATION = Calls.stub(HERE, "selectApplication");

  // void cb(const SSL *ssl, const char *line)
  static final long KEY_LOG = Calls.stub(HERE, "keyLog");

  // void cb(const SSL *ssl, int type, int val)
  static final long INFO = Calls.stub(HERE, "info");

  // int cb(SSL *ssl, SSL_SESSION *session)
  static final long NEW_SESSION = Calls.stub(HERE, "newSession");

  // int cb(SSL *ssl, void *arg)
  static final long STAPLE = Calls.stub(HERE, "staple");

  // int cb(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
  //     EVP_MAC_CTX *mac, int encrypts)
  static final long TICKET_KEY = Calls.stub(HERE, "ticketKey");

  private Callbacks() {}

  static void register(long ssl, OpensslWire wire) {
    WIRES.put(ssl, wire);
  }

  static void forget(long ssl) {
    WIRES.remove(ssl);
  }

  /** The one that has the SSL; null when it is over. */
  static @Nullable OpensslWire wire(long ssl) {
    return WIRES.get(ssl);
  }

  @SuppressWarnings("unused") // a stub
  private static long verify(long store, long b, long c, long d, long e, long f) {
    long ssl = 0;
    try {
      ssl = LibCrypto.storeData(store, LibSsl.IN_STORE);
      OpensslWire wire = WIRES.get(ssl);
      Handshake handshake = wire == null ? null : wire.handshaking();
      int error =
          wire == null || handshake == null
              ? Verification.UNSPECIFIED
              : Verification.judge(wire, handshake, store);
      if (error == Verification.OK) {
        return 1;
      }
      LibCrypto.storeError(store, error);
    } catch (Throwable thrown) {
      broke(ssl, thrown);
      unspecified(store);
    }
    return 0;
  }

  /** Throws nothing, either: what leaves an upcall ends the JVM. */
  private static void unspecified(long store) {
    try {
      LibCrypto.storeError(store, Verification.UNSPECIFIED);
    } catch (Throwable again) {
      // The stack may be exhausted: OpenSSL ends the handshake all the same.
    }
  }

  /** The server's order counts; a client of which it speaks nothing is told nothing. */
  @SuppressWarnings("unused") // a stub
  private static long selectApplication(
      long ssl, long out, long outLength, long in, long inLength, long f) {
    try {
      OpensslWire wire = WIRES.get(ssl);
      if (wire == null) {
        return NO_ACKNOWLEDGEMENT;
      }
      long length = inLength & 0xFFFF_FFFFL;
      byte[] offered = Calls.bytes(in, length);
      for (byte[] own : wire.context.applications()) {
        int at = find(offered, own);
        if (at >= 0) {
          Calls.memory(out, ADDRESS_UNALIGNED.byteSize())
              .set(ADDRESS_UNALIGNED, 0, MemorySegment.ofAddress(in + at));
          Calls.memory(outLength, 1).set(JAVA_BYTE, 0, (byte) own.length);
          return ALERT_OK;
        }
      }
      return NO_ACKNOWLEDGEMENT;
    } catch (Throwable thrown) {
      broke(ssl, thrown);
      return ALERT_FATAL;
    }
  }

  /** Where {@code name} stands in a list of names, each behind its length; -1 for nowhere. */
  private static int find(byte[] list, byte[] name) {
    for (int at = 0; at < list.length; at += 1 + (list[at] & 0xFF)) {
      int length = list[at] & 0xFF;
      if (length == name.length
          && at + 1 + length <= list.length
          && java.util.Arrays.equals(list, at + 1, at + 1 + length, name, 0, length)) {
        return at + 1;
      }
    }
    return -1;
  }

  @SuppressWarnings("unused") // a stub
  private static long keyLog(long ssl, long line, long c, long d, long e, long f) {
    try {
      OpensslWire wire = WIRES.get(ssl);
      if (wire != null) {
        wire.logged(Calls.line(line));
      }
    } catch (Throwable thrown) {
      broke(ssl, thrown);
    }
    return 0;
  }

  @SuppressWarnings("unused") // a stub
  private static long info(long ssl, long type, long value, long d, long e, long f) {
    if (((int) type & WRITE_ALERT) == WRITE_ALERT) {
      try {
        OpensslWire wire = WIRES.get(ssl);
        if (wire != null) {
          wire.alerted((int) value & 0xFF);
        }
      } catch (Throwable thrown) {
        broke(ssl, thrown);
      }
    }
    return 0;
  }

  /** 1 when this side keeps the reference that OpenSSL gives. */
  @SuppressWarnings("unused") // a stub
  private static long newSession(long ssl, long session, long c, long d, long e, long f) {
    try {
      OpensslWire wire = WIRES.get(ssl);
      return wire != null && wire.keep(session) ? 1 : 0;
    } catch (Throwable thrown) {
      return 0; // a session less
    }
  }

  @SuppressWarnings("unused") // a stub
  private static long staple(long ssl, long b, long c, long d, long e, long f) {
    try {
      OpensslWire wire = WIRES.get(ssl);
      byte[] response = wire == null ? null : wire.context.staple();
      if (response == null) {
        return NO_ACKNOWLEDGEMENT;
      }
      long copy = LibCrypto.copied(response);
      if (LibSsl.staple(ssl, copy, response.length)) {
        return ALERT_OK;
      }
      LibCrypto.free(copy);
      return NO_ACKNOWLEDGEMENT;
    } catch (Throwable thrown) {
      return NO_ACKNOWLEDGEMENT;
    }
  }

  /** -1 for a failure, 0 for no ticket, 1 for one, 2 for one that is to be replaced. */
  @SuppressWarnings("unused") // a stub
  private static long ticketKey(
      long ssl, long name, long iv, long cipher, long mac, long encrypts) {
    try {
      OpensslWire wire = WIRES.get(ssl);
      ServerTickets tickets = wire == null ? null : wire.context.tickets;
      if (tickets == null) {
        return 0;
      }
      return (int) encrypts == 1
          ? tickets.seal(name, iv, cipher, mac)
          : tickets.open(LibSsl.version(ssl) == LibContext.TLS_1_3, name, iv, cipher, mac);
    } catch (Throwable thrown) {
      broke(ssl, thrown);
      return -1;
    }
  }

  /** Keeps what was thrown as the reason of the end; throws nothing. */
  static void broke(long ssl, Throwable thrown) {
    try {
      OpensslWire wire = WIRES.get(ssl);
      Handshake handshake = wire == null ? null : wire.handshaking();
      if (handshake != null) {
        handshake.judgement().broke(thrown);
      }
    } catch (Throwable again) {
      // The heap may be exhausted: OpenSSL ends the handshake all the same.
    }
  }
}
