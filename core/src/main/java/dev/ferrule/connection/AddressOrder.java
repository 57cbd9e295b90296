package dev.ferrule.connection;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The order in which a host's addresses are tried: that of the resolver, which sorts them (RFC
 * 6724), with the families taking turns, so that a family that does not work costs one delay (RFC
 * 8305 4).
 */
final class AddressOrder {
  private AddressOrder() {}

  /** The addresses, each once; the family of the first one begins. */
  static List<SocketAddress> interleaved(List<? extends SocketAddress> resolved) {
    List<SocketAddress> distinct = List.copyOf(new LinkedHashSet<>(resolved));
    boolean four = isIpv4(distinct.getFirst());
    ArrayDeque<SocketAddress> first = new ArrayDeque<>();
    ArrayDeque<SocketAddress> second = new ArrayDeque<>();
    distinct.forEach(address -> (isIpv4(address) == four ? first : second).add(address));
    List<SocketAddress> order = new ArrayList<>(distinct.size());
    while (!first.isEmpty() || !second.isEmpty()) {
      take(first, order);
      take(second, order);
    }
    return order;
  }

  private static void take(ArrayDeque<SocketAddress> from, List<SocketAddress> to) {
    SocketAddress address = from.poll();
    if (address != null) {
      to.add(address);
    }
  }

  /** Those of the family of {@code local}; all when that is null or every address. */
  static List<SocketAddress> reachableFrom(
      @Nullable InetSocketAddress local, List<SocketAddress> addresses) {
    if (local == null || local.getAddress().isAnyLocalAddress()) {
      return addresses;
    }
    boolean four = isIpv4(local);
    return addresses.stream().filter(address -> isIpv4(address) == four).toList();
  }

  private static boolean isIpv4(SocketAddress address) {
    return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet4Address;
  }
}
