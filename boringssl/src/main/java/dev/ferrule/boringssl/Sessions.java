package dev.ferrule.boringssl;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslSessions;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLSession;
import io.netty.internal.tcnative.SSLSessionCache;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that clients of a context may resume, by host and port, in native memory; the least
 * recently used peer is dropped first. A session of TLS 1.3 is used once (RFC 8446 C.4). Shared by
 * loops, so it has a lock, which is held for some hundred nanoseconds, twice for each connection,
 * and for as long as a program looks at it.
 */
final class Sessions implements SslSessions {
  /** The most sessions that are kept for one peer. */
  static final int EACH = 4;

  /** Whom a session is with. */
  record Peer(String host, int port) {}

  private record Kept(long session, Protocol protocol, OptionalLong earlyData) {
    Instant made() {
      return Instant.ofEpochSecond(SSLSession.getTime(session));
    }

    Instant until() {
      return made().plusSeconds(SSLSession.getTimeout(session));
    }

    void free() {
      SSLSession.free(session);
    }
  }

  private final int limit;
  private final LinkedHashMap<Peer, ArrayDeque<Kept>> kept = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  /** Keeps those of so many peers. */
  Sessions(int limit) {
    this.limit = limit;
  }

  /** Offers a session to the peer, if there is one for it. */
  synchronized void offer(Peer peer, long ssl) {
    ArrayDeque<Kept> sessions = kept.get(peer);
    Kept newest = sessions == null ? null : sessions.peekLast();
    if (sessions == null || newest == null) {
      return;
    }
    SSL.setSession(ssl, newest.session); // setSession takes its own reference
    if (SSLSession.shouldBeSingleUse(newest.session)) {
      sessions.removeLast();
      if (sessions.isEmpty()) {
        kept.remove(peer);
      }
      newest.free();
    }
  }

  /** Keeps a session and takes over the caller's reference; false when it is not kept. */
  private synchronized boolean keep(Peer peer, Kept session) {
    if (closed) {
      return false;
    }
    ArrayDeque<Kept> sessions = kept.computeIfAbsent(peer, _ -> new ArrayDeque<>(EACH));
    // A session that may be used more than once replaces the older ones.
    int most = SSLSession.shouldBeSingleUse(session.session) ? EACH - 1 : 0;
    while (sessions.size() > most) {
      sessions.removeFirst().free();
    }
    sessions.addLast(session);
    if (kept.size() > limit) {
      Iterator<ArrayDeque<Kept>> eldest = kept.values().iterator();
      eldest.next().forEach(Kept::free);
      eldest.remove();
    }
    return true;
  }

  @Override
  public int limit() {
    return limit;
  }

  @Override
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    Instant now = Instant.now();
    synchronized (this) {
      for (Map.Entry<Peer, ArrayDeque<Kept>> each : kept.entrySet()) {
        Kept newest = each.getValue().getLast();
        Instant until = newest.until();
        if (until.isAfter(now)) {
          entries.add(entry(each.getKey(), newest));
        }
      }
    }
    entries.sort(Comparator.comparing(Entry::made).reversed());
    return List.copyOf(entries);
  }

  private static Entry entry(Peer peer, Kept newest) {
    return new Entry(
        peer.host, peer.port, newest.protocol, newest.made(), newest.until(), newest.earlyData);
  }

  /** What the newest session with a peer, which was just kept, allows. */
  synchronized void allowsEarlyData(Peer peer, long bytes) {
    ArrayDeque<Kept> sessions = kept.get(peer);
    Kept newest = sessions == null ? null : sessions.pollLast();
    if (sessions != null && newest != null) {
      sessions.addLast(new Kept(newest.session, newest.protocol, OptionalLong.of(bytes)));
    }
  }

  @Override
  public synchronized void clear() {
    kept.values().forEach(sessions -> sessions.forEach(Kept::free));
    kept.clear();
  }

  /** Frees all, and keeps no more. */
  synchronized void close() {
    closed = true;
    clear();
  }

  /** Called from native code with each session that a peer gives. */
  record Receiver(Sessions sessions, Map<Long, BoringWire> wires) implements SSLSessionCache {
    @Override
    public boolean sessionCreated(long ssl, long session) {
      BoringWire wire = wires.get(ssl);
      @Nullable Peer peer = wire == null ? null : wire.peer();
      return peer != null
          && sessions.keep(
              peer, new Kept(session, Protocol.of(SSL.getVersion(ssl)), OptionalLong.empty()));
    }

    @Override
    public long getSession(long ssl, byte[] id) {
      return -1; // servers have tickets
    }
  }
}
