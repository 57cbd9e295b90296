package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.UnaryOperator;

/** What somebody in between may do with a record. */
@SuppressWarnings("ImmutableEnumChecker") // the functions have no state
enum Forgery {
  LAST_BIT(record -> flipped(record, record.length - 1)),
  FIRST_BIT(record -> flipped(record, 5)),
  MIDDLE(record -> flipped(record, (5 + record.length) / 2)),
  TWICE(record -> joined(record, record)),
  EMPTY_BEFORE(record -> joined(new byte[] {record[0], 3, 3, 0, 0}, record)),
  CHANGE_CIPHER_SPEC_BEFORE("140303000101"),
  DATA_BEFORE("1703030003010203"),
  CLOSE_NOTIFY_BEFORE("15030300020100"),
  ALERT_BEFORE("1503030002022a"),
  UNKNOWN_ALERT_BEFORE("15030300020263"),
  HALF_AN_ALERT_BEFORE("150303000102"),
  WARNING_BEFORE("15030300020170"),
  HELLO_REQUEST_BEFORE("160303000400000000"),
  FINISHED_BEFORE("160303000414000000"),
  HEARTBEAT_BEFORE("180303000101"),
  CALLED_CHANGE_CIPHER_SPEC(record -> typed(record, 20)),
  CALLED_ALERT(record -> typed(record, 21)),
  CALLED_HANDSHAKE(record -> typed(record, 22)),
  CALLED_DATA(record -> typed(record, 23)),
  OF_VERSION_3_9(record -> with(record, 2, 9)),
  OF_20_KIB(record -> with(record, 3, 0x50)),
  NO_RECORD(record -> "this is no record".getBytes(US_ASCII));

  private final UnaryOperator<byte[]> change;

  Forgery(UnaryOperator<byte[]> change) {
    this.change = change;
  }

  Forgery(String before) {
    this(record -> joined(HexFormat.of().parseHex(before), record));
  }

  /** Whether it speaks for the side whose record it is. */
  boolean isAlert() {
    return name().contains("ALERT") || this == CLOSE_NOTIFY_BEFORE || this == WARNING_BEFORE;
  }

  byte[] of(byte[] record) {
    return change.apply(record);
  }

  private static byte[] flipped(byte[] record, int at) {
    return with(record, at, record[at] ^ 1);
  }

  private static byte[] typed(byte[] record, int type) {
    return with(record, 0, type);
  }

  private static byte[] with(byte[] record, int at, int value) {
    record[at] = (byte) value;
    return record;
  }

  private static byte[] joined(byte[] one, byte[] other) {
    byte[] all = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, all, one.length, other.length);
    return all;
  }
}
