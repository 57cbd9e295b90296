package dev.ferrule.cli.status;

import dev.ferrule.cli.tunnel.Tunnel;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tunnels of a process, as its status sees them. Any thread. */
public interface Observed {
  /** How far the process is. */
  enum State {
    /** Not every tunnel listens yet. */
    STARTING,
    /** It takes connections. */
    READY,
    /** It takes no more of them. */
    DRAINING
  }

  /**
   * One of its tunnels.
   *
   * @param name by which it is told from others
   * @param tunnel what counts
   * @param address where it listens; null while it does not
   * @param chains of certificates that it shows, the leaf first
   */
  record Each(
      String name, Tunnel tunnel, @Nullable String address, List<List<X509Certificate>> chains) {}

  /** How far it is; never waits. */
  State state();

  /** The tunnels of now; may wait while a file of tunnels is taken over. */
  List<Each> tunnels();
}
