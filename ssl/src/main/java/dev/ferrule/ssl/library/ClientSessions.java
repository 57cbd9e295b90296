package dev.ferrule.ssl.library;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslSessions;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The sessions that clients of a context may resume, by host and port, in native memory that this
 * frees; the least recently used peer is dropped first. A session of TLS 1.3 is used once (RFC 8446
 * C.4). Shared by loops, so it has a lock, which is held for some hundred nanoseconds, twice for
 * each connection, and for as long as a program looks at it.
 */
public final class ClientSessions implements SslSessions {
  /** The most sessions that are kept for one peer. */
  public static final int EACH = 4;

  /** Whom a session is with. */
  record Peer(String host, int port) {}

  /** A session of the library. Any thread. */
  public interface Session {
    /** What it is of. */
    Protocol protocol();

    /** When it was made. */
    Instant made();

    /** When it expires. */
    Instant until();

    /** Whether it must be used once only. */
    boolean singleUse();

    /** Drops this reference to it; once. */
    void free();
  }

  private record Kept(Session session, OptionalLong earlyData) {}

  private final int limit;
  private final LinkedHashMap<Peer, ArrayDeque<Kept>> kept = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  /** Keeps those of so many peers. */
  public ClientSessions(int limit) {
    this.limit = limit;
  }

  /**
   * Offers a session to the peer, if there is one for it.
   *
   * @param library takes a reference of its own to it
   */
  synchronized void offer(Peer peer, Consumer<? super Session> library) {
    ArrayDeque<Kept> sessions = kept.get(peer);
    Kept newest = sessions == null ? null : sessions.peekLast();
    if (sessions == null || newest == null) {
      return;
    }
    library.accept(newest.session);
    if (newest.session.singleUse()) {
      sessions.removeLast();
      if (sessions.isEmpty()) {
        kept.remove(peer);
      }
      newest.session.free();
    }
  }

  /**
   * Keeps a session, and takes over the caller's reference.
   *
   * @param earlyData how much it allows, where that is known
   * @return false when it is not kept
   */
  synchronized boolean keep(Peer peer, Session session, OptionalLong earlyData) {
    if (closed || limit == 0) {
      return false;
    }
    ArrayDeque<Kept> sessions = kept.computeIfAbsent(peer, _ -> new ArrayDeque<>(EACH));
    // A session that may be used more than once replaces the older ones.
    int most = session.singleUse() ? EACH - 1 : 0;
    while (sessions.size() > most) {
      sessions.removeFirst().session.free();
    }
    sessions.addLast(new Kept(session, earlyData));
    if (kept.size() > limit) {
      Iterator<ArrayDeque<Kept>> eldest = kept.values().iterator();
      eldest.next().forEach(each -> each.session.free());
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
        Instant until = newest.session.until();
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
        peer.host,
        peer.port,
        newest.session.protocol(),
        newest.session.made(),
        newest.session.until(),
        newest.earlyData);
  }

  @Override
  public synchronized void clear() {
    kept.values().forEach(sessions -> sessions.forEach(each -> each.session.free()));
    kept.clear();
  }

  /** Frees all, and keeps no more. */
  public synchronized void close() {
    closed = true;
    clear();
  }
}
