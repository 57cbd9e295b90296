package dev.ferrule.proxy;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy says of a connection in front of its bytes, in the PROXY protocol of HAProxy,
 * version 1 or 2 (proxy-protocol.txt): between whom it was at the proxy, and in version 2 what else
 * the proxy knows. A server gets it by {@code proxiedBy}, a client sends it by {@code proxyHeader}.
 * Immutable, for any thread. Whoever sends it may have made it up.
 */
public final class ProxyHeader {
  /** The type of the application protocol that was agreed on at the proxy (ALPN). */
  public static final int ALPN = 0x01;

  /** The type of the host name that the client asked for (SNI), in UTF-8. */
  public static final int AUTHORITY = 0x02;

  /** The type of the checksum of the header, which is checked when it is read. */
  public static final int CRC32C = 0x03;

  /** The type of bytes without a meaning, which are left out when it is read. */
  public static final int NOOP = 0x04;

  /** The type of what identifies the connection at the proxy, 128 bytes at most. */
  public static final int UNIQUE_ID = 0x05;

  /** The type of the facts about SSL at the proxy; {@link #ssl} reads them. */
  public static final int SSL = 0x20;

  static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
  private static final int MOST = 0xFFFF;

  /** One of the values behind the addresses. */
  public static final class Value {
    private final int type;
    private final byte[] bytes;

    private Value(int type, byte[] bytes) {
      this.type = type;
      this.bytes = bytes.clone();
    }

    /** Its type, 0 to 255. */
    public int type() {
      return type;
    }

    /** A copy of its bytes. */
    public byte[] bytes() {
      return bytes.clone();
    }
  }

  private final int version;
  private final @Nullable InetSocketAddress source;
  private final @Nullable InetSocketAddress destination;
  private final List<Value> values;

  ProxyHeader(
      int version,
      @Nullable InetSocketAddress source,
      @Nullable InetSocketAddress destination,
      List<Value> values) {
    this.version = version;
    this.source = source;
    this.destination = destination;
    this.values = List.copyOf(values);
  }

  /**
   * Version 1, a line of text.
   *
   * @throws IllegalArgumentException when the addresses are not both of IPv4 or both of IPv6
   */
  public static ProxyHeader v1(InetSocketAddress source, InetSocketAddress destination) {
    requireFamily(source, destination);
    return new ProxyHeader(1, source, destination, List.of());
  }

  /**
   * Version 2, in binary, to which {@link #with} adds values.
   *
   * @throws IllegalArgumentException when the addresses are not both of IPv4 or both of IPv6
   */
  public static ProxyHeader v2(InetSocketAddress source, InetSocketAddress destination) {
    requireFamily(source, destination);
    return new ProxyHeader(2, source, destination, List.of());
  }

  /** Version 2 without addresses: the proxy speaks for itself, as when it checks a server. */
  public static ProxyHeader local() {
    return new ProxyHeader(2, null, null, List.of());
  }

  private static void requireFamily(InetSocketAddress source, InetSocketAddress destination) {
    if (source.isUnresolved() || destination.isUnresolved()) {
      throw new IllegalArgumentException("the addresses of a PROXY header must be resolved");
    }
    if (bytes(source).length != bytes(destination).length) {
      throw new IllegalArgumentException("the addresses of a PROXY header are of one family");
    }
  }

  private static byte[] bytes(InetSocketAddress address) {
    return address.getAddress().getAddress();
  }

  /**
   * With one more value.
   *
   * @param type 0 to 255
   * @param value its bytes, which are copied
   * @throws IllegalArgumentException when it is of version 1, which has none, or it gets too long
   */
  public ProxyHeader with(int type, byte[] value) {
    if (version == 1) {
      throw new IllegalArgumentException("version 1 of the PROXY protocol has no values");
    }
    if (type < 0 || type > 255 || type == CRC32C) {
      throw new IllegalArgumentException("no value of the type " + type + " can be added");
    }
    List<Value> more = new ArrayList<>(values);
    more.add(value(type, value));
    ProxyHeader next = new ProxyHeader(version, source, destination, more);
    if (next.encoded().length > MOST) {
      throw new IllegalArgumentException("a PROXY header has at most 65,535 bytes");
    }
    return next;
  }

  static Value value(int type, byte[] bytes) {
    return new Value(type, bytes);
  }

  /** 1 or 2. */
  public int version() {
    return version;
  }

  /** The client at the proxy; empty when the proxy speaks for itself, or did not say. */
  public Optional<InetSocketAddress> source() {
    return Optional.ofNullable(source);
  }

  /** Where the client had connected to; empty as {@link #source}. */
  public Optional<InetSocketAddress> destination() {
    return Optional.ofNullable(destination);
  }

  /** The values, in their order, but for checksums and those without a meaning. */
  public List<Value> values() {
    return values;
  }

  /** The bytes of the first value of a type. */
  public Optional<byte[]> value(int type) {
    return values.stream().filter(one -> one.type == type).findFirst().map(Value::bytes);
  }

  /** The host name that the client asked for at the proxy (SNI). */
  public Optional<String> authority() {
    return value(AUTHORITY).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /**
   * The same header, which says of SSL with the client what {@code facts} do.
   *
   * @throws IllegalArgumentException when it is of version 1, which has no values, or is too long
   */
  public ProxyHeader with(ProxySsl facts) {
    return with(SSL, facts.encoded());
  }

  /** What the proxy says of SSL with the client; empty when it says nothing. */
  public Optional<ProxySsl> ssl() {
    return value(SSL).flatMap(ProxySsl::parse);
  }

  /** The bytes that are sent. */
  public byte[] encoded() {
    return version == 1 ? line().getBytes(StandardCharsets.US_ASCII) : binary().toByteArray();
  }

  private String line() {
    if (source == null || destination == null) {
      return "PROXY UNKNOWN\r\n";
    }
    return "PROXY TCP"
        + (bytes(source).length == 4 ? "4 " : "6 ")
        + text(source)
        + " "
        + text(destination)
        + " "
        + source.getPort()
        + " "
        + destination.getPort()
        + "\r\n";
  }

  private static String text(InetSocketAddress address) {
    String text = address.getAddress().getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }

  private ByteArrayOutputStream binary() {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    int family = 0;
    if (source != null && destination != null) {
      family = bytes(source).length == 4 ? 0x11 : 0x21;
      rest.writeBytes(bytes(source));
      rest.writeBytes(bytes(destination));
      number(rest, source.getPort());
      number(rest, destination.getPort());
    }
    for (Value one : values) {
      rest.write(one.type);
      number(rest, one.bytes.length);
      rest.writeBytes(one.bytes);
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(SIGNATURE);
    all.write(source == null ? 0x20 : 0x21);
    all.write(family);
    number(all, rest.size());
    all.writeBytes(rest.toByteArray());
    return all;
  }

  private static void number(ByteArrayOutputStream out, int number) {
    out.write(number >>> 8);
    out.write(number);
  }

  static int checksum(byte[] header) {
    CRC32C sum = new CRC32C();
    sum.update(header);
    return (int) sum.getValue();
  }

  /** Who, without the values. */
  @Override
  public String toString() {
    InetSocketAddress from = source;
    return "PROXY v" + version + (from == null ? " for itself" : " " + from + " to " + destination);
  }
}
