package dev.ferrule.openssl;

import dev.ferrule.ssl.ExternalPsk;
import dev.ferrule.ssl.records.RecordInput;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the identity of a pre-shared key from a client's ClientKeyExchange before TLS 1.3, with
 * which it begins in all suites that have one (RFC 4279 2 to 4, RFC 5489 2). It reads all records
 * of a client from the first on, in which messages may be split in any way, and keeps no more than
 * the longest identity of an external PSK. For one handshake, on the loop's thread.
 */
final class KeyExchangeIdentity {
  private static final int HANDSHAKE = 22;
  private static final int CLIENT_KEY_EXCHANGE = 16;
  private static final int HEADER = 4;
  private static final int LENGTH = 2;

  private int header;
  private int headerBytes;
  private int left; // bytes of the message
  private int at; // in the message
  private int length; // of the identity
  private byte[] identity = {};
  private boolean done;

  /**
   * Reads whole records, once each.
   *
   * @return the identity, when its last byte is among them; null otherwise, and for one that is
   *     empty or longer than any
   */
  byte @Nullable [] read(ByteBuffer in, int from, int count) {
    for (int start = from; !done && start < from + count; ) {
      int body = start + RecordInput.HEADER;
      int end = body + Short.toUnsignedInt(in.getShort(start + 3));
      done = in.get(start) != HANDSHAKE; // what follows is encrypted
      for (int i = body; !done && i < end; i++) {
        if (take(in.get(i))) {
          return identity;
        }
      }
      start = end;
    }
    return null;
  }

  /** Whether that was the last byte of the identity. */
  private boolean take(byte next) {
    boolean whole = false;
    if (headerBytes < HEADER) {
      header = header << 8 | (next & 0xFF);
      headerBytes++;
      left = header & 0xFFFFFF;
      at = 0;
    } else {
      whole = header >>> 24 == CLIENT_KEY_EXCHANGE && body(next);
      left--;
    }
    if (headerBytes == HEADER && left == 0) {
      done |= header >>> 24 == CLIENT_KEY_EXCHANGE;
      headerBytes = 0;
      header = 0;
    }
    return whole;
  }

  private boolean body(byte next) {
    int index = at++;
    if (index < LENGTH) {
      length = length << 8 | (next & 0xFF);
      if (at == LENGTH && length <= ExternalPsk.LONGEST_IDENTITY) {
        identity = new byte[length];
      }
      return false;
    }
    if (index - LENGTH >= identity.length) {
      return false;
    }
    identity[index - LENGTH] = next;
    return at - LENGTH == identity.length;
  }
}
