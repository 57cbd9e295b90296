package dev.ferrule.cli.tunnel;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many connections of a tunnel are open, and how many of each address; an IPv6 /64 counts as
 * one address. It has an entry for addresses with open connections only. Any thread.
 */
final class Occupancy {
  private volatile int most;
  private volatile int mostPerAddress;
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentHashMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

  private static InetAddress network(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address;
    }
    byte[] bytes = address.getAddress();
    Arrays.fill(bytes, 8, 16, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("16 bytes are an address", e);
    }
  }

  /** Zero is no bound. */
  Occupancy(int most, int mostPerAddress) {
    this.most = most;
    this.mostPerAddress = mostPerAddress;
  }

  /** Other bounds, for who comes from now on. */
  void bounds(int all, int perAddress) {
    most = all;
    mostPerAddress = perAddress;
  }

  int open() {
    return open.get();
  }

  /** Counts one more. The name of the bound that forbids it, and nothing was counted; or null. */
  @Nullable String enter(@Nullable InetAddress address) {
    int bound = most;
    if (open.incrementAndGet() > bound && bound > 0) {
      open.decrementAndGet();
      return "max-connections";
    }
    if (address == null) {
      return null;
    }
    int boundPerAddress = mostPerAddress;
    boolean[] full = new boolean[1];
    byAddress.compute(
        network(address),
        (key, count) -> {
          int now = count == null ? 0 : count;
          full[0] = boundPerAddress > 0 && now >= boundPerAddress;
          return full[0] ? count : Integer.valueOf(now + 1);
        });
    if (full[0]) {
      open.decrementAndGet();
      return "connections-per-address";
    }
    return null;
  }

  void leave(@Nullable InetAddress address) {
    open.decrementAndGet();
    if (address != null) {
      byAddress.computeIfPresent(
          network(address), (key, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }
  }
}
