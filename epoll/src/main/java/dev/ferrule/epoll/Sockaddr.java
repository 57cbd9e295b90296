package dev.ferrule.epoll;

import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.LinkException.Kind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.InvalidPathException;

/**
 * Addresses in the forms of C: {@code sockaddr_in}, {@code sockaddr_in6}, {@code sockaddr_un}; see
 * ip(7), ipv6(7), unix(7). A peer's address is kept <em>packed</em>, in 6 or 22 bytes of an array,
 * until somebody asks for it.
 */
final class Sockaddr {
  /** Bytes of a Unix-domain socket's path; the array of 108 ends with a zero byte. */
  static final int LONGEST_PATH = 107;

  private static final ValueLayout.OfShort FAMILY = ValueLayout.JAVA_SHORT;
  private static final ValueLayout.OfShort PORT =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt SCOPE = ValueLayout.JAVA_INT;
  private static final int PORT_AT = 2;
  private static final int IN_AT = 4;
  private static final int IN6_AT = 8;
  private static final int SCOPE_AT = 24;
  private static final int PATH_AT = 2;
  private static final int IN_BYTES = 16;
  private static final int IN6_BYTES = 28;
  private static final int MAPPED_PREFIX = 12;
  private static final Charset NAMES =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
  private static final UnixDomainSocketAddress UNNAMED = UnixDomainSocketAddress.of("");

  private Sockaddr() {}

  /** AF_INET, AF_INET6 or AF_UNIX. */
  static int family(SocketAddress address) throws IOException {
    if (address instanceof UnixDomainSocketAddress) {
      return Libc.AF_UNIX;
    }
    if (!(address instanceof InetSocketAddress inet)) {
      throw new LinkException(Kind.OTHER, "no address that epoll's sockets know", null);
    }
    if (inet.isUnresolved()) {
      throw new LinkException(Kind.OTHER, "the host name was not resolved", null);
    }
    return inet.getAddress() instanceof Inet4Address ? Libc.AF_INET : Libc.AF_INET6;
  }

  /** Writes {@code address} for a socket of its family, and returns its length. */
  static int write(MemorySegment to, SocketAddress address) throws IOException {
    to.fill((byte) 0);
    if (address instanceof UnixDomainSocketAddress unix) {
      return path(to, unix);
    }
    InetSocketAddress inet = (InetSocketAddress) address;
    byte[] bytes = inet.getAddress().getAddress();
    to.set(PORT, PORT_AT, (short) inet.getPort());
    if (bytes.length == 4) {
      to.set(FAMILY, 0, (short) Libc.AF_INET);
      MemorySegment.copy(bytes, 0, to, ValueLayout.JAVA_BYTE, IN_AT, bytes.length);
      return IN_BYTES;
    }
    to.set(FAMILY, 0, (short) Libc.AF_INET6);
    MemorySegment.copy(bytes, 0, to, ValueLayout.JAVA_BYTE, IN6_AT, bytes.length);
    if (inet.getAddress() instanceof Inet6Address six) {
      to.set(SCOPE, SCOPE_AT, six.getScopeId());
    }
    return IN6_BYTES;
  }

  private static int path(MemorySegment to, UnixDomainSocketAddress unix) throws IOException {
    ByteBuffer name;
    try {
      name = NAMES.newEncoder().encode(CharBuffer.wrap(unix.getPath().toString()));
    } catch (CharacterCodingException e) {
      throw new LinkException(
          Kind.OTHER, "the socket's path has characters that " + NAMES + " has not", e);
    }
    int length = name.remaining();
    if (length == 0) {
      throw new LinkException(Kind.OTHER, "the path of the Unix-domain socket is empty", null);
    }
    if (length > LONGEST_PATH) {
      throw new LinkException(
          Kind.OTHER,
          "the path of the Unix-domain socket is too long: "
              + length
              + " bytes, and at most "
              + LONGEST_PATH
              + " are possible",
          null);
    }
    to.set(FAMILY, 0, (short) Libc.AF_UNIX);
    to.asSlice(PATH_AT, length).copyFrom(MemorySegment.ofBuffer(name));
    return PATH_AT + length + 1;
  }

  /** Packs the address that a call wrote into {@code scratch}. */
  static Object packed(Scratch scratch) {
    MemorySegment from = scratch.address;
    return from.get(FAMILY, 0) == Libc.AF_UNIX ? unix(from, scratch.length()) : pack(from);
  }

  private static UnixDomainSocketAddress unix(MemorySegment from, int length) {
    int end = PATH_AT;
    while (end < length && from.get(ValueLayout.JAVA_BYTE, end) != 0) {
      end++;
    }
    if (end == PATH_AT) {
      return UNNAMED;
    }
    byte[] name = from.asSlice(PATH_AT, end - PATH_AT).toArray(ValueLayout.JAVA_BYTE);
    try {
      return UnixDomainSocketAddress.of(new String(name, NAMES));
    } catch (InvalidPathException e) {
      return UNNAMED; // the path cannot be decoded in this locale
    }
  }

  private static byte[] pack(MemorySegment from) {
    if (from.get(FAMILY, 0) == Libc.AF_INET) {
      return slice(from, IN_AT, 4);
    }
    if (mapped(from)) {
      return slice(from, IN6_AT + MAPPED_PREFIX, 4);
    }
    byte[] six = slice(from, IN6_AT, 20);
    MemorySegment.copy(from, ValueLayout.JAVA_BYTE, SCOPE_AT, six, 18, 4);
    return six;
  }

  /** The port, and {@code bytes} of the address. */
  private static byte[] slice(MemorySegment from, int at, int bytes) {
    byte[] packed = new byte[2 + bytes];
    MemorySegment.copy(from, ValueLayout.JAVA_BYTE, PORT_AT, packed, 0, 2);
    MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, packed, 2, Math.min(bytes, 16));
    return packed;
  }

  /** An IPv4 peer of an IPv6 socket: ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
  private static boolean mapped(MemorySegment from) {
    return from.get(ValueLayout.JAVA_LONG, IN6_AT) == 0
        && from.get(ValueLayout.JAVA_INT, IN6_AT + 8) == 0xFFFF0000; // read as little-endian
  }

  /** The address that {@code packed} holds. */
  static SocketAddress unpack(Object packed) {
    if (packed instanceof SocketAddress address) {
      return address;
    }
    ByteBuffer from = ByteBuffer.wrap((byte[]) packed);
    int port = from.getShort() & 0xFFFF;
    byte[] bytes = new byte[from.remaining() == 4 ? 4 : 16];
    from.get(bytes);
    try {
      if (bytes.length == 4) {
        return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
      }
      int scope = from.order(ByteOrder.LITTLE_ENDIAN).getInt();
      InetAddress six =
          scope == 0
              ? InetAddress.getByAddress(bytes)
              : Inet6Address.getByAddress(null, bytes, scope);
      return new InetSocketAddress(six, port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("the length of an address", e); // 4 or 16, so never
    }
  }
}
