package dev.ferrule.proxy;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link ProxyHeader} byte by byte, and not one byte of what follows: it says how many come
 * next at least. What is not as proxy-protocol.txt has it is a {@link Malformed}.
 */
public final class ProxyHeaderReader {
  /** A header that cannot be taken; the message is the end of a sentence. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  /** The most bytes of a header of version 2 that are taken. */
  public static final int LONGEST = 4_096;

  private static final int LONGEST_LINE = 107;
  private static final int SHORTEST_LINE = 15; // PROXY UNKNOWN CR LF
  private static final int FIXED = 16;
  private static final byte[] PROXY = "PROXY ".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern LINE =
      Pattern.compile(
          "PROXY TCP([46]) ([0-9a-fA-F.:]+) ([0-9a-fA-F.:]+) (\\d{1,5}) (\\d{1,5})\r\n");

  private final ByteArrayOutputStream heard = new ByteArrayOutputStream(64);
  private @Nullable ProxyHeader header;
  private int total; // of version 2, once it is known
  private int last;

  /** A reader of one header. */
  public ProxyHeaderReader() {}

  /** What was read; null before the end. */
  public @Nullable ProxyHeader header() {
    return header;
  }

  /** How many bytes come at least before what follows the header; 0 at its end. */
  public int wants() {
    if (header != null) {
      return 0;
    }
    int have = heard.size();
    if (total > 0) {
      return total - have;
    }
    if (have < SHORTEST_LINE) {
      return SHORTEST_LINE - have;
    }
    return isBinary() ? FIXED - have : last == '\r' ? 1 : 2;
  }

  private boolean isBinary() {
    return heard.size() > 0 && heard.toByteArray()[0] == ProxyHeader.SIGNATURE[0];
  }

  /**
   * Takes at most {@link #wants} bytes.
   *
   * @throws Malformed when this is no header
   */
  public void hear(ByteBuffer bytes) throws Malformed {
    while (bytes.hasRemaining()) {
      last = bytes.get();
      heard.write(last);
    }
    byte[] all = heard.toByteArray();
    byte[] begin = isBinary() ? ProxyHeader.SIGNATURE : PROXY;
    int known = Math.min(begin.length, all.length);
    if (!Arrays.equals(all, 0, known, begin, 0, known)) {
      throw new Malformed("sent no PROXY header (does it come through the proxy?)");
    }
    if (isBinary()) {
      binary(all);
    } else {
      line(all);
    }
  }

  // ---- version 1

  private void line(byte[] all) throws Malformed {
    int end = all.length - 2;
    if (end >= 0 && all[end] == '\r' && all[end + 1] == '\n') {
      header = parse(new String(all, StandardCharsets.ISO_8859_1));
    } else if (all.length >= LONGEST_LINE) {
      throw new Malformed("sent a PROXY line of more than " + LONGEST_LINE + " bytes");
    } else if (last == '\n' && all.length >= SHORTEST_LINE) {
      throw new Malformed("sent a PROXY line that does not end in CR LF");
    }
  }

  private static ProxyHeader parse(String text) throws Malformed {
    if (text.startsWith("PROXY UNKNOWN\r") || text.startsWith("PROXY UNKNOWN ")) {
      return new ProxyHeader(1, null, null, List.of());
    }
    Matcher line = LINE.matcher(text);
    if (!line.matches()) {
      throw new Malformed("sent a PROXY line that is none");
    }
    int bytes = line.group(1).equals("4") ? 4 : 16;
    return new ProxyHeader(
        1,
        new InetSocketAddress(address(line.group(2), bytes), port(line.group(4))),
        new InetSocketAddress(address(line.group(3), bytes), port(line.group(5))),
        List.of());
  }

  private static InetAddress address(String text, int bytes) throws Malformed {
    boolean dotted = text.matches("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
    if (bytes == 4 ? dotted : text.indexOf(':') >= 0) {
      try {
        return InetAddress.ofLiteral(text); // one of IPv4 where TCP6 names a mapped address
      } catch (IllegalArgumentException e) {
        throw new Malformed("sent a PROXY line with an address that is none");
      }
    }
    throw new Malformed("sent a PROXY line with an address of another family");
  }

  private static int port(String text) throws Malformed {
    int port = Integer.parseInt(text);
    if (port > 65_535 || (text.length() > 1 && text.charAt(0) == '0')) {
      throw new Malformed("sent a PROXY line with a port that is none");
    }
    return port;
  }

  // ---- version 2

  private void binary(byte[] all) throws Malformed {
    if (all.length < FIXED) {
      return;
    }
    total = FIXED + (((all[14] & 0xFF) << 8) | (all[15] & 0xFF));
    if (all[12] != 0x20 && all[12] != 0x21) {
      throw new Malformed("sent a PROXY header of a version or command that is not known");
    }
    if (total > LONGEST) {
      throw new Malformed("sent a PROXY header of more than " + LONGEST + " bytes");
    }
    if (all.length == total) {
      boolean local = all[12] == 0x20;
      header = local ? parsed(all, FIXED + skipped(all), null) : addressed(all);
    }
  }

  /** What stands where addresses do, of a proxy that speaks for itself. */
  private static int skipped(byte[] all) throws Malformed {
    int bytes =
        switch (all[13] >>> 4) {
          case 0 -> 0;
          case 1 -> 12;
          case 2 -> 36;
          case 3 -> 216;
          default -> throw family();
        };
    return Math.min(bytes, all.length - FIXED);
  }

  private static Malformed family() {
    return new Malformed("sent a PROXY header of an address family that is not known");
  }

  private static ProxyHeader addressed(byte[] all) throws Malformed {
    int bytes =
        switch (all[13]) {
          case 0x00, 0x31 -> -1; // not said, and a Unix-domain socket, which has no address here
          case 0x11 -> 4;
          case 0x21 -> 16;
          default -> throw family();
        };
    int behind = bytes < 0 ? (all[13] == 0 ? 0 : 216) : 2 * bytes + 4;
    if (all.length < FIXED + behind) {
      throw new Malformed("sent a PROXY header that is too short for its addresses");
    }
    return parsed(all, FIXED + behind, bytes < 0 ? null : addresses(all, bytes));
  }

  private static InetSocketAddress[] addresses(byte[] all, int bytes) throws Malformed {
    ByteBuffer from = ByteBuffer.wrap(all, FIXED, all.length - FIXED);
    byte[] source = new byte[bytes];
    byte[] destination = new byte[bytes];
    from.get(source);
    from.get(destination);
    int sourcePort = Short.toUnsignedInt(from.getShort());
    int port = Short.toUnsignedInt(from.getShort());
    try {
      return new InetSocketAddress[] {
        new InetSocketAddress(InetAddress.getByAddress(source), sourcePort),
        new InetSocketAddress(InetAddress.getByAddress(destination), port)
      };
    } catch (UnknownHostException e) {
      throw new Malformed("sent a PROXY header with an address that is none");
    }
  }

  private static ProxyHeader parsed(byte[] all, int at, InetSocketAddress @Nullable [] addresses)
      throws Malformed {
    List<ProxyHeader.Value> values = new ArrayList<>();
    int position = at;
    while (position < all.length) {
      if (all.length - position < 3) {
        throw new Malformed("sent a PROXY header with a value that is cut short");
      }
      int type = all[position] & 0xFF;
      int length = ((all[position + 1] & 0xFF) << 8) | (all[position + 2] & 0xFF);
      int begin = position + 3;
      position = begin + length;
      if (position > all.length) {
        throw new Malformed("sent a PROXY header with a value that is cut short");
      }
      if (type == ProxyHeader.CRC32C) {
        checksum(all, begin, length);
      } else if (type != ProxyHeader.NOOP) {
        values.add(ProxyHeader.value(type, Arrays.copyOfRange(all, begin, position)));
      }
    }
    return addresses == null
        ? new ProxyHeader(2, null, null, values)
        : new ProxyHeader(2, addresses[0], addresses[1], values);
  }

  private static void checksum(byte[] all, int at, int length) throws Malformed {
    byte[] without = all.clone();
    if (length == 4) {
      Arrays.fill(without, at, at + 4, (byte) 0);
    }
    if (length != 4 || ByteBuffer.wrap(all, at, 4).getInt() != ProxyHeader.checksum(without)) {
      throw new Malformed("sent a PROXY header whose checksum is wrong");
    }
  }
}
