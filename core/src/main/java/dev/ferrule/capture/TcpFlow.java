package dev.ferrule.capture;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A connection as packets of TCP over IP, with the addresses that it has and the sequence numbers
 * that it might have: what the system sent is not known here. What has no IP address, such as a
 * Unix-domain socket, is shown on 127.0.0.1 with numbers for ports. For one thread.
 */
final class TcpFlow {
  static final int FIN = 1;
  static final int SYN = 2;
  static final int RST = 4;
  static final int PSH = 8;
  static final int ACK = 16;

  /** The most bytes of a packet; the length of IP has 16 bits. */
  static final int SEGMENT = 32 * 1024;

  private static final int TCP = 6;
  private static final int TCP_HEADER = 20;
  private static final int IPV4_HEADER = 20;
  private static final int IPV6_HEADER = 40;
  private static final int HOPS = 64;
  private static final int DO_NOT_FRAGMENT = 0x4000;
  private static final int WINDOW = 0xFFFF;
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private static final AtomicInteger NAMELESS = new AtomicInteger();

  /** One side: its address, and how far it has counted. */
  private static final class Side {
    final byte[] address;
    final int port;
    int next; // the sequence number of its next byte

    Side(byte[] address, int port) {
      this.address = address;
      this.port = port;
    }
  }

  private final Side own;
  private final Side peer;
  private final boolean v6;

  TcpFlow(@Nullable SocketAddress local, @Nullable SocketAddress remote) {
    byte[] mine = address(local);
    byte[] theirs = address(remote);
    boolean named = mine.length > 0 && theirs.length > 0;
    int number = named ? 0 : NAMELESS.incrementAndGet() & 0x7FFF;
    v6 = named && (mine.length > 4 || theirs.length > 4);
    own = side(named ? mine : LOOPBACK, named ? port(local) : number);
    peer = side(named ? theirs : LOOPBACK, named ? port(remote) : 0x8000 | number);
  }

  private Side side(byte[] address, int port) {
    return new Side(v6 && address.length == 4 ? mapped(address) : address, port);
  }

  private static byte[] mapped(byte[] v4) {
    return ByteBuffer.allocate(16).putShort(10, (short) -1).put(12, v4).array();
  }

  private static byte[] address(@Nullable SocketAddress of) {
    InetAddress address = of instanceof InetSocketAddress inet ? inet.getAddress() : null;
    return address == null ? new byte[0] : address.getAddress();
  }

  private static int port(@Nullable SocketAddress of) {
    return of instanceof InetSocketAddress inet ? inet.getPort() : 0;
  }

  /** Bytes of the headers of each packet. */
  private int headers() {
    return TCP_HEADER + (v6 ? IPV6_HEADER : IPV4_HEADER);
  }

  /**
   * A packet block; its sender has then sent {@code data}, and one more with {@link #SYN} or {@link
   * #FIN}.
   *
   * @param data what it carries, from position to limit, which stay as they are
   */
  ByteBuffer packet(long micros, boolean fromPeer, int flags, ByteBuffer data) {
    Side from = fromPeer ? peer : own;
    Side to = fromPeer ? own : peer;
    int length = data.remaining();
    ByteBuffer block = Pcapng.packet(micros, headers() + length).order(ByteOrder.BIG_ENDIAN);
    int tcpLength = TCP_HEADER + length;
    if (v6) {
      block.putInt(6 << 28).putShort((short) tcpLength).put((byte) TCP).put((byte) HOPS);
    } else {
      int start = block.position();
      block
          .putShort((short) 0x4500)
          .putShort((short) (IPV4_HEADER + tcpLength))
          .putShort((short) 0);
      block.putShort((short) DO_NOT_FRAGMENT).put((byte) HOPS).put((byte) TCP).putShort((short) 0);
      long sum = sum(block, start, block.position() - start);
      sum += sum(ByteBuffer.wrap(from.address), 0, 4) + sum(ByteBuffer.wrap(to.address), 0, 4);
      block.putShort(start + 10, folded(sum));
    }
    block.put(from.address).put(to.address);
    int tcp = block.position();
    boolean acknowledges = (flags & ACK) != 0;
    block.putShort((short) from.port).putShort((short) to.port);
    block.putInt(from.next).putInt(acknowledges ? to.next : 0);
    block.put((byte) ((TCP_HEADER / 4) << 4)).put((byte) flags).putShort((short) WINDOW);
    block.putInt(0);
    block.put(data.duplicate());
    block.putShort(tcp + 16, checksum(block, tcp, tcpLength, from, to));
    from.next += length + ((flags & (SYN | FIN)) != 0 ? 1 : 0);
    return Pcapng.end(block);
  }

  /** RFC 9293 3.1, with the pseudo-header of IPv4, or of IPv6 (RFC 8200 8.1). */
  private static short checksum(ByteBuffer block, int tcp, int length, Side from, Side to) {
    long sum = (long) TCP + length + sum(block, tcp, length);
    sum += sum(ByteBuffer.wrap(from.address), 0, from.address.length);
    sum += sum(ByteBuffer.wrap(to.address), 0, to.address.length);
    return folded(sum);
  }

  /** The sum of the words of 16 bits (RFC 1071). */
  private static long sum(ByteBuffer bytes, int at, int length) {
    long sum = 0;
    int end = at + (length & ~1);
    for (int i = at; i < end; i += 2) {
      sum += Short.toUnsignedInt(bytes.getShort(i));
    }
    if (length % 2 != 0) {
      sum += (long) Byte.toUnsignedInt(bytes.get(end)) << 8;
    }
    return sum;
  }

  private static short folded(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xFFFF) + (folded >>> 16);
    }
    return (short) ~folded;
  }
}
