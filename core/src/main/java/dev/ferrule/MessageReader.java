package dev.ferrule;

import dev.ferrule.connection.Connection;
import dev.ferrule.connection.Remainder;
import dev.ferrule.event.EventError;
import dev.ferrule.event.FramingError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of one stream of bytes, whatever its pieces; made by {@link Framing#reader}.
 * It keeps the beginning of a message whose rest has not come. One thread at a time. A message that
 * it returns is valid until the next call.
 */
public final class MessageReader {
  /** Bytes of memory that stay with a stream between messages. */
  private static final int KEPT = 1024;

  /** Bytes of a stream that are looked at for a line end at once. */
  private static final int PEEKED = 256;

  private final Framing framing;
  private final Remainder remainder = new Kept();
  private @Nullable ByteBuffer kept; // as it came, prefix and all, up to the position
  private boolean whole; // what is kept was returned
  private boolean failed;

  MessageReader(Framing framing) {
    this.framing = framing;
  }

  // ---- from buffers

  /**
   * The next message, read from {@code data}, which is consumed up to the end of that message; null
   * when {@code data} is used up before.
   *
   * @throws FramingError when it is no message; nothing can be read from then on
   */
  public @Nullable ByteBuffer next(ByteBuffer data) {
    begin();
    try {
      ByteBuffer message = size() == 0 ? framing.whole(data) : null;
      if (message != null) {
        return message;
      }
      return framing.isLines() ? nextLine(data) : nextPrefixed(data);
    } catch (FramingError e) {
      failed = true;
      throw e;
    }
  }

  private void begin() {
    if (failed) {
      throw new IllegalStateException("this stream failed before: it has no messages any more");
    }
    taken();
  }

  /** The message that was returned is not needed any more. */
  void taken() {
    if (whole) {
      whole = false;
      ByteBuffer memory = kept;
      kept = memory == null || memory.capacity() > KEPT ? null : memory.clear();
    }
  }

  /** Bytes that are kept. */
  private int size() {
    ByteBuffer memory = kept;
    return memory == null || whole ? 0 : memory.position();
  }

  private @Nullable ByteBuffer nextPrefixed(ByteBuffer data) {
    keep(data, framing.prefix() - size());
    long end = framing.end(memory(0), 0, size());
    if (end >= 0) {
      keep(data, (int) end - size());
    }
    return end == size() ? kept(framing.prefix(), size()) : null;
  }

  private @Nullable ByteBuffer nextLine(ByteBuffer data) {
    int from = data.position();
    long most = framing.maximum() + 2L - size(); // CR and LF are behind the maximum
    int to = (int) Math.min(data.limit(), from + most);
    int feed = Framing.lineFeed(data, from, to);
    keep(data, (feed < 0 ? to : feed + 1) - from);
    return feed < 0 ? noLine() : keptLine();
  }

  /** What is kept ends with LF. */
  private ByteBuffer keptLine() {
    int end = Framing.lineEnd(memory(0), 0, size() - 1);
    framing.refuse(end > framing.maximum());
    return kept(0, end);
  }

  /** What is kept has no LF. */
  private @Nullable ByteBuffer noLine() {
    framing.refuse(framing.isTooLong(memory(0)));
    return null;
  }

  private ByteBuffer kept(int from, int to) {
    whole = true;
    return Framing.part(memory(0), from, to);
  }

  /** Moves up to so many bytes to what is kept. */
  private void keep(ByteBuffer data, int most) {
    int n = Math.min(most, data.remaining());
    if (n > 0) {
      ByteBuffer memory = memory(n);
      memory.put(memory.position(), data, data.position(), n);
      memory.position(memory.position() + n);
      data.position(data.position() + n);
    }
  }

  /** The memory of what is kept, with room for so many bytes more: doubled, so rarely copied. */
  private ByteBuffer memory(int more) {
    ByteBuffer memory = kept;
    if (memory == null) {
      memory = ByteBuffer.allocate(Math.max(more, 64));
    } else if (memory.remaining() < more) {
      long doubled = Math.max(2L * memory.capacity(), (long) memory.position() + more);
      long most = Math.min(doubled, framing.prefix() + framing.maximum() + 2L);
      int capacity = (int) Math.max(most, (long) memory.position() + more);
      memory = ByteBuffer.allocate(capacity).put(memory.flip());
    }
    kept = memory;
    return memory;
  }

  // ---- from streams

  /**
   * The next message of a stream that never blocks, null when it has not come whole. It takes what
   * has come of it out of the stream, so a message may be longer than {@code maxUnread}. What is no
   * message, an end in the middle included, fails the socket, whose event callback hears the {@link
   * FramingError}; here it is null. On the loop's thread.
   */
  public @Nullable ByteBuffer next(AsyncStream stream) {
    Connection connection = stream.socket().connection();
    belongsTo(connection);
    if (failed) {
      return null;
    }
    begin();
    try {
      return framing.isLines() ? nextLine(stream) : nextPrefixed(stream);
    } catch (FramingError e) {
      failed = true;
      connection.in().refuse(e);
      return null;
    }
  }

  private @Nullable ByteBuffer nextPrefixed(AsyncStream stream) {
    if (take(stream, framing.prefix() - size()) < framing.prefix()) {
      return null;
    }
    int end = (int) framing.end(memory(0), 0, size());
    return take(stream, end - size()) == end ? kept(framing.prefix(), end) : null;
  }

  /** Takes up to so many bytes: how many are kept then. */
  private int take(AsyncStream stream, int most) {
    int n = (int) Math.min(most, stream.available());
    if (n > 0) {
      ByteBuffer memory = memory(n);
      stream.read(memory.slice(memory.position(), n));
      memory.position(memory.position() + n);
    }
    return size();
  }

  private @Nullable ByteBuffer nextLine(AsyncStream stream) {
    while (stream.available() > 0) {
      int some = (int) Math.min(stream.available(), PEEKED);
      ByteBuffer memory = memory(some);
      int from = memory.position();
      int peeked = stream.peek(memory.slice(from, some));
      int feed = Framing.lineFeed(memory, from, from + peeked);
      take(stream, feed < 0 ? peeked : feed + 1 - from);
      if (feed >= 0) {
        return keptLine();
      }
      framing.refuse(framing.isTooLong(memory(0)));
    }
    return null;
  }

  /**
   * The next message of a blocking stream, null at its clean end between two. It reads no byte
   * beyond that message; for lines it reads them one by one, so a {@link
   * java.io.BufferedInputStream} around a stream that asks the system is worth its memory (that of
   * a {@link BlockingSocket} holds its bytes already). After a time limit or an interrupt, the next
   * call goes on in the message.
   *
   * @throws IOException when reading fails, or its cause is a {@link FramingError}: it is no
   *     message, or the stream ended in the middle
   */
  public @Nullable ByteBuffer read(InputStream in) throws IOException {
    begin();
    try {
      return framing.isLines() ? readLine(in) : readPrefixed(in);
    } catch (FramingError e) {
      failed = true;
      throw new IOException(e.message(), e);
    }
  }

  private @Nullable ByteBuffer readPrefixed(InputStream in) throws IOException {
    if (!fill(in, framing.prefix())) {
      return null;
    }
    int end = (int) framing.end(memory(0), 0, size());
    fill(in, end);
    return kept(framing.prefix(), end);
  }

  /** Reads until so many bytes are kept; false at the end before the first. */
  private boolean fill(InputStream in, int bytes) throws IOException {
    while (size() < bytes) {
      ByteBuffer memory = memory(Math.min(bytes - size(), Math.max(size(), ByteChunks.CHUNK)));
      int want = Math.min(bytes - size(), memory.remaining());
      int n = in.read(memory.array(), memory.arrayOffset() + memory.position(), want);
      if (n < 0) {
        return atEnd();
      }
      memory.position(memory.position() + n);
    }
    return true;
  }

  private @Nullable ByteBuffer readLine(InputStream in) throws IOException {
    for (int b; (b = in.read()) >= 0; ) {
      memory(1).put((byte) b);
      if (b == '\n') {
        return keptLine();
      }
      framing.refuse(framing.isTooLong(memory(0)));
    }
    atEnd();
    return null;
  }

  /** False: a clean end. */
  private boolean atEnd() {
    if (size() > 0) {
      throw Framing.incomplete();
    }
    return false;
  }

  /** Whether the beginning of a message is kept: an end here would be in the middle of it. */
  public boolean isInside() {
    return size() > 0;
  }

  // ---- for the connection

  /** The reader that keeps the beginning of a message of this connection; null for none. */
  static @Nullable MessageReader of(Connection connection) {
    return connection.callbacks().remainder instanceof Kept kept ? kept.reader() : null;
  }

  /** What it keeps belongs to this connection from now on. */
  void belongsTo(Connection connection) {
    if (connection.callbacks().remainder != remainder) {
      connection.in().reclaim(); // another reader's
      connection.changeCallbacks().remainder = remainder;
    }
  }

  private final class Kept implements Remainder {
    MessageReader reader() {
      return MessageReader.this;
    }

    @Override
    public ByteBuffer giveUp() {
      ByteBuffer memory = size() == 0 ? ByteBuffer.allocate(0) : memory(0).flip();
      kept = null;
      return memory;
    }

    @Override
    public @Nullable EventError atEnd() {
      return size() > 0 && !failed ? Framing.incomplete() : null;
    }
  }
}
