package dev.ferrule.cli.bench;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.TcpSocket;
import dev.ferrule.Timer;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslTruncated;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one connection to a target gave, before any load: so that a target which refuses is told at
 * once, and once.
 *
 * @param site the target, at the address that answered
 * @param session what the handshake agreed on; null over plain TCP
 * @param failure why it was not reached; null when it was
 * @param connected whether TCP was connected
 */
public record Reached(
    Site site, @Nullable SslSession session, @Nullable EventError failure, boolean connected) {
  /** For a refusal behind the handshake, which TLS 1.3 allows, and for the target's end. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  /**
   * Connects once.
   *
   * @throws IllegalArgumentException when an option cannot be set
   */
  public static Reached of(Site site, Load load, boolean direct, LoopSetup setup) {
    Visit visit = new Visit(load.workload());
    setup.run(loop -> visit.begin(loop, site, load.timeout()));
    TcpSocket socket = visit.socket;
    boolean fixed = direct && visit.failure == null && visit.address != null && socket != null;
    return new Reached(
        fixed && visit.address != null ? site.at(visit.address) : site,
        visit.session,
        visit.failure,
        visit.connected);
  }

  /** Whether what encrypts takes arrays without a copy. */
  boolean likesArrays() {
    SslSession agreed = session;
    return agreed != null
        && (agreed.records() == RecordLayer.JAVA || agreed.provider().equals("jdk"));
  }

  private static final class Visit implements Site.Caller {
    private final Workload workload;
    private @Nullable TcpSocket socket;
    private @Nullable SocketAddress address;
    private @Nullable SslSession session;
    private @Nullable EventError failure;
    private boolean connected;
    private @Nullable Timer patience;

    Visit(Workload workload) {
      this.workload = workload;
    }

    void begin(EventLoop loop, Site site, Duration limit) {
      site.open(loop, site.context(), limit, this);
    }

    @Override
    public void connected() {
      connected = true;
    }

    @Override
    public void opened(TcpSocket opened, @Nullable SslSession agreed) {
      socket = opened;
      address = opened.remoteAddress();
      session = agreed;
      if (workload == Workload.SOURCE) {
        opened.abort(); // it may send without end
        return;
      }
      opened.shutdownOutput();
      patience = opened.loop().delay(PATIENCE, opened::abort);
    }

    @Override
    public void read(ByteBuffer data) {
      data.position(data.limit());
    }

    @Override
    public void heard(Event event) {
      // Behind the opening only a refusal counts: how it ends when nothing was sent is its matter.
      boolean refusal =
          socket == null || (event instanceof SslError && !(event instanceof SslTruncated));
      if (refusal && event instanceof EventError error && failure == null) {
        failure = error;
      }
    }

    @Override
    public void closed() {
      if (patience != null) {
        patience.cancel();
      }
    }
  }
}
