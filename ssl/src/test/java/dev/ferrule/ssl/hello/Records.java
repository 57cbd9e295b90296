package dev.ferrule.ssl.hello;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Writes hello messages byte by byte, for those that no engine would send. */
final class Records {
  private Records() {}

  static final String RETRY = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";
  static final String RANDOM = "11".repeat(32);

  /** One record of handshake messages. */
  static byte[] record(byte[]... messages) {
    byte[] payload = join(messages);
    return join(new byte[] {22, 3, 3}, u16(payload.length), payload);
  }

  /** The same messages in records of {@code size} bytes each. */
  static byte[] fragmented(int size, byte[] messages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < messages.length; at += size) {
      byte[] part =
          java.util.Arrays.copyOfRange(messages, at, Math.min(messages.length, at + size));
      out.writeBytes(record(part));
    }
    return out.toByteArray();
  }

  static byte[] message(int type, byte[]... body) {
    byte[] all = join(body);
    return join(new byte[] {(byte) type, (byte) (all.length >> 16)}, u16(all.length & 0xFFFF), all);
  }

  static byte[] clientHello(String suites, byte[]... extensions) {
    byte[] list = hex(suites);
    byte[] all = join(extensions);
    return message(
        1,
        join(hex("0303"), hex(RANDOM), hex("00"), u16(list.length), list, hex("0100")),
        extensions.length == 0 ? new byte[0] : join(u16(all.length), all));
  }

  static byte[] serverHello(String random, String suite, byte[]... extensions) {
    byte[] all = join(extensions);
    return message(
        2, hex("0303"), hex(random), hex("00"), hex(suite), hex("00"), u16(all.length), all);
  }

  static byte[] extension(int type, String body) {
    byte[] bytes = hex(body);
    return join(u16(type), u16(bytes.length), bytes);
  }

  static String ascii(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  static byte[] u16(int value) {
    return new byte[] {(byte) (value >> 8), (byte) value};
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
