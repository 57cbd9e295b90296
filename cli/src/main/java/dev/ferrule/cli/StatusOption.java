package dev.ferrule.cli;

import dev.ferrule.cli.status.Observed;
import dev.ferrule.cli.status.StatusServer;
import dev.ferrule.cli.tunnel.EventLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** {@code --status}: where a process tells how it does. Nothing of that is loaded without it. */
final class StatusOption implements AutoCloseable {
  private @Nullable Target where;
  private @Nullable StatusServer server;

  void describe(Description command) {
    command.text(
        "--status",
        "ADDR:PORT",
        text -> where = address(text),
        "Tell over HTTP, to anybody who can connect there, how this process does: / is a page,"
            + " /metrics for Prometheus, /healthz, /readyz and /status.json. Port 0 takes a free"
            + " one; a line STATUS says where.");
  }

  private static Target address(String text) {
    Target at = Target.listening(text);
    if (at.unix() != null) {
      throw new ToolError(Exit.USAGE, "--status is an address and a port, as in 127.0.0.1:9090");
    }
    return at;
  }

  /** Whether it was asked for. */
  boolean isWanted() {
    return where != null;
  }

  /** What the owner is told about where it listens; null for nothing. */
  @Nullable String warning() {
    StatusServer open = server;
    return open == null ? null : warning(open.address());
  }

  /** Listens, where that was asked for. */
  void open(Observed observed, EventLog log) {
    Target at = where;
    if (at == null) {
      return;
    }
    InetSocketAddress address =
        at.host().equals("*")
            ? new InetSocketAddress(at.port())
            : new InetSocketAddress(at.host(), at.port());
    if (address.isUnresolved()) {
      throw new ToolError(Exit.USAGE, "--status " + at + ": there is no such host");
    }
    try {
      StatusServer fresh = StatusServer.open(address, observed, log);
      server = fresh;
      String warning = warning(fresh.address());
      if (warning != null) {
        log.tell("notice", "what", warning);
      }
    } catch (NoClassDefFoundError e) {
      throw new ToolError(
          Exit.USAGE,
          "--status needs Prometheus' client library, which is not in this installation: "
              + e.getMessage(),
          e);
    } catch (IOException e) {
      throw new ToolError(
          Exit.FAILED, "--status cannot listen at " + at + ": " + e.getMessage(), e);
    }
  }

  /** What the owner is told about an address that others can reach; null for nothing. */
  static @Nullable String warning(InetSocketAddress address) {
    return address.getAddress().isLoopbackAddress()
        ? null
        : "--status listens at "
            + Target.shown(address)
            + ", which is not for this machine alone: whoever can connect there may read names,"
            + " addresses and counts";
  }

  /** The line that says where; null where nobody listens. */
  @Nullable String line() {
    StatusServer open = server;
    return open == null ? null : "STATUS " + Target.shown(open.address());
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }
}
