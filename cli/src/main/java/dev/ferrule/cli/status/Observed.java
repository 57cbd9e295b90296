package dev.ferrule.cli.status;

import dev.ferrule.cli.tunnel.TunnelStats;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tunnels of a process, or its server, as its status sees them. Any thread. */
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

  /** What it has. */
  enum Kind {
    /** Tunnels. */
    TUNNEL,
    /** A server, which answers by itself. */
    SERVER
  }

  /**
   * One of its tunnels, or its server.
   *
   * @param name by which it is told from others
   * @param side whom SSL is spoken with, as a word
   * @param stats what it has done
   * @param open connections of clients
   * @param targets where it leads
   * @param address where it listens; null while it does not
   * @param chains of certificates that it shows, the leaf first
   */
  record Each(
      String name,
      String side,
      TunnelStats stats,
      int open,
      List<ShownTarget> targets,
      @Nullable String address,
      List<List<X509Certificate>> chains) {}

  /** What it has. */
  default Kind kind() {
    return Kind.TUNNEL;
  }

  /** How far it is; never waits. */
  State state();

  /** How it stands with its fleet; null without one. Never waits. */
  default @Nullable ShownFleet fleet() {
    return null;
  }

  /** The tunnels of now; may wait while a file of tunnels is taken over. */
  List<Each> tunnels();
}
