package dev.ferrule;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks a host name up. It may block, and is called on threads other than the loop's. */
@FunctionalInterface
public interface Resolver {
  /** The system's: what {@link InetAddress#getAllByName} answers. */
  Resolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

  /** The addresses of {@code host}, best first, at least one. */
  List<InetAddress> resolve(String host) throws UnknownHostException;
}
