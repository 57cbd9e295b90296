package dev.ferrule.openssl;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Outlet;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.library.LibraryWires;
import dev.ferrule.ssl.spi.SslWire;
import dev.ferrule.ssl.trust.HostName;
import org.jspecify.annotations.Nullable;

/** The wires of one SSL_CTX. */
final class OpensslWires extends LibraryWires {
  private final NativeContext context;

  /** {@code settings} is null for a context that was made outside. */
  OpensslWires(NativeContext context, @Nullable SslSettings settings) {
    super(
        context.choices.server(),
        context.verification.host(),
        context.choices,
        settings,
        context.sessions);
    this.context = context;
    leaveBy(context::leave);
  }

  @Override
  public String provider() {
    return OpensslProvider.NAME;
  }

  @Override
  protected SslWire accept(Link link, Outlet outlet, Buffers buffers) {
    return new OpensslWire(context, link, outlet, buffers, null, 0);
  }

  @Override
  protected SslWire connect(
      Link link, Outlet outlet, Buffers buffers, @Nullable String name, int port) {
    OpensslWire wire = new OpensslWire(context, link, outlet, buffers, name, port);
    try {
      offer(wire, name);
    } catch (RuntimeException | Error e) {
      wire.release(); // nobody else knows of it
      throw e;
    }
    return wire;
  }

  /** What a client says of itself in its hello, beside the context's settings. */
  private void offer(OpensslWire wire, @Nullable String name) {
    // A name that OpenSSL does not send is too long, and no certificate matches it.
    if (name != null && HostName.isSendable(name) && !LibSsl.hostName(wire.ssl, name)) {
      ErrorQueue.clear();
    }
    if (context.isOutside() && verifiesHost() && name != null) {
      Outside.verifyHost(wire.ssl, name);
    }
    if (wire.resumption != null) {
      wire.resumption.offer(session -> wire.resume((Session) session));
    }
  }
}
