package dev.ferrule.cli.starttls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * MySQL and MariaDB: the server's handshake packet, which says whether it has TLS, and an
 * SSLRequest, behind which TLS begins without an answer.
 */
final class MysqlDialogue implements Dialogue {
  private static final int VERSION = 10;
  private static final int BEHIND_NAME = 4 + 8 + 1; // thread, challenge, filler
  private static final int LARGEST_PACKET = 1 << 24;
  private static final int UTF_8 = 45; // utf8mb4_general_ci
  private static final int CAPABILITIES =
      MysqlPacket.CLIENT_PROTOCOL_41
          | MysqlPacket.CLIENT_SSL
          | MysqlPacket.CLIENT_SECURE_CONNECTION
          | MysqlPacket.CLIENT_PLUGIN_AUTH;

  private final MysqlPacket packet = new MysqlPacket("server");

  @Override
  public void begin(Consumer<byte[]> say) {
    // the server speaks first
  }

  @Override
  public boolean hear(ByteBuffer data, Consumer<byte[]> say) {
    ByteBuffer handshake = packet.read(data, 0);
    if (handshake == null) {
      return false;
    }
    try {
      requireTls(handshake);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new Refused("the MySQL server's handshake packet is damaged");
    }
    byte[] request =
        ByteBuffer.allocate(32)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(CAPABILITIES)
            .putInt(LARGEST_PACKET)
            .put((byte) UTF_8)
            .array();
    say.accept(MysqlPacket.of(1, request));
    return true;
  }

  private static void requireTls(ByteBuffer handshake) {
    int version = handshake.get() & 0xff;
    if (version == MysqlPacket.ERROR) {
      throw refused(handshake);
    }
    if (version != VERSION) {
      throw new Refused(
          "the server speaks version " + version + " of MySQL's protocol, and not " + VERSION);
    }
    while (handshake.get() != 0) {
      // the server's version, as a text
    }
    handshake.position(handshake.position() + BEHIND_NAME);
    if ((handshake.getShort() & MysqlPacket.CLIENT_SSL) == 0) {
      throw new Refused("the MySQL server offers no TLS (has it a certificate?)");
    }
  }

  private static Refused refused(ByteBuffer error) {
    int code = error.getShort() & 0xffff;
    byte[] text = new byte[error.remaining()];
    error.get(text);
    String why = new String(text, ISO_8859_1).replaceFirst("^#.{5}", "");
    return new Refused(
        "the MySQL server refused with the error %d: '%s'"
            .formatted(code, LineDialogue.shown(why)));
  }
}
