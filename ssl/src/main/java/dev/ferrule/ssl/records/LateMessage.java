package dev.ferrule.ssl.records;

import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import java.nio.ByteBuffer;
import java.util.Locale;

/** The handshake messages that may follow a handshake of TLS 1.3 (RFC 8446 4.6). */
final class LateMessage {
  /** The type of records with handshake messages. */
  static final int HANDSHAKE = 22;

  /** Asks the receiver to use its next keys, and may ask for the same in return (4.6.3). */
  static final int KEY_UPDATE = 24;

  /** Bytes of a KeyUpdate. */
  static final int KEY_UPDATE_BYTES = 5;

  private static final int NEW_SESSION_TICKET = 4;
  private static final int HEADER = 4;
  private static final int EARLY_DATA = 42;

  /** The longest NewSessionTicket that is taken, in bytes. */
  private static final int LONGEST = 16_384;

  private LateMessage() {}

  /** A KeyUpdate that asks for nothing. */
  static ByteBuffer keyUpdate() {
    return ByteBuffer.wrap(new byte[] {KEY_UPDATE, 0, 0, 1, 0});
  }

  /**
   * The end of the message at {@code start}; 0 when it is not all there.
   *
   * @throws SslError when it may not be sent to this side, or has a length that it cannot have
   */
  static int end(byte[] bytes, int start, boolean server) {
    if (start == bytes.length) {
      return 0;
    }
    int type = bytes[start];
    if (type != KEY_UPDATE && (type != NEW_SESSION_TICKET || server)) {
      throw refused("unexpected_message", SslFailure.UNEXPECTED_MESSAGE, "UNEXPECTED_MESSAGE");
    }
    if (bytes.length - start < HEADER) {
      return 0;
    }
    int length = number(bytes, start + 1, 3);
    if (type == KEY_UPDATE && length != KEY_UPDATE_BYTES - HEADER) {
      throw refused("decode_error", SslFailure.MALFORMED_MESSAGE, "DECODE_ERROR");
    }
    if (length > LONGEST) {
      throw refused("illegal_parameter", SslFailure.MESSAGE_TOO_LONG, "EXCESSIVE_MESSAGE_SIZE");
    }
    int end = start + HEADER + length;
    return end <= bytes.length ? end : 0;
  }

  /**
   * Throws unless the message is a NewSessionTicket of the right form (4.6.1); the bytes of early
   * data that it allows, 0 when it allows none.
   */
  static long ticketsEarlyData(byte[] bytes, int start, int end) {
    int nonce = start + HEADER + 4 + 4; // behind lifetime and age_add
    int ticket = vectorEnd(bytes, nonce, 1, end);
    int extensions = vectorEnd(bytes, ticket, 2, end);
    boolean hasTicket = extensions > ticket + 2;
    if (!hasTicket || vectorEnd(bytes, extensions, 2, end) != end) {
      throw refused("decode_error", SslFailure.MALFORMED_MESSAGE, "DECODE_ERROR");
    }
    long early = 0;
    for (int at = extensions + 2; at < end; ) {
      int type = at + 2 <= end ? number(bytes, at, 2) : -1;
      int next = vectorEnd(bytes, at + 2, 2, end); // behind the type of the extension
      if (type == EARLY_DATA) {
        if (next - at != 8) {
          throw refused("decode_error", SslFailure.MALFORMED_MESSAGE, "DECODE_ERROR");
        }
        early = Integer.toUnsignedLong(number(bytes, at + 4, 4));
      }
      at = next;
    }
    return early;
  }

  /** The end of a vector whose length has {@code width} bytes. */
  private static int vectorEnd(byte[] bytes, int at, int width, int end) {
    if (at + width > end || at + width + number(bytes, at, width) > end) {
      throw refused("decode_error", SslFailure.MALFORMED_MESSAGE, "DECODE_ERROR");
    }
    return at + width + number(bytes, at, width);
  }

  private static int number(byte[] bytes, int at, int width) {
    int value = 0;
    for (int i = 0; i < width; i++) {
      value = value << 8 | Byte.toUnsignedInt(bytes[at + i]);
    }
    return value;
  }

  /** The error of something that the peer may not send; {@code detail} is BoringSSL's word. */
  static SslError refused(String alert, SslFailure failure, String detail) {
    return new SslError(
        Side.OURS,
        Stage.DATA,
        alert,
        failure,
        "the peer's data was refused: " + detail.toLowerCase(Locale.ROOT).replace('_', ' '),
        detail,
        null);
  }
}
