package dev.ferrule.connection;

import dev.ferrule.jfr.ConnectAttempt;
import dev.ferrule.jfr.Recorder;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.SocketOptions;
import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** An attempt that has won when TCP is connected: no more than a link until then. */
final class TcpAttempt implements Attempt {
  private final Connection connection;
  private final Connector race;
  private final SocketAddress address;
  private final SocketOptions options;
  private @Nullable Link link;
  private @Nullable ConnectAttempt recorded; // the event of it, when it is recorded

  TcpAttempt(Connection connection, Connector race, SocketAddress address, SocketOptions options) {
    this.connection = connection;
    this.race = race;
    this.address = address;
    this.options = options;
  }

  @Override
  public SocketAddress address() {
    return address;
  }

  @Override
  public void begin() throws IOException {
    recorded = Recorder.connect(address, Addresses::text);
    Link opened;
    try {
      opened = connection.loop.poller().connect(address, options);
    } catch (IOException e) {
      recordsEnd(code(e));
      throw e;
    }
    link = opened;
    opened.attach(ops -> {
      ready(opened);
      connection.loop.settle();
    });
    opened.interest(Link.WRITE);
  }

  private void ready(Link opened) {
    if (link == null) {
      return;
    }
    try {
      if (!opened.finishConnect()) {
        return;
      }
    } catch (IOException e) {
      recordsEnd(code(e));
      cancel();
      race.failed(this, e);
      return;
    }
    link = null;
    recordsEnd(null);
    opened.interest(0);
    race.won(this);
    connection.connected(opened);
  }

  private static String code(IOException reason) {
    return Failures.connecting(reason, "", null).code();
  }

  /** {@code code} is null when it is connected. */
  private void recordsEnd(@Nullable String code) {
    ConnectAttempt event = recorded;
    recorded = null;
    if (event != null) {
      event.ended(code);
    }
  }

  @Override
  public void cancel() {
    recordsEnd(ConnectAttempt.CANCELLED);
    Link opened = link;
    link = null;
    if (opened != null) {
      opened.abort(); // the system may have connected it: a FIN would be a clean end without a byte
    }
  }

  @Override
  public String progress() {
    return "no answer";
  }
}
