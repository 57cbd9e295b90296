package dev.ferrule.cli;

import dev.ferrule.cli.status.Observed;
import dev.ferrule.cli.status.StatusServer;
import dev.ferrule.cli.tunnel.EventLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** {@code --status}: where a process tells how it does. Nothing of that is loaded without it. */
final class StatusOption {
  private @Nullable Target where;

  void describe(Description command) {
    command.text(
        "--status",
        "ADDR:PORT",
        text -> where = Target.listening(text),
        "Tell over HTTP, to anybody who can connect there, how the tunnels do: / is a page,"
            + " /metrics for Prometheus, /healthz, /readyz and /status.json. Port 0 takes a free"
            + " one; a line STATUS says where.");
  }

  /** Listens, where that was asked for; null where it was not. */
  @Nullable StatusServer open(Observed observed, EventLog log) {
    Target at = where;
    if (at == null) {
      return null;
    }
    if (at.unix() != null) {
      throw new ToolError(Exit.USAGE, "--status is an address and a port, as in 127.0.0.1:9090");
    }
    InetSocketAddress address =
        at.host().equals("*")
            ? new InetSocketAddress(at.port())
            : new InetSocketAddress(at.host(), at.port());
    if (address.isUnresolved()) {
      throw new ToolError(Exit.USAGE, "--status " + at + ": there is no such host");
    }
    try {
      StatusServer server = StatusServer.open(address, observed, log);
      if (!address.getAddress().isLoopbackAddress()) {
        log.tell(
            "notice",
            "what",
            "--status "
                + at
                + " is no address of this machine alone: others may read names, addresses and"
                + " counts there");
      }
      return server;
    } catch (IOException e) {
      throw new ToolError(
          Exit.FAILED, "--status cannot listen at " + at + ": " + e.getMessage(), e);
    }
  }

  /** The line that says where; null where nobody listens. */
  static @Nullable String line(@Nullable StatusServer server) {
    return server == null ? null : "STATUS " + Target.shown(server.address());
  }
}
