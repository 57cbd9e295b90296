package dev.ferrule.cli;

import dev.ferrule.cli.tunnel.EventLog;
import dev.ferrule.cli.tunnel.Setting;
import dev.ferrule.cli.tunnel.Setting.Side;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslFinding;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.ssl.SslReloadEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tunnel of this process was told, with its files loaded.
 *
 * @param name of the tunnel
 * @param options what it was told
 * @param setting what that means
 * @param reload where its contexts come from; null where it speaks no SSL
 */
record LoadedTunnel(String name, TunnelOptions options, Setting setting, @Nullable SslReload reload)
    implements AutoCloseable {
  /** Loads its files; {@code watchedEvery} is how often to look at them, null for never. */
  static LoadedTunnel load(
      String name,
      TunnelOptions options,
      @Nullable Duration watchedEvery,
      EventLog log,
      FleetOptions fleet) {
    if (options.side() == Side.PASS) {
      return new LoadedTunnel(name, options, options.setting(name, null), null);
    }
    SslReload reload = null;
    try {
      options.join(fleet);
      options.openTickets(watchedEvery, event -> reloaded(name, event, log));
      SslReload.Builder builder =
          SslReload.of(options::context).onEvent(event -> reloaded(name, event, log));
      List<Path> files = options.files();
      reload =
          watchedEvery != null && !files.isEmpty()
              ? builder.files(files.toArray(Path[]::new)).interval(watchedEvery).start()
              : builder.build();
      options.follow(reload);
      Setting setting = options.setting(name, reload::context);
      tellWeaknesses(name, reload.context(), log);
      return new LoadedTunnel(name, options, setting, reload);
    } catch (RuntimeException e) {
      if (reload != null) {
        reload.close(); // else its files were watched for ever
      }
      options.close();
      throw e;
    }
  }

  private static void reloaded(String name, SslReloadEvent event, EventLog log) {
    String what =
        switch (event) {
          case SslReloadEvent.Reloaded _ -> "reloaded";
          case SslReloadEvent.Kept _ -> "not-reloaded";
          case SslReloadEvent.Expiry _, SslReloadEvent.StapleExpired _ -> "expiry";
        };
    log.tell(what, "tunnel", name, "what", event.message());
  }

  private static void tellWeaknesses(String name, SslContext context, EventLog log) {
    for (SslFinding finding : Ssl.audit(context)) {
      if (finding.severity() != SslFinding.Severity.INFO) {
        log.tell("weak", "tunnel", name, "code", finding.code(), "what", finding);
      }
    }
  }

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
    options.close();
  }
}
