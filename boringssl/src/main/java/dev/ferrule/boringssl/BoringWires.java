package dev.ferrule.boringssl;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Outlet;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.library.LibraryWires;
import dev.ferrule.ssl.spi.SslWire;
import dev.ferrule.ssl.trust.HostName;
import io.netty.internal.tcnative.SSL;
import org.jspecify.annotations.Nullable;

/** The wires of one SSL_CTX. */
final class BoringWires extends LibraryWires {
  /** The longest name in the DNS. A longer name is not sent, and no certificate matches it. */
  private static final int LONGEST_NAME = 255;

  private final NativeContext context;

  BoringWires(NativeContext context, boolean verifiesHost, SslSettings settings) {
    super(context.choices.server(), verifiesHost, context.choices, settings, context.sessions);
    this.context = context;
    leaveBy(context::leave);
  }

  @Override
  public String provider() {
    return BoringProvider.NAME;
  }

  @Override
  protected SslWire accept(Link link, Outlet outlet, Buffers buffers) {
    return new BoringWire(context, link, outlet, buffers, null, 0);
  }

  @Override
  protected SslWire connect(
      Link link, Outlet outlet, Buffers buffers, @Nullable String name, int port) {
    BoringWire wire = new BoringWire(context, link, outlet, buffers, name, port);
    try {
      offer(wire, name);
    } catch (RuntimeException | Error e) {
      wire.release(); // nobody else knows of it
      throw e;
    }
    return wire;
  }

  /** What a client says of itself in its hello, beside the context's settings. */
  private void offer(BoringWire wire, @Nullable String name) {
    if (name != null && name.length() <= LONGEST_NAME && HostName.isSendable(name)) {
      SSL.setTlsExtHostName(wire.ssl, name);
    }
    if (wire.resumption != null) {
      Sessions.offer(wire.resumption, wire.ssl);
    }
  }
}
