package dev.ferrule.cli.handover;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.cli.handover.Calls.Call;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteOrder;

/** The address of a socket that Java did not open: {@code struct sockaddr} of ip(7), unix(7). */
final class LocalAddress {
  static final int AF_UNIX = 1;

  /** Where the path of a {@code struct sockaddr_un} begins. */
  static final int PATH_AT = 2;

  /** Its size. */
  static final int UNIX_BYTES = 110;

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int BYTES = 128;

  private LocalAddress() {}

  /** Where a socket is bound. */
  static SocketAddress of(int descriptor) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(BYTES, 8);
      MemorySegment length = arena.allocateFrom(JAVA_INT, BYTES);
      int _ =
          Call.GETSOCKNAME.require(
              "descriptor " + descriptor, descriptor, address.address(), length.address(), 0, 0);
      int family = address.get(JAVA_SHORT, 0);
      if (family == AF_UNIX) {
        return path(address, length.get(JAVA_INT, 0));
      }
      int bytes = family == AF_INET ? 4 : 16;
      if (family != AF_INET && family != AF_INET6) {
        throw new IOException("descriptor " + descriptor + " is a socket of family " + family);
      }
      byte[] ip = address.asSlice(family == AF_INET ? 4 : 8, bytes).toArray(JAVA_BYTE);
      int port = address.get(JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 2) & 0xffff;
      return new InetSocketAddress(InetAddress.getByAddress(ip), port);
    }
  }

  private static SocketAddress path(MemorySegment address, int length) throws IOException {
    byte[] path = address.asSlice(PATH_AT, Math.max(0, length - PATH_AT)).toArray(JAVA_BYTE);
    String text = new String(path, UTF_8);
    int end = text.indexOf(0);
    if (end == 0 || text.isEmpty()) {
      throw new IOException("a socket without a path, or with an abstract name, is not served");
    }
    return UnixDomainSocketAddress.of(end < 0 ? text : text.substring(0, end));
  }

  /** Writes the address of a path. */
  static MemorySegment unix(Arena arena, String path) throws IOException {
    byte[] bytes = path.getBytes(UTF_8);
    if (bytes.length >= UNIX_BYTES - PATH_AT) {
      throw new IOException(
          path + " is longer than the " + (UNIX_BYTES - PATH_AT - 1) + " bytes of a socket's path");
    }
    MemorySegment address = arena.allocate(UNIX_BYTES, 8);
    address.set(JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(bytes, 0, address, JAVA_BYTE, PATH_AT, bytes.length);
    return address;
  }
}
