package dev.ferrule.tests.ssl;

import static dev.ferrule.tests.ssl.ChangedMessage.joined;

import dev.ferrule.ssl.records.RecordInput;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Changes the records of one direction by a seed: their bytes, headers, number, order and borders,
 * and the handshake messages in them. Records come and go as bytes, in pieces of any size.
 */
final class ChangedRecords {
  private static final int HANDSHAKE = 22;
  private static final int MOST_TYPES = 26;
  private static final int FULL = 16_384;

  private final Random random;
  private final ChangedMessage messages;
  private final int spared; // records before the first that is changed
  private byte[] rest = {};
  private byte[] held = {};
  private int seen;
  private boolean changed;

  ChangedRecords(Random random) {
    this.random = random;
    this.messages = new ChangedMessage(random);
    this.spared = random.nextInt(3) == 0 ? random.nextInt(8) : random.nextInt(3);
  }

  /** The records in {@code bytes} and what was kept of those before; an incomplete one waits. */
  byte[] pass(byte[] bytes) {
    byte[] all = joined(rest, bytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = 0;
    while (at + RecordInput.HEADER <= all.length) {
      int length = RecordInput.HEADER + (((all[at + 3] & 0xFF) << 8) | (all[at + 4] & 0xFF));
      if (at + length > all.length) {
        break;
      }
      out.writeBytes(next(Arrays.copyOfRange(all, at, at + length)));
      at += length;
    }
    rest = Arrays.copyOfRange(all, at, all.length);
    return out.toByteArray();
  }

  /** What still waits, at the end. */
  byte[] end() {
    return joined(rest, held);
  }

  private byte[] next(byte[] record) {
    boolean now = seen++ >= spared && (!changed || random.nextInt(6) == 0);
    changed |= now;
    byte[] waited = held;
    held = new byte[0];
    return joined(now ? changed(record) : record, waited);
  }

  private byte[] changed(byte[] record) {
    byte[] payload = Arrays.copyOfRange(record, RecordInput.HEADER, record.length);
    if (record[0] == HANDSHAKE && random.nextInt(3) > 0) {
      byte[] message = messages.of(payload);
      return random.nextInt(6) == 0 ? pieces(record[0], message) : record(record[0], message);
    }
    return switch (random.nextInt(13)) {
      case 0 -> with(record, random.nextInt(record.length), 1 << random.nextInt(8));
      case 1 -> with(record, 3 + random.nextInt(2), 1 << random.nextInt(8));
      case 2 -> with(record, random.nextInt(3), 1 << random.nextInt(8));
      case 3 -> record(20 + random.nextInt(6), payload);
      case 4 -> record(record[0], Arrays.copyOf(payload, random.nextInt(payload.length + 1)));
      case 5 -> Arrays.copyOf(record, random.nextInt(record.length));
      case 6 -> joined(record, record);
      case 7 -> {
        held = record;
        yield new byte[0];
      }
      case 8 -> joined(foreign(), record);
      case 9 -> joined(record, foreign());
      case 10 -> pieces(record[0], payload);
      case 11 -> record(record[0], joined(payload, messages.noise(random.nextInt(60))));
      default -> {
        byte[] empty = record(record[0], new byte[0]);
        byte[][] many = new byte[1 + random.nextInt(40)][];
        Arrays.fill(many, empty);
        yield joined(joined(many), record);
      }
    };
  }

  /** A record that nobody sent. */
  private byte[] foreign() {
    return switch (random.nextInt(7)) {
      case 0 -> record(21, new byte[] {(byte) (1 + random.nextInt(2)), (byte) random.nextInt(122)});
      case 1 -> record(21, new byte[] {1, 0});
      case 2 -> record(20, new byte[] {1});
      case 3 -> record(23, messages.noise(random.nextInt(80)));
      case 4 -> record(HANDSHAKE, message(random.nextInt(MOST_TYPES), random.nextInt(80)));
      case 5 -> record(HANDSHAKE, new byte[] {(byte) random.nextInt(MOST_TYPES), 0, 0, 0});
      default -> record(19 + random.nextInt(7), messages.noise(random.nextInt(300)));
    };
  }

  private byte[] message(int type, int length) {
    return joined(new byte[] {(byte) type, 0, 0, (byte) length}, messages.noise(length));
  }

  /** The same bytes in several records. */
  private byte[] pieces(int type, byte[] payload) {
    int most = random.nextBoolean() ? 1 + random.nextInt(4) : 1 + random.nextInt(200);
    List<byte[]> pieces = new ArrayList<>();
    for (int at = 0; at < payload.length; ) {
      int end = Math.min(payload.length, at + 1 + random.nextInt(most));
      pieces.add(record(type, Arrays.copyOfRange(payload, at, end)));
      at = end;
    }
    return joined(pieces.toArray(byte[][]::new));
  }

  private static byte[] record(int type, byte[] payload) {
    byte[] fitting = payload.length > FULL ? Arrays.copyOf(payload, FULL) : payload;
    byte[] header = {(byte) type, 3, 3, (byte) (fitting.length >> 8), (byte) fitting.length};
    return joined(header, fitting);
  }

  private static byte[] with(byte[] record, int at, int bit) {
    record[at] ^= (byte) bit;
    return record;
  }
}
