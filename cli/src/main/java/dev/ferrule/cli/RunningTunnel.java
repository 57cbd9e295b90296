package dev.ferrule.cli;

import dev.ferrule.cli.tunnel.Tunnel;
import dev.ferrule.ssl.SslReload;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel of this process, and what it was made of.
 *
 * @param options what it was told
 * @param tunnel what it does
 * @param reload where its contexts come from; null where it speaks no SSL
 */
record RunningTunnel(TunnelOptions options, Tunnel tunnel, @Nullable SslReload reload)
    implements AutoCloseable {
  /** Reads its files again. */
  void loadAgain() {
    options.reloadTickets();
    if (reload != null) {
      reload.reload();
    }
  }

  @Override
  public void close() {
    if (reload != null) {
      reload.close();
    }
    options.closeTickets();
  }
}
