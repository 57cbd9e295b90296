package dev.ferrule;

import dev.ferrule.connection.Connection;
import dev.ferrule.event.FramingError;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Hands the messages in what is received to a callback. It has no state of its own, so that it can
 * serve all sockets of a server: the beginning of a message is kept with its connection, by a
 * reader that exists only then. On the loop's thread.
 *
 * @param <S> the kind of socket
 */
final class FramedRead<S extends TcpSocket> implements ReadCallback<S> {
  private final Framing framing;
  private final MessageCallback<? super S> callback;

  FramedRead(Framing framing, MessageCallback<? super S> callback) {
    this.framing = framing;
    this.callback = callback;
  }

  @Override
  public void read(S socket, ByteBuffer data) {
    Connection connection = socket.connection();
    Object mine = connection.callbacks().read;
    try {
      while (data.hasRemaining() && connection.in().gives(mine)) {
        ByteBuffer message = next(connection, data);
        if (message != null) {
          tell(socket, connection, message);
        }
      }
    } finally {
      if (data.hasRemaining() && !connection.in().isOver()) {
        connection.in().putBack(data); // paused, or somebody else reads from here on
      }
    }
  }

  /** What a long message was collected in does not wait for the next one. */
  private void tell(S socket, Connection connection, ByteBuffer message) {
    MessageReader reader = MessageReader.of(connection);
    try {
      callback.message(socket, message);
    } finally {
      if (reader != null) {
        reader.taken();
      }
    }
  }

  private @Nullable ByteBuffer next(Connection connection, ByteBuffer data) {
    MessageReader reader = MessageReader.of(connection);
    try {
      if (reader != null) {
        return reader.next(data);
      }
      ByteBuffer message = framing.whole(data);
      if (message == null) {
        reader = framing.reader();
        reader.belongsTo(connection);
        reader.next(data);
      }
      return message;
    } catch (FramingError e) {
      data.position(data.limit());
      connection.in().refuse(e);
      return null;
    }
  }
}
