package dev.ferrule.cli.check;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/**
 * A socket that keeps the first 64 KiB of what its peer sends, for what a handshake of TLS 1.2 has
 * in the clear and no provider shows. For one thread.
 */
final class OverheardSocket extends Socket {
  private static final int MOST = 64 * 1024;
  private static final int HANDSHAKE = 22;
  private static final int NEW_SESSION_TICKET = 4;

  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
      }

      @Override
      public int read(byte[] bytes, int at, int length) throws IOException {
        int count = super.read(bytes, at, length);
        if (count > 0 && heard.size() < MOST) {
          heard.write(bytes, at, count);
        }
        return count;
      }
    };
  }

  /** How long the server says that its ticket lives; empty without ticket, or when it does not. */
  Optional<Duration> ticketLifetime() {
    return ticketLifetime(heard.toByteArray());
  }

  /** From the records of a server (RFC 5077 3.3). */
  static Optional<Duration> ticketLifetime(byte[] records) {
    ByteBuffer messages = ByteBuffer.wrap(plainMessages(ByteBuffer.wrap(records)));
    try {
      while (messages.remaining() >= 4) {
        int head = messages.getInt();
        if (head >>> 24 == NEW_SESSION_TICKET) {
          long seconds = Integer.toUnsignedLong(messages.getInt());
          return seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
        }
        messages.get(new byte[head & 0xFFFFFF]);
      }
    } catch (BufferUnderflowException e) {
      // Then it is not there.
    }
    return Optional.empty();
  }

  /** What the handshake records hold, up to the first of another type. */
  private static byte[] plainMessages(ByteBuffer records) {
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    while (records.remaining() >= 5 && records.get() == HANDSHAKE) {
      records.getShort(); // the version
      int length = Short.toUnsignedInt(records.getShort());
      byte[] part = new byte[Math.min(length, records.remaining())];
      records.get(part);
      messages.writeBytes(part);
    }
    return messages.toByteArray();
  }
}
