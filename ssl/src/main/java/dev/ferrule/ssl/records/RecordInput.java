package dev.ferrule.ssl.records;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.ByteQueue;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads records from the link (RFC 8446 5.1). They are read into the loop's shared buffer. Bytes
 * that a call does not consume, mostly the start of an incomplete record, are kept until the next
 * call in chunks; the connection holds chunks only while it has such bytes.
 *
 * <p>The order of calls is {@link #begin}, any number of {@link #fill} and {@link #record}, and
 * {@link #end}.
 */
public final class RecordInput {
  /** Bytes of a record's header. */
  public static final int HEADER = 5;

  /**
   * The largest payload that any version allows: 2^14 and what encryption adds (RFC 5246 6.2.3).
   */
  public static final int MAX_PAYLOAD = 16_384 + 2_048;

  /** The largest payload of a record of TLS 1.3 (RFC 8446 5.2). */
  private static final int MAX_TLS13_PAYLOAD = 16_384 + 256;

  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int APPLICATION_DATA = 23;

  private final Link link;
  private final Buffers buffers;
  private Memory memory;
  private final String alert;
  private @Nullable ByteQueue kept;
  private boolean keptRecord; // the kept bytes contain a complete record
  private boolean tls13;
  private boolean exact;
  private boolean receivedAny;

  /**
   * The records of a link.
   *
   * @param alert the alert that the provider sends for an invalid record header
   */
  public RecordInput(Link link, Buffers buffers, Memory memory, String alert) {
    this.link = link;
    this.buffers = buffers;
    this.memory = memory;
    this.alert = alert;
  }

  /** Where the records come from. */
  public Link link() {
    return link;
  }

  /** The loop's buffer outside the heap, for content that needs no decryption here, cleared. */
  ByteBuffer content() {
    return buffers.input(Memory.NATIVE);
  }

  /** Whether no byte of the link waits here. */
  boolean isEmpty() {
    return kept == null;
  }

  /** The ciphers of its loop for {@code suite}. */
  CipherPool ciphers(RecordSuite suite) {
    return CipherPool.of(buffers, suite);
  }

  /** From now on it reads records of TLS 1.3 into arrays. */
  void tls13() {
    memory = Memory.HEAP;
    tls13 = true;
  }

  /** The shared buffer with the kept bytes, ready to be read from. */
  public ByteBuffer begin() {
    ByteBuffer in = buffers.input(memory);
    ByteQueue rest = kept;
    if (rest != null) {
      rest.take(in);
      kept = null;
      buffers.giveQueue(rest);
    }
    return in.flip();
  }

  /** Takes bytes of the link that were read before; the first call, on an empty input. */
  public void begin(ByteBuffer received) {
    receivedAny = true;
    end(received);
  }

  /**
   * Reads from the link once and appends to the buffer. Returns the number of bytes, 0 when none
   * were available, -1 at the end of the link.
   */
  public int fill(ByteBuffer in) throws IOException {
    int start = in.position();
    int end = in.limit();
    in.limit(exact ? Math.min(in.capacity(), end + lacking(in)) : in.capacity()).position(end);
    int n;
    try {
      n = link.read(in);
    } finally {
      in.limit(in.position()).position(start);
    }
    receivedAny |= n > 0;
    return n;
  }

  /** From now on nothing is read beyond the end of a record, or of its header. */
  void exact(boolean only) {
    exact = only;
  }

  /** Bytes of the first record, or of its header, that are not there. */
  private static int lacking(ByteBuffer in) {
    int there = in.remaining();
    if (there < HEADER) {
      return HEADER - there;
    }
    return HEADER + Short.toUnsignedInt(in.getShort(in.position() + 3)) - there;
  }

  /**
   * The total length of the record at the buffer's position; 0 while it is incomplete. {@code
   * stage} is the connection's stage, for the error.
   *
   * @throws SslError when the header is invalid, or the length is above the limit
   */
  public int record(ByteBuffer in, Stage stage) {
    if (in.remaining() < HEADER) {
      return 0;
    }
    int at = in.position();
    int type = in.get(at);
    int length = Short.toUnsignedInt(in.getShort(at + 3));
    if (type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA + 1 || in.get(at + 1) != 3) {
      throw notARecord(tls13 ? "unexpected_message" : alert, stage);
    }
    int most = most();
    if (length > most) {
      throw new SslError(
          Side.OURS,
          stage,
          tls13 ? "record_overflow" : alert,
          SslFailure.RECORD_TOO_LONG,
          "the peer sent a record of "
              + length
              + " bytes, above the limit of "
              + most
              + " (RFC 8446 5.2)",
          null);
    }
    return in.remaining() >= HEADER + length ? HEADER + length : 0;
  }

  /** The error of a header that no record has. */
  static SslError notARecord(String alert, Stage stage) {
    return new SslError(
        Side.OURS,
        stage,
        alert,
        SslFailure.NOT_A_RECORD,
        "what the peer sent is not an SSL record (did something else write to the connection?)",
        null);
  }

  /**
   * The total length of the complete records at the buffer's position; 0 when there is none. What
   * is no record fails once it is the first: behind the handshake's end plain text may follow.
   *
   * @throws SslError as {@link #record}
   */
  public int records(ByteBuffer in, Stage stage) {
    int start = in.position();
    try {
      int length = record(in, stage);
      while (length > 0) {
        in.position(in.position() + length);
        length = isNone(in) ? 0 : record(in, stage);
      }
      return in.position() - start;
    } finally {
      in.position(start);
    }
  }

  /** Whether {@link #record} would throw. */
  private boolean isNone(ByteBuffer in) {
    return in.remaining() >= HEADER && isNone(in, in.position());
  }

  /** Whether there is a header that no record has: the next call says so, and nothing else will. */
  private boolean isNone(ByteBuffer in, int at) {
    int type = in.get(at);
    return type < CHANGE_CIPHER_SPEC
        || type > APPLICATION_DATA + 1
        || in.get(at + 1) != 3
        || Short.toUnsignedInt(in.getShort(at + 3)) > most();
  }

  private static boolean isWhole(ByteBuffer in, int at) {
    return in.remaining() >= HEADER + Short.toUnsignedInt(in.getShort(at + 3));
  }

  private int most() {
    return tls13 ? MAX_TLS13_PAYLOAD : MAX_PAYLOAD;
  }

  /** Keeps the bytes that were not consumed. */
  public void end(ByteBuffer in) {
    if (in.hasRemaining()) {
      int at = in.position();
      keptRecord = in.remaining() >= HEADER && (isNone(in, at) || isWhole(in, at));
      ByteQueue rest = buffers.takeQueue();
      rest.put(in);
      kept = rest;
    } else {
      keptRecord = false;
    }
  }

  /** Takes kept bytes, which are no records: the number of bytes. */
  int takeRest(ByteBuffer destination) {
    ByteQueue rest = kept;
    if (rest == null) {
      return 0;
    }
    int n = rest.take(destination);
    if (rest.isEmpty()) {
      release();
    }
    return n;
  }

  /** Whether a complete record is kept, so that a read can continue without the link. */
  public boolean hasRecord() {
    return keptRecord;
  }

  /** Whether anything came from the link so far. */
  public boolean receivedAny() {
    return receivedAny;
  }

  /** Drops the kept bytes. */
  public void release() {
    if (kept != null) {
      buffers.giveQueue(kept);
      kept = null;
    }
    keptRecord = false;
  }
}
