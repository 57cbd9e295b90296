package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.ssl.records.RecordInput;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/**
 * What somebody in between does to one record of one direction: the same kind, in the same place,
 * whoever the sides are. Where in the record is left to a seed.
 *
 * @param kind what is done
 * @param index which record, counted from 0
 * @param seed decides what the kind leaves open; for an alert, which it is
 */
record Damage(Kind kind, int index, long seed) {
  /** What can be done to a record. */
  enum Kind {
    /** A bit of the content. */
    BIT,
    /** The last bytes are missing, and the length is that of the rest. */
    CUT,
    /** More bytes behind the content, and the length is that of all. */
    LONGER,
    /** It never comes. */
    LOST,
    /** It comes twice. */
    TWICE,
    /** It comes behind the next one. */
    LATE,
    /** Another type of record. */
    TYPE,
    /** A major version that there is not. */
    VERSION,
    /** A length that no record has. */
    OVERSIZED,
    /** Nothing in it. */
    EMPTY,
    /** A handshake message of another type. */
    MESSAGE,
    /** A fatal alert in its place. */
    FATAL,
    /** A warning in front of it. */
    WARNING,
    /** A close_notify in its place. */
    CLOSE_NOTIFY,
    /** Data in front of it, in the clear. */
    DATA,
    /** A change of keys in front of it. */
    CHANGE_CIPHER_SPEC,
    /** A request of HTTP in its place. */
    HTTP,
    /** The greeting of SSH in its place. */
    SSH,
    /** Zeros in its place. */
    ZEROS,
    /** The end in its place. */
    FIN,
    /** The end within it. */
    FIN_WITHIN,
    /** A reset in its place. */
    RST
  }

  /** The alerts that there are (RFC 8446 6), and one that is not. */
  private static final byte[] ALERTS = {
    10,
    20,
    21,
    22,
    30,
    40,
    41,
    42,
    43,
    44,
    45,
    46,
    47,
    48,
    49,
    50,
    51,
    60,
    70,
    71,
    80,
    86,
    90,
    100,
    109,
    110,
    111,
    112,
    113,
    114,
    115,
    116,
    120,
    121,
    (byte) 200
  };

  /** How many kinds of alerts there are. */
  static final int KINDS_OF_ALERTS = ALERTS.length;

  private static final byte[] NOTHING = {};

  /** What comes in the place of the record. */
  byte[] of(byte[] record) {
    Random random = new Random(seed);
    byte[] content = Arrays.copyOfRange(record, RecordInput.HEADER, record.length);
    int at = content.length == 0 ? 0 : random.nextInt(content.length);
    byte[] noise = new byte[1 + random.nextInt(40)];
    random.nextBytes(noise);
    byte alert = ALERTS[(int) (seed % ALERTS.length)];
    return switch (kind) {
      case BIT -> with(record, RecordInput.HEADER + at, 1 << random.nextInt(8));
      case CUT -> record(record[0], Arrays.copyOf(content, at));
      case LONGER -> record(record[0], join(content, noise));
      case LOST, LATE, FIN, RST -> NOTHING;
      case TWICE -> join(record, record);
      case TYPE -> record(other(record[0], random), content);
      case VERSION -> with(record, 1, 1 << random.nextInt(8));
      case OVERSIZED -> join(new byte[] {record[0], 3, 3, 0x49, 0}, content);
      case EMPTY -> join(record(record[0], NOTHING), record);
      case MESSAGE -> with(record, RecordInput.HEADER, 1 << random.nextInt(5));
      case FATAL -> record(21, new byte[] {2, alert});
      case WARNING -> join(record(21, new byte[] {1, alert}), record);
      case CLOSE_NOTIFY -> record(21, new byte[] {1, 0});
      case DATA -> join(record(23, "zanzibar-4711".getBytes(US_ASCII)), record);
      case CHANGE_CIPHER_SPEC -> join(record(20, new byte[] {1}), record);
      case HTTP -> "GET /zanzibar-4711 HTTP/1.1\r\n\r\n".getBytes(US_ASCII);
      case SSH -> "SSH-2.0-OpenSSH_9.7\r\n".getBytes(US_ASCII);
      case ZEROS -> new byte[100];
      case FIN_WITHIN -> Arrays.copyOf(record, 1 + random.nextInt(record.length - 1));
    };
  }

  /** Whether nothing comes behind it. */
  boolean ends() {
    return switch (kind) {
      case FATAL, CLOSE_NOTIFY, HTTP, SSH, ZEROS, FIN, FIN_WITHIN, RST -> true;
      default -> false;
    };
  }

  private static int other(byte type, Random random) {
    int other = 20 + random.nextInt(6);
    return other == type ? 26 : other;
  }

  private static byte[] with(byte[] record, int at, int bits) {
    byte[] changed = record.clone();
    changed[Math.min(at, changed.length - 1)] ^= (byte) bits;
    return changed;
  }

  private static byte[] record(int type, byte[] content) {
    byte[] header = {(byte) type, 3, 3, (byte) (content.length >> 8), (byte) content.length};
    return join(header, content);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
