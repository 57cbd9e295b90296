package dev.ferrule.boringssl;

import dev.ferrule.ssl.library.ClientSessions;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * An SSL_CTX and the native objects that it needs. It is freed when its factory is unreachable and
 * its last wire is released. It must not refer to the factory. Used by any thread.
 */
final class NativeContext {
  private static final LongAdder LIVE = new LongAdder();
  private static final LongAdder CONTEXTS = new LongAdder();

  final OfferedParameters choices;
  final Identity identity;
  final @Nullable ClientSessions sessions;

  /**
   * The wires that native code calls back, by the address of their SSL: while they shake hands, and
   * those of clients that keep sessions until they are freed.
   */
  final Map<Long, BoringWire> wires;

  private final long pointer;
  private final boolean verifies;

  /** Whether records of TLS 1.3 are protected in Java, where their suite allows it. */
  final boolean recordsInJava;

  /** A server's; null on a client. */
  final @Nullable ServerTickets tickets;

  private final AtomicInteger users = new AtomicInteger(1); // the factory

  NativeContext(
      long pointer,
      OfferedParameters choices,
      Identity identity,
      @Nullable ClientSessions sessions,
      Map<Long, BoringWire> wires,
      boolean verifies,
      boolean recordsInJava,
      @Nullable ServerTickets tickets) {
    this.pointer = pointer;
    this.choices = choices;
    this.identity = identity;
    this.sessions = sessions;
    this.wires = wires;
    this.verifies = verifies;
    this.recordsInJava = recordsInJava;
    this.tickets = tickets;
    CONTEXTS.increment();
  }

  /** Whether certificates of peers are asked for and verified. */
  boolean verifies() {
    return verifies;
  }

  /** The handshake is done. */
  void handshaken(long ssl) {
    if (sessions == null) {
      wires.remove(ssl);
    }
  }

  /** Makes BoringSSL pass on the sessions that peers send. */
  void resume(long context) {
    if (sessions != null) {
      SSLContext.setSSLSessionCache(context, new Sessions(wires));
      SSLContext.setSessionCacheMode(
          context,
          SSL.SSL_SESS_CACHE_CLIENT
              | SSL.SSL_SESS_CACHE_NO_INTERNAL_LOOKUP
              | SSL.SSL_SESS_CACHE_NO_INTERNAL_STORE);
    }
  }

  /** Connections that hold native memory, of all contexts. */
  static long live() {
    return LIVE.sum();
  }

  /** Contexts that are not freed yet. */
  static long contexts() {
    return CONTEXTS.sum();
  }

  /** A new SSL, which keeps this alive until {@link #free}. */
  long open(BoringWire wire) {
    users.incrementAndGet();
    long ssl = 0;
    try {
      if (tickets != null) {
        tickets.renew();
      }
      ssl = SSL.newSSL(pointer, choices.server());
      LIVE.increment();
      identity.setOn(ssl);
      if (verifies && !choices.server()) {
        SSL.enableOcsp(ssl);
      }
      wires.put(ssl, wire);
      return ssl;
    } catch (Exception e) {
      if (ssl != 0) {
        free(ssl);
      } else {
        leave();
      }
      throw new IllegalStateException("BoringSSL cannot make a connection", e);
    }
  }

  /** Frees an SSL, with its BIO; once. */
  void free(long ssl) {
    wires.remove(ssl);
    SSL.freeSSL(ssl);
    LIVE.decrement();
    leave();
  }

  /** Drops one reference, the factory's or a wire's; the last one frees the context. */
  void leave() {
    if (users.decrementAndGet() == 0) {
      if (sessions != null) {
        sessions.close();
      }
      identity.free();
      SSLContext.free(pointer);
      CONTEXTS.decrement();
    }
  }
}
