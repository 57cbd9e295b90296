package dev.ferrule;

import dev.ferrule.connection.Connection;
import dev.ferrule.event.FramingError;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * How a stream of bytes is divided into messages: by a length in front of each, or by line ends.
 * For callbacks ({@link #messages}), for streams that never block and for those that do ({@link
 * #reader}). Immutable; any thread.
 *
 * <p>A message that lies whole in the loop's buffer is not copied. One that does not is collected,
 * in memory that grows with what has arrived and not with what the peer announces. What is no
 * message (longer than the maximum, a negative length, an end in the middle) is a {@link
 * FramingError}.
 */
public final class Framing {
  /** The largest maximum of a message: 1 GiB. */
  public static final int MOST = 1 << 30;

  private static final int LF = '\n';
  private static final int CR = '\r';

  private final int prefix; // bytes of the length; 0 for lines
  private final int maximum;
  private final byte[] lineEnd; // what is written behind a message

  private Framing(int prefix, int maximum, byte... lineEnd) {
    if (maximum < 1 || maximum > MOST) {
      throw new IllegalArgumentException(
          "the maximum of a message is from 1 to " + MOST + " bytes, not " + maximum);
    }
    this.prefix = prefix;
    this.maximum = maximum;
    this.lineEnd = lineEnd;
  }

  /**
   * Each message has its length in front, which does not count itself: unsigned, big endian.
   *
   * @param bytes of the length: 1, 2 or 4; of 4 bytes, the top bit must not be set
   * @param maximum the longest message, in bytes, from 1 to what the prefix can say, and at most
   *     {@link #MOST}; a message may be empty
   * @throws IllegalArgumentException when they are not that
   */
  public static Framing lengthPrefix(int bytes, int maximum) {
    if (bytes != 1 && bytes != 2 && bytes != 4) {
      throw new IllegalArgumentException("a length prefix has 1, 2 or 4 bytes, not " + bytes);
    }
    if (bytes < 4 && maximum >= 1 << (8 * bytes)) {
      throw new IllegalArgumentException(
          "a prefix of " + bytes + " bytes cannot say a length of " + maximum);
    }
    return new Framing(bytes, maximum);
  }

  /**
   * Each message is a line. It is read with LF or CRLF at its end, neither of which belongs to it,
   * and written with LF.
   *
   * @param maximum the longest line, in bytes, without its end; from 1 to {@link #MOST}
   */
  public static Framing lines(int maximum) {
    return new Framing(0, maximum, (byte) LF);
  }

  /** As {@link #lines}, but written with CRLF. */
  public static Framing crlfLines(int maximum) {
    return new Framing(0, maximum, (byte) CR, (byte) LF);
  }

  // ---- reading

  /**
   * A read callback that hands on messages, for a socket or a setup; one may serve many sockets, as
   * those of a server. In the order of arrival, and while the socket's reading is paused, none. A
   * callback may pause, close, wrap, or give the socket another reader: what is behind the message
   * waits for that. An error fails the socket, whose event callback hears the {@link FramingError}.
   */
  public <S extends TcpSocket> ReadCallback<S> messages(MessageCallback<? super S> callback) {
    return new FramedRead<>(this, callback);
  }

  /** A reader for one stream: blocking, or one that never blocks, or buffers from elsewhere. */
  public MessageReader reader() {
    return new MessageReader(this);
  }

  /** The first message, if it lies whole in {@code data}, and is consumed; else null. */
  @Nullable ByteBuffer whole(ByteBuffer data) {
    int from = data.position();
    if (isLines()) {
      int to = (int) Math.min(data.limit(), from + maximum + 2L);
      int feed = lineFeed(data, from, to);
      if (feed < 0) {
        return null;
      }
      int end = lineEnd(data, from, feed);
      refuse(end - from > maximum);
      data.position(feed + 1);
      return part(data, from, end);
    }
    long end = end(data, from, data.limit());
    if (end < 0 || end > data.limit()) {
      return null;
    }
    data.position((int) end);
    return part(data, from + prefix, (int) end);
  }

  /** Where the message ends that begins at {@code from}, its prefix included; -1: not known yet. */
  long end(ByteBuffer data, int from, int to) {
    if (to - from < prefix) {
      return -1;
    }
    return from + (long) prefix + length(data, from);
  }

  private int length(ByteBuffer data, int at) {
    int length =
        switch (prefix) {
          case 1 -> data.get(at) & 0xff;
          case 2 -> data.getShort(at) & 0xffff;
          default -> data.getInt(at);
        };
    if (length < 0) {
      throw new FramingError(
          FramingError.Kind.NEGATIVE, "the peer announced a message of negative length", null);
    }
    if (length > maximum) {
      throw new FramingError(
          FramingError.Kind.TOO_LONG,
          "the peer announced a message of " + length + " bytes, and the maximum is " + maximum,
          null);
    }
    return length;
  }

  /** A line whose end did not come in time is an error. */
  void refuse(boolean tooLong) {
    if (tooLong) {
      throw new FramingError(
          FramingError.Kind.TOO_LONG,
          "the peer sent a line of more than " + maximum + " bytes, which is the maximum",
          null);
    }
  }

  static FramingError incomplete() {
    return new FramingError(
        FramingError.Kind.INCOMPLETE, "the peer ended in the middle of a message", null);
  }

  int prefix() {
    return prefix;
  }

  int maximum() {
    return maximum;
  }

  boolean isLines() {
    return prefix == 0;
  }

  // ---- writing

  /** Room in which a loop puts small messages together, so that each is one record over SSL. */
  private static final class Composed {
    final ByteBuffer bytes = ByteBuffer.allocate(ByteChunks.CHUNK);
  }

  /**
   * Writes what remains of {@code message} as one, with its prefix or line end; else as {@link
   * TcpSocket#write(ByteBuffer)}.
   *
   * @throws IllegalArgumentException when it is longer than the maximum, a line holds a line feed,
   *     or one that gets LF ends with CR
   */
  public boolean write(TcpSocket socket, ByteBuffer message) {
    Connection connection = socket.connection();
    connection.loop().check();
    check(message);
    ByteBuffer composed =
        connection.loop().buffers().shared(Composed.class, Composed::new).bytes.clear();
    begin(composed, message);
    if (!message.hasRemaining() && composed.remaining() >= lineEnd.length) {
      return socket.write(composed.put(lineEnd).flip());
    }
    boolean goesOn = socket.write(composed.flip());
    goesOn = message.hasRemaining() ? socket.write(message) : goesOn;
    return lineEnd.length == 0 ? goesOn : socket.write(lineEnd);
  }

  /** As {@link #write(TcpSocket, ByteBuffer)}. */
  public boolean write(AsyncStream stream, ByteBuffer message) {
    return write(stream.socket(), message);
  }

  /**
   * Writes what remains of {@code message} as one, with its prefix or line end, by one call where
   * it is short. Does not flush.
   *
   * @throws IllegalArgumentException when it is longer than the maximum, a line holds a line feed,
   *     or one that gets LF ends with CR
   */
  public void write(OutputStream out, ByteBuffer message) throws IOException {
    check(message);
    int whole = prefix + message.remaining() + lineEnd.length;
    ByteBuffer composed = ByteBuffer.allocate(Math.min(whole, ByteChunks.CHUNK));
    begin(composed, message);
    while (message.hasRemaining()) {
      out.write(composed.array(), 0, composed.position());
      fill(composed.clear(), message);
    }
    if (composed.remaining() < lineEnd.length) {
      out.write(composed.array(), 0, composed.position());
      composed.clear();
    }
    composed.put(lineEnd);
    out.write(composed.array(), 0, composed.position());
  }

  /** The prefix, and as much of the message as fits behind it. */
  private void begin(ByteBuffer composed, ByteBuffer message) {
    int length = message.remaining();
    switch (prefix) {
      case 1 -> composed.put((byte) length);
      case 2 -> composed.putShort((short) length);
      case 4 -> composed.putInt(length);
      default -> {}
    }
    fill(composed, message);
  }

  private static void fill(ByteBuffer composed, ByteBuffer message) {
    int n = Math.min(composed.remaining(), message.remaining());
    composed.put(composed.position(), message, message.position(), n);
    composed.position(composed.position() + n);
    message.position(message.position() + n);
  }

  private void check(ByteBuffer message) {
    if (message.remaining() > maximum) {
      throw new IllegalArgumentException(
          "a message of " + message.remaining() + " bytes is longer than the maximum " + maximum);
    }
    if (isLines() && lineFeed(message, message.position(), message.limit()) >= 0) {
      throw new IllegalArgumentException("a line holds no line feed: it would be two");
    }
    int last = message.limit() - 1;
    if (lineEnd.length == 1 && message.hasRemaining() && message.get(last) == CR) {
      throw new IllegalArgumentException(
          "a line that is ended by LF does not end with CR: it would be read without that");
    }
  }

  /** Where the first LF is; -1 for nowhere. */
  static int lineFeed(ByteBuffer data, int from, int to) {
    for (int i = from; i < to; i++) {
      if (data.get(i) == LF) {
        return i;
      }
    }
    return -1;
  }

  /** Where a line ends whose LF is at {@code feed}. */
  static int lineEnd(ByteBuffer data, int from, int feed) {
    return feed > from && data.get(feed - 1) == CR ? feed - 1 : feed;
  }

  /** The memory of a line without LF is too long: one byte more than the maximum may be CR. */
  boolean isTooLong(ByteBuffer line) {
    int over = line.position() - maximum;
    return over > 1 || (over == 1 && line.get(line.position() - 1) != CR);
  }

  /** A view of a part of {@code data}. */
  static ByteBuffer part(ByteBuffer data, int from, int to) {
    return data.slice(from, to - from);
  }
}
