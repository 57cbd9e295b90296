package dev.ferrule.openssl;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.ssl.SslSessions;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.library.ClientSessions;
import dev.ferrule.ssl.spi.SslWire;
import dev.ferrule.ssl.spi.WireFactory;
import dev.ferrule.ssl.trust.HostName;
import java.lang.ref.Cleaner;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the wires of one native context, which is released when this object is unreachable. */
final class OpensslWires implements WireFactory {
  private static final Cleaner CLEANER = Cleaner.create();

  /** What a client shows that keeps none. */
  private static final SslSessions NO_SESSIONS = new ClientSessions(0);

  private final NativeContext context;
  private final @Nullable SslSettings settings; // null for a context that was made outside

  OpensslWires(NativeContext context, @Nullable SslSettings settings) {
    this.settings = settings;
    this.context = context;
    CLEANER.register(this, context::leave);
  }

  @Override
  public String provider() {
    return OpensslProvider.NAME;
  }

  @Override
  public boolean verifiesHost() {
    return context.verification.host();
  }

  @Override
  public Memory memory() {
    return Memory.NATIVE;
  }

  @Override
  public @Nullable SslSettings settings() {
    return settings;
  }

  @Override
  public @Nullable SslSessions sessions() {
    if (context.choices.server()) {
      return null;
    }
    return context.sessions == null ? NO_SESSIONS : context.sessions;
  }

  @Override
  public List<String> protocols() {
    return context.choices.protocols();
  }

  @Override
  public List<String> cipherSuites() {
    return context.choices.cipherSuites();
  }

  @Override
  public List<String> groups() {
    return context.choices.groups();
  }

  @Override
  public List<String> applications() {
    return context.choices.applications();
  }

  @Override
  public SslWire wire(Link link, Outlet outlet, Buffers buffers, @Nullable String host, int port) {
    if (context.choices.server()) {
      return new OpensslWire(context, link, outlet, buffers, null, 0);
    }
    if (host == null && verifiesHost()) {
      throw new IllegalArgumentException("the host is to be verified, and none was given");
    }
    String name = host == null ? null : HostName.canonical(host);
    OpensslWire wire = new OpensslWire(context, link, outlet, buffers, name, port);
    // A name that OpenSSL does not send is too long, and no certificate matches it.
    if (name != null && HostName.isSendable(name) && !LibSsl.hostName(wire.ssl, name)) {
      ErrorQueue.clear();
    }
    if (context.isOutside() && verifiesHost() && name != null) {
      Outside.verifyHost(wire.ssl, name);
    }
    ClientSessions.Peer peer = wire.peer();
    ClientSessions sessions = context.sessions;
    if (peer != null && sessions != null) {
      sessions.offer(peer, session -> wire.resume((Session) session));
    }
    return wire;
  }
}
