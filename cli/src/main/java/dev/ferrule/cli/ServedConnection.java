package dev.ferrule.cli;

import dev.ferrule.SocketInfo;
import dev.ferrule.TcpSocket;
import dev.ferrule.Timer;
import org.jspecify.annotations.Nullable;

/**
 * What {@code ferrule serve} knows of a connection, where it has to know more than its mode does:
 * with STARTTLS, or when it is counted. Loop's thread.
 */
final class ServedConnection {
  private TcpSocket socket;
  private @Nullable Timer limit;
  private long received; // counted so far
  private long sent;
  private boolean arrived;
  private boolean failed;

  ServedConnection(TcpSocket socket) {
    this.socket = socket;
    socket.attach(this);
  }

  /** That of a socket; null where there is none. */
  static @Nullable ServedConnection of(@Nullable Object socket) {
    return socket instanceof TcpSocket tcp && tcp.attachment() instanceof ServedConnection known
        ? known
        : null;
  }

  TcpSocket socket() {
    return socket;
  }

  /** It has another socket from now on. */
  void wrapped(TcpSocket secure) {
    socket = secure;
  }

  void limit(Timer timer) {
    limit = timer;
  }

  void endLimit() {
    if (limit != null) {
      limit.cancel();
      limit = null;
    }
  }

  /** Its handshake is done, if there is one. */
  void arrived() {
    arrived = true;
  }

  boolean hasArrived() {
    return arrived;
  }

  /** Whether that is news: one failure makes others. */
  boolean fails() {
    boolean first = !failed;
    failed = true;
    return first;
  }

  boolean hasFailed() {
    return failed;
  }

  /** Takes bytes that were not counted yet. */
  interface Counts {
    void add(long bytesReceived, long bytesSent);
  }

  void count(Counts counts) {
    SocketInfo now = socket.info();
    counts.add(now.dataReceived() - received, now.dataSent() - sent);
    received = now.dataReceived();
    sent = now.dataSent();
  }
}
