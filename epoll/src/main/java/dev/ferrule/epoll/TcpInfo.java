package dev.ferrule.epoll;

import dev.ferrule.spi.PathFacts;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/**
 * Reads a {@code struct tcp_info} (tcp(7), linux/tcp.h), whose fields never move: newer kernels add
 * to its end. Any thread; the memory is the caller's.
 */
final class TcpInfo {
  private static final int SEGMENT = 16; // tcpi_snd_mss
  private static final int UNACKNOWLEDGED = 24; // tcpi_unacked
  private static final int ROUND_TRIP = 68; // tcpi_rtt, microseconds
  private static final int VARIANCE = 72; // tcpi_rttvar, microseconds
  private static final int WINDOW = 80; // tcpi_snd_cwnd
  private static final int RETRANSMITTED = 100; // tcpi_total_retrans

  /** What is read of it. */
  static final int BYTES = RETRANSMITTED + 4;

  private TcpInfo() {}

  static PathFacts read(MemorySegment info) {
    return new PathFacts(
        micros(info, ROUND_TRIP),
        micros(info, VARIANCE),
        at(info, RETRANSMITTED),
        at(info, UNACKNOWLEDGED),
        at(info, WINDOW),
        (int) at(info, SEGMENT));
  }

  private static Duration micros(MemorySegment info, int offset) {
    return Duration.ofNanos(1000 * at(info, offset));
  }

  private static long at(MemorySegment info, int offset) {
    return Integer.toUnsignedLong(info.get(ValueLayout.JAVA_INT, offset));
  }
}
