package dev.ferrule.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.Arrays;

/** Turns a password into bytes without leaving a copy behind. */
final class Passwords {
  private Passwords() {}

  /** As UTF-8, which is what OpenSSL gets from a terminal; the caller wipes it. */
  static byte[] utf8(char[] password) {
    ByteBuffer encoded = UTF_8.encode(CharBuffer.wrap(password));
    byte[] bytes = Arrays.copyOf(encoded.array(), encoded.limit());
    Arrays.fill(encoded.array(), (byte) 0);
    return bytes;
  }
}
