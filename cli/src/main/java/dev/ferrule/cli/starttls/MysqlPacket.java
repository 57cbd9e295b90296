package dev.ferrule.cli.starttls;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A packet of MySQL's client/server protocol: three bytes of length, one that counts packets, and
 * the payload; numbers have their lowest byte first.
 */
final class MysqlPacket {
  /** Of the capabilities: TLS, in which both peers go on after an SSLRequest. */
  static final int CLIENT_SSL = 0x0800;

  /** Of the capabilities: the protocol since MySQL 4.1. */
  static final int CLIENT_PROTOCOL_41 = 0x0200;

  /** Of the capabilities: a challenge of 20 bytes. */
  static final int CLIENT_SECURE_CONNECTION = 0x8000;

  /** Of the capabilities: the way to log in has a name. */
  static final int CLIENT_PLUGIN_AUTH = 0x0008_0000;

  /** The first byte of an error. */
  static final int ERROR = 0xff;

  private static final int LONGEST = 4 * 1024;
  private static final int HEADER = 4;

  private final String who;
  private final ByteBuffer packet =
      ByteBuffer.allocate(HEADER + LONGEST).order(ByteOrder.LITTLE_ENDIAN);

  /** {@code who} sends it, and speaks no MySQL where it is none. */
  MysqlPacket(String who) {
    this.who = who;
  }

  /**
   * Takes bytes up to the end of the packet and no further. Its payload, or null while it is not
   * whole.
   */
  @Nullable ByteBuffer read(ByteBuffer data, int number) {
    while (data.hasRemaining()) {
      packet.put(data.get());
      if (packet.position() < HEADER) {
        continue;
      }
      int length = packet.getInt(0) & 0xff_ffff;
      if (length < 1 || length > LONGEST || packet.get(3) != number) {
        throw new Refused("the " + who + " does not speak MySQL's protocol");
      }
      if (packet.position() == HEADER + length) {
        return packet.slice(HEADER, length).order(ByteOrder.LITTLE_ENDIAN);
      }
    }
    return null;
  }

  /** A packet with this payload. */
  static byte[] of(int number, byte[] payload) {
    return ByteBuffer.allocate(HEADER + payload.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(payload.length | number << 24)
        .put(payload)
        .array();
  }
}
