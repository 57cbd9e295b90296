package dev.ferrule.ssl;

import dev.ferrule.TcpServer;

/** A server whose connections speak SSL. cl-async: {@code tcp-ssl-server}. */
public final class SslServer extends TcpServer {
  SslServer() {}
}
