package dev.ferrule.cli.starttls;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** PostgreSQL: a request of eight bytes, and an answer of one byte. */
final class PostgresDialogue implements Dialogue {
  private static final int SSL_REQUEST = 80877103; // 1234 and 5679 in 16 bits each

  @Override
  public void begin(Consumer<byte[]> say) {
    say.accept(ByteBuffer.allocate(8).putInt(8).putInt(SSL_REQUEST).array());
  }

  @Override
  public boolean hear(ByteBuffer data, Consumer<byte[]> say) {
    if (!data.hasRemaining()) {
      return false;
    }
    byte answer = data.get();
    return switch (answer) {
      case 'S' -> true;
      case 'N' -> throw new Refused("the PostgreSQL server refused SSL (is ssl = on there?)");
      case 'E' -> throw new Refused("the PostgreSQL server answered the SSL request with an error");
      default ->
          throw new Refused(
              "the server did not answer as a PostgreSQL server: its first byte was 0x%02x"
                  .formatted(answer));
    };
  }
}
