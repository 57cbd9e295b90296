package dev.ferrule.connection;

import dev.ferrule.access.EventSubject;
import dev.ferrule.event.AddressInUse;
import dev.ferrule.event.DnsError;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpBindError;
import dev.ferrule.event.TcpError;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.event.TcpReset;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.spi.LinkException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The one place where a link's failure becomes an event. */
public final class Failures {
  private Failures() {}

  static EventError of(Exception failure, Endpoint socket) {
    if (failure instanceof EventError known) {
      return EventSubject.set(known, socket);
    }
    SocketAddress peer = socket.remoteAddress();
    return connecting(failure, peer == null ? "the peer" : Addresses.text(peer), socket);
  }

  /** As {@link #of}, with the words for {@code whom} it happened with. */
  static TcpError connecting(Exception failure, String whom, @Nullable Endpoint socket) {
    String reason = failure.getMessage();
    return switch (kind(failure)) {
      case REFUSED ->
          new TcpRefused(
              whom + " refused the connection (does a server listen there?)", socket, failure);
      case RESET -> new TcpReset(whom + " cut the connection (reset)", socket, failure);
      case TIMED_OUT ->
          new TcpError("ETIMEDOUT", whom + " did not answer in the system's time", socket, failure);
      default ->
          new TcpError("EIO", "the connection to " + whom + " failed: " + reason, socket, failure);
    };
  }

  /** Why a server cannot listen. */
  public static TcpBindError binding(Exception failure, SocketAddress address) {
    String where = Addresses.text(address);
    if (kind(failure) == LinkException.Kind.ADDRESS_IN_USE) {
      return new AddressInUse(
          "cannot listen on " + where + ": the address is in use by another server", failure);
    }
    return new TcpBindError("cannot listen on " + where + ": " + failure.getMessage(), failure);
  }

  /** Whether the wire found the failure and so may have left an alert that shall go out. */
  static boolean leavesAlert(EventError error) {
    return !(error instanceof TcpReset
        || error instanceof TcpRefused
        || error instanceof TcpTimeout
        || error instanceof DnsError);
  }

  private static LinkException.Kind kind(Exception failure) {
    return failure instanceof LinkException link ? link.kind() : LinkException.Kind.OTHER;
  }
}
