package dev.ferrule.ssl.server;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many handshakes each client address may begin: a number, which grows back with time. Those
 * that ask to resume a session may go below zero by as much again, for what they ask is cheap, and
 * given back when it was true. An IPv4 address counts by itself, one of IPv6 with all of its /64.
 * At most {@link #MOST} addresses are kept; then the one that was seen longest ago is forgotten.
 * Used under the lock of {@link Admission}.
 */
public final class Budgets implements AddressBudget {
  /** The most addresses that are kept. */
  static final int MOST = 65_536;

  /** No /64 of clients begins with these bits: they are of multicast. */
  private static final long IPV4 = 0xFFFF_FFFE_0000_0000L;

  private static final class Budget {
    private double left;
    private long at;
  }

  private final int most;
  private final double nanosEach;
  private final Map<Long, Budget> budgets = new LinkedHashMap<>(16, 0.75f, true);

  /** {@code most} handshakes at once, and as many again in each {@code nanos}. */
  public Budgets(int most, long nanos) {
    this.most = most;
    this.nanosEach = (double) nanos / most;
  }

  /** What stands for an address and its neighbours. */
  static long key(@Nullable SocketAddress client) {
    InetAddress address = client instanceof InetSocketAddress inet ? inet.getAddress() : null;
    if (address == null) {
      return NONE;
    }
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet4Address
        ? IPV4 | Integer.toUnsignedLong(bytes.getInt())
        : bytes.getLong();
  }

  @Override
  public boolean take(long key, boolean resumes, long now) {
    if (key == NONE) {
      return true;
    }
    Budget budget = budgets.get(key);
    if (budget == null) {
      budget = new Budget();
      budget.left = most;
      budget.at = now;
      budgets.put(key, budget);
      if (budgets.size() > MOST) {
        budgets.remove(budgets.keySet().iterator().next());
      }
    }
    budget.left = Math.min(most, budget.left + (now - budget.at) / nanosEach);
    budget.at = now;
    if (budget.left - 1 < (resumes ? -most : 0)) {
      return false;
    }
    budget.left--;
    return true;
  }

  @Override
  public void giveBack(long key) {
    Budget budget = budgets.get(key);
    if (budget != null) {
      budget.left = Math.min(most, budget.left + 1);
    }
  }

  int size() {
    return budgets.size();
  }
}
