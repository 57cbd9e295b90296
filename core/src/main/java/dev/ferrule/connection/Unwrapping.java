package dev.ferrule.connection;

import dev.ferrule.event.Endpoint;
import dev.ferrule.event.EventError;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.spi.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;

/**
 * How a connection goes back to plain TCP (RFC 4217): what is queued, this side's close_notify, the
 * peer's, then a plain wire on the same link. Until the peer's has come the connection is open, and
 * what the peer still sends encrypted goes to the old socket. There is one while this goes on.
 *
 * <p>What came behind the peer's close_notify is plain text. It waits in the old wire until the
 * program has taken all that came before, so that the two are never mixed up.
 */
public final class Unwrapping {
  private final Connection connection;
  private final Endpoint next;
  private final Callbacks callbacks;
  private final UnaryOperator<Limits> limits;
  private final Runnable takeOver;

  /**
   * From now on {@code connection} waits to be plain again.
   *
   * @param next the socket that it is handed to then
   * @param limits makes its limits of those that the connection has then
   * @param takeOver called when it has been, and before it is told
   */
  public Unwrapping(
      Connection connection,
      Endpoint next,
      Callbacks callbacks,
      UnaryOperator<Limits> limits,
      Runnable takeOver) {
    this.connection = connection;
    this.next = next;
    this.callbacks = callbacks;
    this.limits = limits;
    this.takeOver = takeOver;
  }

  /** Ends this side's part of SSL behind what is queued. */
  public void begin() {
    connection.unwrapping = this;
    connection.out().endForUnwrapping();
  }

  /** Whether both sides have ended SSL, and nothing that came before waits for the program. */
  boolean isDue() {
    Outlet outlet = connection.outlet;
    return connection.unwraps()
        && connection.closing().isNotified()
        && connection.in().ended()
        && connection.in().waiting() == 0
        && outlet != null
        && !outlet.failed()
        && !connection.failing().readsRest()
        && !connection.failing().failsSoon();
  }

  /** Puts the plain wire in the place of the other, and tells both sockets. */
  void finishIfDue() {
    Wire old = connection.wire;
    Link link = connection.link;
    if (!isDue() || old == null || link == null) {
      return;
    }
    Callbacks before = connection.callbacks();
    EventError incomplete = before.remainder == null ? null : before.remainder.atEnd();
    if (incomplete != null) {
      connection.failing().fail(incomplete); // the end of SSL is in the middle of a message
      return;
    }
    if (before.close != null) {
      connection.changeCallbacks().close = null; // that may end the connection, and is called once
      connection.call(before.close);
      if (!connection.unwraps()) {
        return; // closed by that
      }
    }
    connection.unwrapping = null;
    callbacks.unheard = before.unheard;
    callbacks.endings = before.endings;
    callbacks.capture = before.capture;
    connection.handOver(next, callbacks, limits.apply(connection.limits()));
    takeOver.run();
    try {
      becomePlain(old, link, new WireOwner(connection).open(PlainWire.MEMORY));
    } catch (IOException e) {
      connection.failing().fail(Failures.of(e, next));
      return;
    }
    connection.closing().startsAnew();
    connection.out().startsAnew();
    connection.opening().plainAgain();
  }

  /** SSL to a proxy stays below. */
  private void becomePlain(Wire old, Link link, Outlet outlet) {
    keepRest(old);
    if (old instanceof NestedWire nested) {
      nested.replace(new PlainWire(nested.link(), outlet));
    } else {
      connection.wire = new PlainWire(link, outlet);
      old.release();
    }
  }

  /** Bytes behind the peer's close_notify. */
  private void keepRest(Wire old) {
    connection.in().startsAnew();
    ByteBuffer rest = connection.loop.buffers().plain(old.memory());
    while (old.takeRest(rest) > 0) {
      connection.in().keep(rest.flip());
      rest.clear();
    }
  }
}
