package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;

/** A client's hello byte by byte, for those that no library sends (RFC 8446 4.1.2). */
final class RawHello {
  private static final byte[] RANDOM = new byte[32];

  private final ByteArrayOutputStream extensions = new ByteArrayOutputStream();

  /** One that any server of TLS 1.3 understands; nobody knows the key of its share. */
  static RawHello usual() {
    return new RawHello()
        .extension(43, hex("02 0304"))
        .extension(10, hex("0002 001d"))
        .extension(13, hex("0006 0403 0804 0401"))
        .extension(51, join(hex("0024 001d 0020"), hex("09".repeat(32))));
  }

  RawHello extension(int type, byte[] body) {
    extensions.writeBytes(join(u16(type), u16(body.length), body));
    return this;
  }

  /** Names of hosts, in one extension. */
  RawHello names(String... names) {
    byte[] list = {};
    for (String name : names) {
      list = join(list, new byte[1], u16(name.length()), name.getBytes(ISO_8859_1));
    }
    return extension(0, join(u16(list.length), list));
  }

  /** Fills up with padding (RFC 7685) to a message of so many bytes, without its header. */
  RawHello padded(int bytes) {
    int padding = bytes - message().length - 4;
    for (; padding > 60_000; padding -= 20_000) {
      extension(0xFD00 + padding / 20_000, new byte[20_000 - 4]);
    }
    return extension(21, new byte[padding]);
  }

  /** The message without its header. */
  byte[] message() {
    byte[] all = extensions.toByteArray();
    return join(hex("0303"), RANDOM, hex("00 0002 1301 01 00"), u16(all.length), all);
  }

  /** In records of so many bytes each. */
  byte[] records(int size) {
    byte[] body = message();
    byte[] header = {1, (byte) (body.length >> 16), (byte) (body.length >> 8), (byte) body.length};
    return records(join(header, body), size);
  }

  /** Messages in records of so many bytes each. */
  static byte[] records(byte[] messages, int size) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < messages.length; at += size) {
      byte[] part = Arrays.copyOfRange(messages, at, Math.min(messages.length, at + size));
      out.writeBytes(join(hex("160301"), u16(part.length), part));
    }
    return out.toByteArray();
  }

  private static byte[] u16(int value) {
    return new byte[] {(byte) (value >> 8), (byte) value};
  }

  static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
