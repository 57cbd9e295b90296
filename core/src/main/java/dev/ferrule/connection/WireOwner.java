package dev.ferrule.connection;

import dev.ferrule.event.Endpoint;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection as the wire that opens it sees it: gives it an outlet, and brings its questions and
 * notices to the program. A wire that is open has no use for it, and does not keep it. On the
 * loop's thread, but for {@link #resume}.
 */
final class WireOwner implements Transport.Owner {
  private final Connection connection;

  WireOwner(Connection connection) {
    this.connection = connection;
  }

  /** The new wire may want other memory; what was written before the upgrade goes first. */
  @Override
  public Outlet open(Memory memory) throws IOException {
    Link opened = connection.link;
    if (opened == null) {
      throw new IllegalStateException("no link yet");
    }
    Outlet old = connection.outlet;
    if (old != null && connection.wire instanceof NestedWire) {
      old.flush();
      connection.queue.moveTo(old);
      old.changeMemory(memory);
      return old;
    }
    Outlet fresh = new Outlet(opened, connection.loop.buffers(), memory);
    if (old != null) {
      old.flush();
      connection.queue.moveTo(old);
      old.moveTo(fresh);
    } else {
      connection.queue.moveTo(fresh); // wrapped before it was connected
    }
    connection.outlet = fresh;
    return fresh;
  }

  @Override
  public @Nullable SocketAddress client(Link link) {
    return connection.opening().client(link);
  }

  @Override
  public int peerPort(Link link) {
    int behind = connection.opening().portBehind();
    return behind == 0 ? Transport.Owner.super.peerPort(link) : behind;
  }

  @Override
  public void replace(Outlet top) {
    connection.outlet = top;
  }

  @Override
  public void connected() {
    connection.opening().connectIsTold();
    call(endpoint -> {
      Consumer<Endpoint> callback = connection.callbacks().connect;
      if (callback != null && !connection.closing().asked()) {
        callback.accept(endpoint);
      }
    });
  }

  @Override
  public void call(Consumer<? super Endpoint> callback) {
    OpeningTimes times = connection.opening().times();
    if (times != null) {
      times.question = callback;
    }
  }

  @Override
  public void notice(String sentence) {
    connection.notice(sentence);
  }

  @Override
  public void resume() {
    connection.loop.executeIfRunning(connection.opening()::askAgain);
  }
}
