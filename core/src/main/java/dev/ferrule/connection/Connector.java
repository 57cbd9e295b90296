package dev.ferrule.connection;

import dev.ferrule.event.TcpError;
import dev.ferrule.jfr.ConnectAttempt;
import dev.ferrule.jfr.Recorder;
import dev.ferrule.loop.Lookup;
import dev.ferrule.loop.TimerTask;
import dev.ferrule.spi.Link;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings a connection its link: resolves the name, then tries its addresses one after the other. An
 * address that does not answer has its share of the time limit, when there are others to try.
 */
final class Connector {
  private final Connection connection;
  private final String whom;
  private List<? extends SocketAddress> addresses = List.of();
  private int next;
  private @Nullable Lookup lookup;
  private @Nullable Link attempt;
  private @Nullable ConnectAttempt recorded; // the attempt, when it is recorded
  private @Nullable TimerTask attemptLimit;
  private boolean cancelled;

  private Connector(Connection connection, String whom) {
    this.connection = connection;
    this.whom = whom;
  }

  static Connector toHost(Connection connection, String host, int port) {
    Connector connector = new Connector(connection, host + ":" + port);
    InetAddress literal = Addresses.literal(host);
    if (literal != null) {
      connector.later(List.of(new InetSocketAddress(literal, port)));
    } else {
      OpeningTimes.note(connection.opening().times(), OpeningTimes.Phase.RESOLVING);
      connector.lookup =
          Lookup.start(
              connection.loop,
              host,
              found ->
                  connector.begin(found.stream().map(a -> new InetSocketAddress(a, port)).toList()),
              connection.failing()::fail);
    }
    return connector;
  }

  static Connector toAddress(Connection connection, SocketAddress address) {
    Connector connector = new Connector(connection, Addresses.text(address));
    connector.later(List.of(address));
    return connector;
  }

  /** Never before the call that asked for it has returned: a refusal must find its callbacks. */
  private void later(List<? extends SocketAddress> all) {
    connection.loop.executeIfRunning(() -> begin(all));
  }

  private void begin(List<? extends SocketAddress> all) {
    lookup = null;
    addresses = all;
    OpeningTimes.note(connection.opening().times(), OpeningTimes.Phase.CONNECTING);
    tryNext();
  }

  private void tryNext() {
    if (cancelled) {
      return;
    }
    SocketAddress address = addresses.get(next++);
    recorded = Recorder.connect(address, Addresses::text);
    try {
      Link link = connection.loop.poller().connect(address);
      attempt = link;
      link.attach(ops -> {
        ready(link);
        connection.loop.settle();
      });
      link.interest(Link.WRITE);
    } catch (IOException e) {
      failed(e);
      return;
    }
    if (next < addresses.size()) {
      Duration share = connection.limits().connect().dividedBy(addresses.size());
      attemptLimit = connection.loop.delay(share, this::giveUpAttempt);
    }
  }

  /** {@code code} is null when it is connected. */
  private void attemptEnds(@Nullable String code) {
    ConnectAttempt event = recorded;
    recorded = null;
    if (event != null) {
      event.ended(code);
    }
  }

  private void giveUpAttempt() {
    attemptEnds(ConnectAttempt.TIME_LIMIT);
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
    endAttemptLimit();
    attemptEnds(null);
    attempt = null;
    link.interest(0);
    connection.opening().connected(link);
  }

  private void failed(IOException reason) {
    if (recorded != null) {
      attemptEnds(Failures.connecting(reason, whom, null).code());
    }
    dropAttempt();
    if (next < addresses.size()) {
      tryNext();
      return;
    }
    String tried = addresses.size() > 1 ? whom + " (" + addresses.size() + " addresses)" : whom;
    TcpError error = Failures.connecting(reason, tried, connection.socket());
    connection.failing().fail(error);
  }

  void cancel() {
    cancelled = true;
    if (lookup != null) {
      lookup.cancel();
      lookup = null;
    }
    attemptEnds(ConnectAttempt.CANCELLED);
    dropAttempt();
  }

  private void dropAttempt() {
    endAttemptLimit();
    Link link = attempt;
    attempt = null;
    if (link != null) {
      link.abort(); // the system may have connected it: a FIN would be a clean end without a byte
    }
  }

  private void endAttemptLimit() {
    TimerTask timer = attemptLimit;
    attemptLimit = null;
    if (timer != null) {
      connection
          .loop
          .timers()
          .remove(timer); // not cancel, which is the program's: the loop may have ended
    }
  }
}
