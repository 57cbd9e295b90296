package dev.ferrule.boringssl;

import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLSession;
import io.netty.internal.tcnative.SSLSessionCache;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that clients of a context may resume, by host and port, in native memory; the least
 * recently used peer is dropped first. A session of TLS 1.3 is used once (RFC 8446 C.4). Shared by
 * loops, so it has a lock, which is held for some hundred nanoseconds, twice for each connection.
 */
final class Sessions {
  /** The most peers whose sessions are kept. */
  static final int PEERS = 1024;

  /** The most sessions that are kept for one peer. */
  static final int EACH = 4;

  private final LinkedHashMap<String, ArrayDeque<Long>> kept = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  /** Offers a session to the peer, if there is one for it. */
  synchronized void offer(String peer, long ssl) {
    ArrayDeque<Long> sessions = kept.get(peer);
    Long newest = sessions == null ? null : sessions.peekLast();
    if (sessions == null || newest == null) {
      return;
    }
    SSL.setSession(ssl, newest); // setSession takes its own reference
    if (SSLSession.shouldBeSingleUse(newest)) {
      sessions.removeLast();
      if (sessions.isEmpty()) {
        kept.remove(peer);
      }
      SSLSession.free(newest);
    }
  }

  /** Keeps a session and takes over the caller's reference; false when it is not kept. */
  private synchronized boolean keep(String peer, long session) {
    if (closed) {
      return false;
    }
    ArrayDeque<Long> sessions = kept.computeIfAbsent(peer, _ -> new ArrayDeque<>(EACH));
    // A session that may be used more than once replaces the older ones.
    int most = SSLSession.shouldBeSingleUse(session) ? EACH - 1 : 0;
    while (sessions.size() > most) {
      SSLSession.free(sessions.removeFirst());
    }
    sessions.addLast(session);
    if (kept.size() > PEERS) {
      Iterator<ArrayDeque<Long>> eldest = kept.values().iterator();
      eldest.next().forEach(SSLSession::free);
      eldest.remove();
    }
    return true;
  }

  /** Frees all, and keeps no more. */
  synchronized void clear() {
    closed = true;
    kept.values().forEach(sessions -> sessions.forEach(SSLSession::free));
    kept.clear();
  }

  /** Called from native code with each session that a peer gives. */
  record Receiver(Sessions sessions, Map<Long, BoringWire> wires) implements SSLSessionCache {
    @Override
    public boolean sessionCreated(long ssl, long session) {
      BoringWire wire = wires.get(ssl);
      @Nullable String peer = wire == null ? null : wire.peer();
      return peer != null && sessions.keep(Objects.requireNonNull(peer), session);
    }

    @Override
    public long getSession(long ssl, byte[] id) {
      return -1; // servers have tickets
    }
  }
}
