package dev.ferrule.testkit;

import java.nio.ByteBuffer;
import java.util.function.IntConsumer;

/**
 * Follows the records of TLS (RFC 8446 5.1) in what one end writes, in whatever pieces, and asks
 * the conditions of that end which of them change.
 */
final class RecordScan {
  private static final int HEADER = 5;
  private static final int ALERT = 21;
  private static final int APPLICATION_DATA = 23;

  /** An alert of TLS 1.3 has 2 bytes, its type, a tag, and with some providers padding. */
  private static final int LONGEST_ALERT = 64;

  private final NetworkConditions conditions;
  private final byte[] header = new byte[HEADER];
  private int headerSize; // that has been seen of the record
  private int length; // of the record, without its header
  private int left; // of it, not seen yet
  private int corrupted = -1; // the place in the record
  private int number;

  RecordScan(NetworkConditions conditions) {
    this.conditions = conditions;
  }

  /** Goes on with what was written; {@code corrupt} hears the places in it that change. */
  void scan(ByteBuffer written, IntConsumer corrupt) {
    int at = 0;
    while (at < written.limit()) {
      if (headerSize == HEADER && left == 0) {
        headerSize = 0; // the next record
      }
      if (headerSize < HEADER) {
        header[headerSize++] = written.get(at++);
        if (headerSize == HEADER) {
          begin();
        }
        continue;
      }
      int n = Math.min(left, written.limit() - at);
      int place = corrupted - (length - left);
      if (corrupted >= 0 && place >= 0 && place < n) {
        corrupt.accept(at + place);
      }
      left -= n;
      at += n;
    }
  }

  private void begin() {
    length = ((header[3] & 0xff) << 8) | (header[4] & 0xff);
    left = length;
    boolean counts = header[0] == APPLICATION_DATA && length > 0;
    corrupted = counts ? conditions.corrupts(number++, length) : -1;
  }

  /** Whether the last record is whole, and an alert as far as that can be seen from outside. */
  boolean endsWithAlert() {
    boolean looks =
        header[0] == ALERT || (header[0] == APPLICATION_DATA && length <= LONGEST_ALERT);
    return headerSize == HEADER && left == 0 && looks;
  }

  /** The bytes of the last record, with its header. */
  int lastLength() {
    return HEADER + length;
  }
}
