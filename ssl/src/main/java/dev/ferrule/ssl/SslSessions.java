package dev.ferrule.ssl;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * The sessions that clients of a context may resume, of {@link SslContext#sessions}: by the host
 * that is verified and the port, for so many peers as {@link SslSetup#sessions} says; the one that
 * was used least recently is dropped first. They are never resumed by another context, so that what
 * was verified, and the certificate that the client showed, are the same. Any thread: a call takes
 * a lock for a moment, and never waits for a connection. It is of use for as long as the program
 * has the context.
 */
public interface SslSessions {
  /**
   * A peer that has sessions kept. It holds no secrets.
   *
   * @param host its name or address, in the form that is verified
   * @param port its port; 0 for one that has none, such as a Unix-domain socket's
   * @param protocol the version of its newest session
   * @param made when the newest session was made or renewed
   * @param until when that ends, at the latest; the server may forget it before
   * @param earlyData the most bytes of early data that the server would take with it (RFC 8446
   *     4.6.1), of which Ferrule's clients send none; empty where that is not known, as it is where
   *     the provider's library decrypts the records
   */
  record Entry(
      String host,
      int port,
      Protocol protocol,
      Instant made,
      Instant until,
      OptionalLong earlyData) {}

  /** The most peers; 0 when nothing is kept. */
  int limit();

  /** The peers that have sessions now, the one whose session is newest first. */
  List<Entry> entries();

  /** Drops all sessions. Connections that are open go on, and may bring new ones. */
  void clear();
}
