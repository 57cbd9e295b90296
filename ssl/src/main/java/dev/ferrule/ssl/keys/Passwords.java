package dev.ferrule.ssl.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.util.Arrays;

/** Encodes a password and leaves no copy in memory. */
final class Passwords {
  private Passwords() {}

  /** As UTF-8, which is what OpenSSL gets from a terminal; the caller wipes it. */
  static byte[] utf8(char[] password) {
    byte[] room = new byte[3 * password.length];
    ByteBuffer encoded = ByteBuffer.wrap(room);
    // Charset.encode is not used: when its buffer grows, the old one is not wiped.
    CharsetEncoder encoder = UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPLACE);
    encoder.encode(CharBuffer.wrap(password), encoded, true);
    byte[] bytes = Arrays.copyOf(room, encoded.position());
    Arrays.fill(room, (byte) 0);
    return bytes;
  }
}
