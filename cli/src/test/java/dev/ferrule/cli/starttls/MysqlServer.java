package dev.ferrule.cli.starttls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.function.Consumer;

/**
 * A MySQL server up to the SSLRequest. Its client begins TLS without an answer, so it must be given
 * no byte more.
 */
public final class MysqlServer implements ServerDialogue {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int REQUEST = 32; // a login has more
  private static final int UTF_8 = 45;
  private static final int AUTOCOMMIT = 2;
  private static final int SECURE_TRANSPORT_REQUIRED = 3159;
  private static final int CAPABILITIES =
      MysqlPacket.CLIENT_PROTOCOL_41
          | MysqlPacket.CLIENT_SSL
          | MysqlPacket.CLIENT_SECURE_CONNECTION
          | MysqlPacket.CLIENT_PLUGIN_AUTH;

  private final MysqlPacket packet = new MysqlPacket("client");

  @Override
  public boolean needsGreeting() {
    return true;
  }

  @Override
  public byte[] greeting() {
    byte[] challenge = new byte[20];
    for (int i = 0; i < challenge.length; i++) {
      challenge[i] = (byte) (1 + RANDOM.nextInt(127)); // the text of some clients ends at a zero
    }
    ByteBuffer handshake = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    handshake.put((byte) 10).put("8.0.0-ferrule\0".getBytes(US_ASCII)).putInt(1);
    handshake.put(challenge, 0, 8).put((byte) 0).putShort((short) CAPABILITIES);
    handshake.put((byte) UTF_8).putShort((short) AUTOCOMMIT);
    handshake.putShort((short) (CAPABILITIES >>> 16)).put((byte) (challenge.length + 1));
    handshake.put(new byte[10]).put(challenge, 8, 12).put((byte) 0);
    handshake.put("mysql_native_password\0".getBytes(US_ASCII));
    byte[] payload = new byte[handshake.flip().remaining()];
    handshake.get(payload);
    return MysqlPacket.of(0, payload);
  }

  @Override
  public boolean greeted(ByteBuffer data, Consumer<byte[]> say) {
    byte[] all = new byte[data.remaining()];
    data.get(all);
    say.accept(all);
    return true;
  }

  @Override
  public boolean hear(ByteBuffer data, Consumer<byte[]> say) {
    ByteBuffer request = packet.read(data, 1);
    if (request == null) {
      return false;
    }
    boolean asks =
        request.remaining() == REQUEST && (request.getInt() & MysqlPacket.CLIENT_SSL) != 0;
    if (!asks) {
      say.accept(MysqlPacket.of(2, error()));
      throw new Refused("the client did not ask for TLS");
    }
    return true;
  }

  private static byte[] error() {
    byte[] text = "#HY000SSL is required".getBytes(US_ASCII);
    return ByteBuffer.allocate(3 + text.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) MysqlPacket.ERROR)
        .putShort((short) SECURE_TRANSPORT_REQUIRED)
        .put(text)
        .array();
  }
}
