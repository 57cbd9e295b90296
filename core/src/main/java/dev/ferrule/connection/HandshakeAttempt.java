package dev.ferrule.connection;

import dev.ferrule.connection.Connection.State;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.Notice;
import dev.ferrule.loop.Handle;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * An attempt that has won when its handshake is done: a connection of its own until then, of which
 * the program hears nothing. The winner's link, outlet and wire become those of the connection that
 * the program holds; one that fails leaves its alert and ends as any other.
 */
final class HandshakeAttempt implements Attempt {
  private final Connection connection;
  private final Connector race;
  private final SocketAddress address;
  private final Connection trial;
  private final List<Notice> notices = new ArrayList<>(0);
  private boolean ended;

  HandshakeAttempt(
      Connection connection, Connector race, SocketAddress address, Transport transport) {
    this.connection = connection;
    this.race = race;
    this.address = address;
    Callbacks callbacks = new Callbacks();
    callbacks.event = this::heard;
    callbacks.connect = endpoint -> connection.times.received();
    callbacks.capture = connection.callbacks().capture;
    Limits limits = connection.limits().withRead(null); // the connection's own counts
    this.trial =
        new Connection(
            connection.loop,
            connection.socket(),
            transport,
            callbacks,
            limits,
            Handle.Kind.ATTEMPT);
    trial.opening().isOf(this);
  }

  @Override
  public SocketAddress address() {
    return address;
  }

  @Override
  public void begin() {
    trial.opening().connect(address, race.settings().with(ConnectSettings.Decision.TCP));
  }

  /** Its handshake is done. */
  void established() {
    if (ended) {
      return;
    }
    ended = true;
    race.won(this);
    connection.opening().adopt(trial, notices);
  }

  /** The connection that the program holds: what a capture has to tell is told there, once. */
  Connection program() {
    return connection;
  }

  private void heard(Event event) {
    if (event instanceof Notice notice) {
      notices.add(notice);
    } else if (event instanceof EventError error && !ended) {
      ended = true;
      // Later: the end of this attempt is not the place for callbacks of the program.
      connection.loop.executeIfRunning(() -> race.failed(this, error));
    }
  }

  @Override
  public void cancel() {
    if (!ended) {
      ended = true;
      trial.closing().abort();
    }
  }

  @Override
  public String progress() {
    return trial.state() == State.CONNECTING ? "no answer" : "connected, but no handshake";
  }
}
