package dev.ferrule.cli;

import dev.ferrule.EventLoop;
import dev.ferrule.cli.handover.GivenSockets;
import dev.ferrule.cli.handover.HandOver;
import dev.ferrule.cli.handover.TakeOver;
import dev.ferrule.cli.tunnel.EventLog;
import dev.ferrule.spi.Poller;
import dev.ferrule.spi.PollerProvider;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who served the tunnels before this process, and who does after it: systemd or another process may
 * give it sockets that listen already, and the next process gets its own.
 */
final class Succession implements HandOver.Service, AutoCloseable {
  private final @Nullable Path path;
  private final TunnelService service;
  private final StatusOption status;
  private final EventLog log;
  private final @Nullable TakeOver before;
  private @Nullable HandOver after;
  private volatile boolean handedOver;

  private Succession(
      @Nullable Path path,
      TunnelService service,
      StatusOption status,
      EventLog log,
      @Nullable TakeOver before) {
    this.path = path;
    this.service = service;
    this.status = status;
    this.log = log;
    this.before = before;
  }

  /**
   * Gets what there is for the tunnels that are about to listen.
   *
   * @param path where processes hand over; null for nowhere
   * @throws ToolError when sockets are given that cannot be used, or not given
   */
  static Succession begin(
      @Nullable Path path,
      TunnelService service,
      StatusOption status,
      PollerProvider poller,
      EventLog log) {
    try {
      TakeOver before = null;
      if (path != null) {
        requireAdoption("--hand-over", poller);
        before = TakeOver.begin(path);
      }
      if (before != null) {
        service.listenBy(before.sockets());
      } else {
        ofSystemd(service, poller);
      }
      return new Succession(path, service, status, log, before);
    } catch (IOException e) {
      throw new ToolError(Exit.FAILED, "--hand-over " + path + ": " + e.getMessage(), e);
    }
  }

  private static void ofSystemd(TunnelService service, PollerProvider poller) {
    try {
      GivenSockets given = GivenSockets.ofSystemd(System.getenv(), ProcessHandle.current().pid());
      if (!given.unclaimed().isEmpty()) {
        requireAdoption("a socket of systemd (LISTEN_FDS)", poller);
      }
      service.listenBy(given);
      List<SocketAddress> left = given.unclaimed();
      if (!left.isEmpty()) {
        throw new ToolError(
            Exit.USAGE,
            "systemd gave a socket at "
                + Target.shown(left.getFirst())
                + " (LISTEN_FDS), where no tunnel listens: --listen and ListenStream= are the same");
      }
    } catch (IOException e) {
      throw new ToolError(
          Exit.USAGE, "a socket of systemd (LISTEN_FDS) is of no use: " + e.getMessage(), e);
    }
  }

  private static void requireAdoption(String what, PollerProvider provider) throws IOException {
    try (Poller poller = provider.open()) {
      if (!poller.adopts()) {
        throw new ToolError(
            Exit.USAGE, what + " needs the poller epoll (Linux), and this is " + provider.name());
      }
    }
  }

  /** Whether another process serves until this one does. */
  boolean takesOver() {
    return before != null;
  }

  /**
   * All tunnels listen. Where another process served it ends to accept, and then {@code ready} runs
   * on the loop, as it does at once otherwise.
   */
  void listens(EventLoop loop, Runnable ready) {
    TakeOver other = before;
    if (other == null) {
      waitForNext();
      ready.run();
      return;
    }
    Thread.ofPlatform()
        .daemon()
        .name("ferrule-take-over")
        .start(() -> {
          String failure = tell(other);
          loop.execute(() -> {
            tookOver(other, failure);
            ready.run();
          });
        });
  }

  private static @Nullable String tell(TakeOver other) {
    try (other) {
      other.serving();
      return null;
    } catch (IOException e) {
      return e.getMessage(); // it has ended meanwhile: this one serves all the same
    }
  }

  private void tookOver(TakeOver other, @Nullable String failure) {
    for (SocketAddress left : other.sockets().unclaimed()) {
      log.tell("notice", "what", "no tunnel listens at " + Target.shown(left) + " any more");
    }
    other.sockets().closeUnclaimed();
    log.tell("took-over", "pid", other.pid(), "what", failure == null ? "in order" : failure);
    try {
      status.open(service, log);
    } catch (ToolError e) {
      log.tell("notice", "what", e.getMessage()); // clients come here already
    }
    waitForNext();
  }

  private void waitForNext() {
    Path where = path;
    if (where == null) {
      return;
    }
    try {
      after = HandOver.open(where, this);
    } catch (IOException e) {
      String message = "--hand-over " + where + " cannot be served: " + e.getMessage();
      if (before == null) {
        throw new ToolError(Exit.FAILED, message, e);
      }
      log.tell("notice", "what", message);
    }
  }

  /** Whether the next process serves. */
  boolean isHandedOver() {
    return handedOver;
  }

  /** Whether the next process serves, or has got the sockets to do so. */
  boolean isOffered() {
    HandOver waiting = after;
    return waiting != null && waiting.isOffered();
  }

  @Override
  public void offer(HandOver.Offer offer) throws IOException {
    service.offer(offer);
  }

  @Override
  public void handedOver(int pid) {
    handedOver = true;
    service.handOver(pid);
    status.close();
  }

  @Override
  public void failed(String why) {
    log.tell("not-handed-over", "why", why);
  }

  /** Nobody takes over from here any more. */
  @Override
  public void close() {
    HandOver waiting = after;
    if (waiting != null) {
      waiting.close();
    }
  }
}
