package dev.ferrule.ssl.jdk;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslSessions;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's cache of a client's sessions, which belongs to an SSLContext, and so that context. The
 * JDK finds sessions by host and port, but shows them by their ids only, of which it keeps as many
 * as of peers: peers whose ids were pushed out by others' many tickets are not shown. What is
 * cleared must be gone all the same, so another SSLContext takes the place of the first. Any
 * thread.
 */
final class JdkSessions implements SslSessions {
  /** Makes an SSLContext, each time anew. */
  interface Source {
    SSLContext make() throws GeneralSecurityException;
  }

  /** By this port the JDK keeps nothing and finds nothing. */
  private static final int NO_PORT = -1;

  private final @Nullable Source source; // null for a context from outside
  private final int limit;
  private volatile SSLContext context;

  private JdkSessions(@Nullable Source source, SSLContext first, int limit) {
    this.source = source;
    this.limit = limit;
    this.context = first;
  }

  /** Sessions of contexts that are made here. */
  static JdkSessions of(Source source, int limit) throws GeneralSecurityException {
    return new JdkSessions(source, made(source, limit), limit);
  }

  /** Those of a context from outside. */
  static JdkSessions of(SSLContext outside) {
    int size = outside.getClientSessionContext().getSessionCacheSize();
    return new JdkSessions(null, outside, size == 0 ? Integer.MAX_VALUE : size);
  }

  private static SSLContext made(Source source, int limit) throws GeneralSecurityException {
    SSLContext made = source.make();
    made.getClientSessionContext().setSessionCacheSize(Math.max(limit, 1)); // 0 is without a limit
    return made;
  }

  /** The context of now. */
  SSLContext context() {
    return context;
  }

  /** An engine, which resumes a session of that peer if there is one. */
  SSLEngine engine(@Nullable String host, int port) {
    SSLContext present = context;
    return host == null
        ? present.createSSLEngine()
        : present.createSSLEngine(host, limit == 0 ? NO_PORT : port);
  }

  @Override
  public int limit() {
    return limit;
  }

  private record Peer(String host, int port) {}

  @Override
  public List<Entry> entries() {
    SSLSessionContext cache = context.getClientSessionContext();
    long lifetime = cache.getSessionTimeout() * 1000L; // 0 is for ever
    Map<Peer, Entry> newest = new HashMap<>();
    for (byte[] id : Collections.list(cache.getIds())) {
      SSLSession session = cache.getSession(id);
      if (session == null || session.getPeerHost() == null || session.getPeerPort() == NO_PORT) {
        continue;
      }
      Peer peer = new Peer(session.getPeerHost(), session.getPeerPort());
      Instant made = Instant.ofEpochMilli(session.getCreationTime());
      Entry old = newest.get(peer);
      if (old == null || old.made().isBefore(made)) {
        Instant until = lifetime == 0 ? Instant.MAX : made.plusMillis(lifetime);
        Protocol version = Protocol.of(session.getProtocol());
        newest.put(
            peer, new Entry(peer.host, peer.port, version, made, until, OptionalLong.empty()));
      }
    }
    return newest.values().stream().sorted(Comparator.comparing(Entry::made).reversed()).toList();
  }

  @Override
  public void clear() {
    Source own = source;
    if (own == null) {
      SSLSessionContext cache = context.getClientSessionContext();
      for (byte[] id : Collections.list(cache.getIds())) {
        SSLSession session = cache.getSession(id);
        if (session != null) {
          session.invalidate();
        }
      }
      return;
    }
    try {
      context = made(own, limit);
    } catch (GeneralSecurityException e) {
      throw new SslConfigException("the JDK refused the SSL settings: " + e.getMessage(), e);
    }
  }
}
