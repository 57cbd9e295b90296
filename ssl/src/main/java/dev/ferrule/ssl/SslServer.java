package dev.ferrule.ssl;

import dev.ferrule.TcpServer;

/** A server whose connections speak SSL. cl-async: {@code tcp-ssl-server}. */
public final class SslServer extends TcpServer {
  private final SslServerTransport transport;

  SslServer(SslServerTransport transport) {
    this.transport = transport;
  }

  /**
   * Replaces the context, at once and on all loops of the group that listen at its address. New
   * connections get the next one; those that were accepted before keep theirs, also during their
   * handshake. A loop that begins to listen later has the context of its setup. Any thread.
   *
   * @throws SslConfigException when it is for clients
   */
  public void context(SslContext next) {
    transport.context(next);
    for (TcpServer share : shares()) {
      if (share instanceof SslServer other) {
        other.transport.context(next);
      }
    }
  }
}
