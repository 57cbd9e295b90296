package dev.ferrule;

import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Link;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings a lane its link: resolves the name, then tries its addresses one after the other. An
 * address that does not answer has its share of the time limit, when there are others to try.
 */
final class Connector {
  private final Lane lane;
  private final String whom;
  private List<? extends SocketAddress> addresses = List.of();
  private int next;
  private @Nullable Lookup lookup;
  private @Nullable Link attempt;
  private @Nullable Timer patience;
  private boolean cancelled;

  private Connector(Lane lane, String whom) {
    this.lane = lane;
    this.whom = whom;
  }

  static Connector toHost(Lane lane, String host, int port) {
    Connector connector = new Connector(lane, host + ":" + port);
    InetAddress literal = Addresses.literal(host);
    if (literal != null) {
      connector.later(List.of(new InetSocketAddress(literal, port)));
    } else {
      connector.lookup =
          Lookup.start(
              lane.loop,
              host,
              found ->
                  connector.begin(found.stream().map(a -> new InetSocketAddress(a, port)).toList()),
              lane.ending::fail);
    }
    return connector;
  }

  static Connector toAddress(Lane lane, SocketAddress address) {
    Connector connector = new Connector(lane, Addresses.text(address));
    connector.later(List.of(address));
    return connector;
  }

  /** Never before the call that asked for it has returned: a refusal must find its callbacks. */
  private void later(List<? extends SocketAddress> all) {
    lane.loop.executeIfRunning(() -> begin(all));
  }

  private void begin(List<? extends SocketAddress> all) {
    lookup = null;
    addresses = all;
    tryNext();
  }

  private void tryNext() {
    if (cancelled) {
      return;
    }
    SocketAddress address = addresses.get(next++);
    try {
      Link link = lane.loop.poller().connect(address);
      attempt = link;
      link.attach(ops -> ready(link));
      link.interest(Link.WRITE);
    } catch (IOException e) {
      failed(e);
      return;
    }
    if (next < addresses.size()) {
      Duration share = lane.limits.connect().dividedBy(addresses.size());
      patience = lane.loop.delay(share, this::giveUpAttempt);
    }
  }

  private void giveUpAttempt() {
    dropAttempt();
    tryNext();
  }

  private void ready(Link link) {
    if (link != attempt) {
      return;
    }
    try {
      if (!link.finishConnect()) {
        return;
      }
    } catch (IOException e) {
      failed(e);
      return;
    }
    endPatience();
    attempt = null;
    link.interest(0);
    lane.connected(link);
  }

  private void failed(IOException reason) {
    dropAttempt();
    if (next < addresses.size()) {
      tryNext();
      return;
    }
    String tried = addresses.size() > 1 ? whom + " (" + addresses.size() + " addresses)" : whom;
    TcpError error = Failures.connecting(reason, tried, lane.socket);
    lane.ending.fail(error);
  }

  void cancel() {
    cancelled = true;
    if (lookup != null) {
      lookup.cancel();
      lookup = null;
    }
    dropAttempt();
  }

  private void dropAttempt() {
    endPatience();
    Link link = attempt;
    attempt = null;
    if (link != null) {
      link.close();
    }
  }

  private void endPatience() {
    Timer timer = patience;
    patience = null;
    if (timer != null) {
      lane.loop
          .timers()
          .remove(timer); // not cancel, which is the program's: the loop may have ended
    }
  }
}
