package dev.ferrule.event;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The socket or server that an event is about. It is the object that the program opened, so it can
 * be compared with {@code ==} and cast.
 */
public interface Endpoint {
  /** The address on this side; null before it is known. */
  @Nullable SocketAddress localAddress();

  /** The peer's address; null for a server and before it is known. */
  @Nullable SocketAddress remoteAddress();

  /** The object that the program attached to it; null without one. */
  @Nullable Object attachment();
}
