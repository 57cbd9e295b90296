package dev.ferrule.ssl.spi;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.ssl.SslSessions;
import dev.ferrule.ssl.SslSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the wires of an SslContext. Immutable; used by any loop, on its thread. */
public interface WireFactory {
  /** The name of the provider that made it. */
  String provider();

  /** Whether its clients verify the server's name, and so need one. */
  boolean verifiesHost();

  /** The kind of memory that its wires need; the outlet is made in it. */
  Memory memory();

  /** The settings that it was opened with; null for a context that was made outside. */
  @Nullable SslSettings settings();

  /** The versions that it speaks. */
  List<String> protocols();

  /** The suites that it offers or takes, by IANA's or the JDK's names. */
  List<String> cipherSuites();

  /** The key exchange groups that it offers or takes, by IANA's names; empty where unknown. */
  List<String> groups();

  /** The application protocols that it offers, the preferred first; empty for none (RFC 7301). */
  List<String> applications();

  /** The sessions that its clients may resume; null for servers. */
  @Nullable SslSessions sessions();

  /**
   * A wire on a connected link. A server's wire is made when its client's hello is whole, and is
   * given that first ({@link SslWire#begin}).
   *
   * @param host for a client the name or address of the server, as the program gave it, which is
   *     verified and, for a name, sent as SNI; null for a server, and for a client where the host
   *     is not verified
   * @param port the port of the server, to find a session to resume; 0 when unknown
   */
  SslWire wire(Link link, Outlet outlet, Buffers buffers, @Nullable String host, int port);
}
