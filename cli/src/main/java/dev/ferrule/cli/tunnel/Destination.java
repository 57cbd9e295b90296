package dev.ferrule.cli.tunnel;

import dev.ferrule.ClientSetup;
import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a tunnel connects to: a host and a port, or a Unix-domain socket.
 *
 * @param text as the user wrote it
 * @param host a name or an address; empty for a Unix-domain socket
 * @param port the port; 0 for a Unix-domain socket
 * @param unix the Unix-domain socket; null for TCP
 */
public record Destination(String text, String host, int port, @Nullable SocketAddress unix) {
  Tcp.Client plain(EventLoop loop) {
    return unix == null ? Tcp.connect(loop, host, port) : Tcp.connect(loop, unix);
  }

  SslClientSetup secure(EventLoop loop) {
    return unix == null ? Ssl.connect(loop, host, port) : Ssl.connect(loop, unix);
  }

  /** Sets what both kinds have. */
  static <B extends ClientSetup<?, B>> B limited(ClientSetup<?, B> setup, Bounds bounds) {
    return setup
        .halfOpen()
        .connectTimeout(bounds.connect())
        .handshakeTimeout(bounds.handshake())
        .maxUnread(Bounds.WAITING);
  }

  @Override
  public String toString() {
    return text;
  }
}
