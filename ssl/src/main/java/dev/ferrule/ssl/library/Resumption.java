package dev.ferrule.ssl.library;

import dev.ferrule.ssl.library.ClientSessions.Peer;
import dev.ferrule.ssl.library.ClientSessions.Session;
import java.util.ArrayDeque;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one client connection resumes, and the sessions that its server gives it. Once records are
 * Ferrule's, the library tells of a session before it is known what early data it allows: until
 * then nobody sees it in the cache. The connection's loop.
 */
public final class Resumption {
  private final ClientSessions sessions;
  private final Peer peer;
  private final ArrayDeque<Session> untold = new ArrayDeque<>(1);
  private boolean waits; // for what each session allows

  Resumption(ClientSessions sessions, Peer peer) {
    this.sessions = sessions;
    this.peer = peer;
  }

  /** Of a connection to this host; null where nothing is resumed. */
  public static @Nullable Resumption of(
      @Nullable ClientSessions sessions, @Nullable String host, int port) {
    return sessions == null || host == null ? null : new Resumption(sessions, new Peer(host, port));
  }

  /**
   * Offers a session to the server, if there is one for it.
   *
   * @param library takes a reference of its own to it
   */
  public void offer(Consumer<? super Session> library) {
    sessions.offer(peer, library);
  }

  /** From now on it will be told what each session allows. */
  public void awaitLimits() {
    waits = true;
  }

  /** Takes over the caller's reference to a session; false when it is not taken. */
  public boolean take(Session session) {
    return waits
        ? untold.size() < ClientSessions.EACH && untold.add(session)
        : sessions.keep(peer, session, OptionalLong.empty());
  }

  /** Keeps the oldest session that came, if there is one, which allows so much early data. */
  public void allow(long bytes) {
    Session session = untold.poll();
    if (session != null) {
      keepOrFree(session, OptionalLong.of(bytes));
    }
  }

  /** No more come: those of which nothing was told are kept without. */
  public void end() {
    for (Session session; (session = untold.poll()) != null; ) {
      keepOrFree(session, OptionalLong.empty());
    }
  }

  private void keepOrFree(Session session, OptionalLong earlyData) {
    if (!sessions.keep(peer, session, earlyData)) {
      session.free();
    }
  }
}
