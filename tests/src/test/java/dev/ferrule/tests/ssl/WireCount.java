package dev.ferrule.tests.ssl;

import dev.ferrule.ssl.records.RecordInput;

/** Counts the bytes and records of one direction of a wire, by the headers of the records. */
final class WireCount {
  private static final int APPLICATION_DATA = 23;
  private static final int CHANGE_CIPHER_SPEC = 20;

  private final byte[] header = new byte[RecordInput.HEADER];
  private int headerSize;
  private int left; // of the record
  private boolean changed; // keys
  long bytes;
  long records;

  /** Of TLS 1.3: with the flight of the handshake that is encrypted. */
  long protectedRecords;

  /** Before TLS 1.3: behind the change of keys. */
  long behindChange;

  void pass(byte[] passed) {
    bytes += passed.length;
    for (int at = 0; at < passed.length; ) {
      if (left > 0) {
        int n = Math.min(left, passed.length - at);
        left -= n;
        at += n;
        continue;
      }
      header[headerSize++] = passed[at++];
      if (headerSize == header.length) {
        headerSize = 0;
        left = ((header[3] & 0xFF) << 8) | (header[4] & 0xFF);
        count();
      }
    }
  }

  private void count() {
    records++;
    protectedRecords += header[0] == APPLICATION_DATA ? 1 : 0;
    behindChange += changed ? 1 : 0;
    changed |= header[0] == CHANGE_CIPHER_SPEC;
  }
}
