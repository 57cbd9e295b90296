package dev.ferrule.connection;

import dev.ferrule.loop.Lookup;
import dev.ferrule.loop.TimerTask;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings a connection its link: resolves the name, then lets its addresses race (RFC 8305, Happy
 * Eyeballs). One is tried after the other: the next begins when a delay has passed or one has
 * failed, while those before it go on; the first that reaches the goal wins, and the others are
 * aborted. It is dropped when the connection has its link.
 */
final class Connector {
  /** Attempts at once: with more addresses than that, the oldest makes room for the next. */
  static final int MOST_AT_ONCE = 16;

  private final Connection connection;
  private final ConnectSettings settings;
  private final ConnectFailures failures;
  private final @Nullable Transport raced; // whose handshake decides; null when TCP does
  private final List<Attempt> running = new ArrayList<>(1);
  private List<SocketAddress> addresses = List.of();
  private int next;
  private @Nullable Lookup lookup;
  private @Nullable TimerTask delay;
  private boolean ended;

  private Connector(Connection connection, String whom, ConnectSettings settings) {
    this.connection = connection;
    this.settings = settings;
    this.failures = new ConnectFailures(whom);
    this.raced = connection.opening().raced(settings);
  }

  static Connector toHost(Connection connection, String host, int port, ConnectSettings settings) {
    Connector connector = new Connector(connection, Addresses.text(host, port), settings);
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

  static Connector toAddress(
      Connection connection, SocketAddress address, ConnectSettings settings) {
    Connector connector = new Connector(connection, Addresses.text(address), settings);
    connector.later(List.of(address));
    return connector;
  }

  /** Never before the call that asked for it has returned: a refusal must find its callbacks. */
  private void later(List<? extends SocketAddress> all) {
    connection.loop.executeIfRunning(() -> begin(all));
  }

  private void begin(List<? extends SocketAddress> all) {
    lookup = null;
    OpeningTimes.note(connection.opening().times(), OpeningTimes.Phase.CONNECTING);
    List<SocketAddress> order = AddressOrder.interleaved(all);
    addresses = AddressOrder.reachableFrom(settings.options().localAddress(), order);
    if (addresses.isEmpty()) {
      failures.noneOfFamily(settings.options().localAddress());
    }
    tryNext();
  }

  ConnectSettings settings() {
    return settings;
  }

  // ---- the race

  /** Begins with the next address, or with one behind it if that fails at once. */
  private void tryNext() {
    endDelay();
    while (!ended && next < addresses.size()) {
      Attempt attempt = attempt(addresses.get(next++));
      if (running.size() == MOST_AT_ONCE) {
        giveUp(running.removeFirst());
      }
      running.add(attempt);
      try {
        attempt.begin();
        waitForNext();
        return;
      } catch (IOException e) {
        running.remove(attempt);
        failures.add(attempt.address(), e);
      }
    }
    if (!ended && running.isEmpty()) {
      connection.failing().fail(failures.error(connection.socket()));
    }
  }

  private Attempt attempt(SocketAddress address) {
    Transport transport = raced;
    return transport == null || addresses.size() == 1
        ? new TcpAttempt(connection, this, address, settings.options())
        : new HandshakeAttempt(connection, this, address, transport);
  }

  private void giveUp(Attempt oldest) {
    failures.gaveUp(oldest.address(), oldest.progress());
    oldest.cancel();
  }

  private void waitForNext() {
    if (next < addresses.size()) {
      delay =
          connection.loop.delay(
              settings.delayFor(addresses.size(), connection.limits().connect()), this::tryNext);
    }
  }

  /** One has reached the goal: the others end, without a word to the program. */
  void won(Attempt winner) {
    running.remove(winner);
    cancel();
  }

  /** One has failed, which it tells for itself only once; the next does not wait any longer. */
  void failed(Attempt loser, Exception reason) {
    if (ended || !running.remove(loser)) {
      return;
    }
    failures.add(loser.address(), reason);
    tryNext();
  }

  /** The time for connecting is over: what became of the addresses, one sentence; maybe empty. */
  String progress() {
    if (lookup != null) {
      return "its name was still being looked up";
    }
    return failures.progress(running, addresses.size());
  }

  void cancel() {
    ended = true;
    if (lookup != null) {
      lookup.cancel();
      lookup = null;
    }
    endDelay();
    running.forEach(Attempt::cancel);
    running.clear();
  }

  private void endDelay() {
    TimerTask timer = delay;
    delay = null;
    if (timer != null) {
      // Not cancel, which is the program's: the loop may have ended.
      connection.loop.timers().remove(timer);
    }
  }
}
