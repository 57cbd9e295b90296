package dev.ferrule.ssl.hello;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * Reads the fields of one message. A read past the end returns zeros, sets an error flag and leaves
 * nothing more to read. So a parser checks once, at its end, and its loops end.
 */
final class Fields {
  private static final int[] NONE = {};
  private static final HexFormat HEX = HexFormat.of();

  private final byte[] bytes;
  private final int end;
  private int at;
  private boolean good = true;

  Fields(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
  }

  /** Whether no read went past the end. */
  boolean good() {
    return good;
  }

  /** Whether the message was read exactly to its end. */
  boolean ended() {
    return good && at == end;
  }

  boolean hasMore() {
    return at < end;
  }

  /** How many bytes are left to be read. */
  int left() {
    return end - at;
  }

  /** Marks the message as malformed; nothing more is read. */
  void reject() {
    good = false;
    at = end;
  }

  int u8() {
    return take(1) ? bytes[at - 1] & 0xFF : 0;
  }

  int u16() {
    return take(2) ? ((bytes[at - 2] & 0xFF) << 8) | (bytes[at - 1] & 0xFF) : 0;
  }

  void skip(int count) {
    take(count);
  }

  /** The next {@code length} bytes as a nested structure; an empty one when they are missing. */
  Fields part(int length) {
    return take(length) ? new Fields(bytes, at - length, at) : new Fields(bytes, at, at);
  }

  /** The same fields once more, from here on. */
  Fields copy() {
    return new Fields(bytes, at, end);
  }

  /** A copy of the rest, which stays to be read. */
  byte[] bytes() {
    return Arrays.copyOfRange(bytes, at, end);
  }

  /** The rest as codes of two bytes each. */
  int[] codes() {
    int length = end - at;
    if (length % 2 != 0) {
      reject();
      return NONE;
    }
    int[] codes = new int[length / 2];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = u16();
    }
    return codes;
  }

  /** The rest as text to show: bytes that are not printable ASCII are written as {@code \xNN}. */
  String text() {
    String raw = new String(bytes, at, end - at, ISO_8859_1);
    at = end;
    if (raw.chars().allMatch(Fields::printable)) {
      return raw;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < raw.length(); i++) { // no format: it may be all of a long hello
      char c = raw.charAt(i);
      if (printable(c)) {
        text.append(c);
      } else {
        HEX.toHexDigits(text.append("\\x"), (byte) c);
      }
    }
    return text.toString();
  }

  /** Whether these bytes come next; the position stays. */
  boolean startsWith(byte[] expected) {
    if (end - at < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (bytes[at + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean printable(int c) {
    return c > ' ' && c < 0x7F;
  }

  private boolean take(int count) {
    if (count > end - at) {
      reject();
      return false;
    }
    at += count;
    return true;
  }
}
