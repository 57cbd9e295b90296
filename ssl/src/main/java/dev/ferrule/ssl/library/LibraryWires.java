package dev.ferrule.ssl.library;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.ssl.SslSessions;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.spi.SslWire;
import dev.ferrule.ssl.spi.WireFactory;
import dev.ferrule.ssl.trust.HostName;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the wires of one native context, which is released when this object is unreachable. */
public abstract class LibraryWires implements WireFactory {
  private static final Cleaner CLEANER = Cleaner.create();

  /** What a client shows that keeps none. */
  private static final SslSessions NO_SESSIONS = new ClientSessions(0);

  private final boolean server;
  private final boolean verifiesHost;
  private final HelloObserver.Offer offer;
  private final @Nullable SslSettings settings;
  private final @Nullable ClientSessions sessions;

  /**
   * The wires of a context.
   *
   * @param offer what its connections offer
   * @param settings those that it was opened with; null for a context that was made outside
   * @param sessions those that its clients keep; null where they keep none, and for servers
   */
  protected LibraryWires(
      boolean server,
      boolean verifiesHost,
      HelloObserver.Offer offer,
      @Nullable SslSettings settings,
      @Nullable ClientSessions sessions) {
    this.server = server;
    this.verifiesHost = verifiesHost;
    this.offer = offer;
    this.settings = settings;
    this.sessions = sessions;
  }

  /**
   * Releases the context when this object is unreachable, to which {@code leave} must not refer.
   */
  protected final void leaveBy(Runnable leave) {
    CLEANER.register(this, leave);
  }

  /** A wire of a server. */
  protected abstract SslWire accept(Link link, Outlet outlet, Buffers buffers);

  /**
   * A wire of a client, which offers to resume a session of its server.
   *
   * @param name of the server, in its canonical form; null where none was given
   */
  protected abstract SslWire connect(
      Link link, Outlet outlet, Buffers buffers, @Nullable String name, int port);

  @Override
  public final SslWire wire(
      Link link, Outlet outlet, Buffers buffers, @Nullable String host, int port) {
    try {
      if (server) {
        return accept(link, outlet, buffers);
      }
      if (host == null && verifiesHost) {
        throw new IllegalArgumentException("the host is to be verified, and none was given");
      }
      return connect(link, outlet, buffers, host == null ? null : HostName.canonical(host), port);
    } finally {
      // The context is this object's until the wire has a reference of its own.
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public final boolean verifiesHost() {
    return verifiesHost;
  }

  @Override
  public final Memory memory() {
    return Memory.NATIVE;
  }

  @Override
  public final @Nullable SslSettings settings() {
    return settings;
  }

  @Override
  public final @Nullable SslSessions sessions() {
    if (server) {
      return null;
    }
    return sessions == null ? NO_SESSIONS : sessions;
  }

  @Override
  public final List<String> protocols() {
    return offer.protocols();
  }

  @Override
  public final List<String> cipherSuites() {
    return offer.cipherSuites();
  }

  @Override
  public final List<String> groups() {
    return offer.groups();
  }

  @Override
  public final List<String> applications() {
    return offer.applications();
  }
}
