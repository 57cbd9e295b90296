package dev.ferrule.cli.starttls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * PostgreSQL: the client asks for SSL by eight bytes, maybe after it asked for GSSAPI in the same
 * way, and gets a byte.
 */
final class PostgresServer implements ServerDialogue {
  private static final int SSL_REQUEST = 80877103;
  private static final int GSS_REQUEST = 80877104;
  private static final int MOST_REQUESTS = 3;

  private final ByteBuffer request = ByteBuffer.allocate(8);
  private int requests;

  @Override
  public boolean hear(ByteBuffer data, Consumer<byte[]> say) {
    while (data.hasRemaining()) {
      request.put(data.get());
      if (request.hasRemaining()) {
        continue;
      }
      int length = request.getInt(0);
      int code = request.getInt(4);
      request.clear();
      if (length == 8 && code == SSL_REQUEST) {
        say.accept(new byte[] {'S'});
        return true;
      }
      if (length != 8 || code != GSS_REQUEST || ++requests > MOST_REQUESTS) {
        say.accept(fatal());
        throw new Refused("the client did not ask for SSL");
      }
      say.accept(new byte[] {'N'});
    }
    return false;
  }

  /** ErrorResponse: severity, SQLSTATE and message. */
  private static byte[] fatal() {
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    for (String field :
        new String[] {
          "SFATAL", "VFATAL", "C08P01", "MSSL is required: connect with sslmode=require"
        }) {
      fields.writeBytes(field.getBytes(US_ASCII));
      fields.write(0);
    }
    fields.write(0);
    byte[] body = fields.toByteArray();
    ByteBuffer message = ByteBuffer.allocate(5 + body.length);
    message.put((byte) 'E').putInt(4 + body.length).put(body);
    return message.array();
  }
}
