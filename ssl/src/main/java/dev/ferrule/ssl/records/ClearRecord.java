package dev.ferrule.ssl.records;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.hello.HelloObserver;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A record in the clear where TLS 1.3 allows only encrypted ones, which all have one outer type
 * (RFC 8446 5.2). Libraries that look at the keys first say that it was changed on its way. On the
 * loop's thread.
 */
public final class ClearRecord {
  private static final int APPLICATION_DATA = 23;

  private ClearRecord() {}

  /** Whether the record at {@code from} is of another type than encrypted ones have. */
  public static boolean isAt(ByteBuffer in, int from) {
    return from < in.limit() && in.get(from) != APPLICATION_DATA;
  }

  /** The same of the last one that begins between {@code from}, where one does, and {@code to}. */
  public static boolean isLast(ByteBuffer in, int from, int to) {
    int last = from;
    for (int next = from; next + RecordInput.HEADER <= to; ) {
      last = next;
      next += RecordInput.HEADER + Short.toUnsignedInt(in.getShort(next + 3));
    }
    return last < to && isAt(in, last);
  }

  /** Whether a handshake has agreed on TLS 1.3. */
  public static boolean isForbidden(@Nullable HelloObserver hellos) {
    var answer = hellos == null ? null : hellos.answer();
    return answer != null && answer.version().equals(Protocol.TLS_1_3.toString());
  }

  /** The error of a record that could not be read and is in the clear. */
  public static SslError instead(SslError fault) {
    boolean unread =
        fault.failure() == SslFailure.BAD_RECORD_MAC
            || fault.failure() == SslFailure.NO_SHARED_PROTOCOL;
    return fault.side() == Side.PEER || !unread
        ? fault
        : new SslError(
            Side.OURS,
            fault.stage() == SslError.Stage.HELLO ? SslError.Stage.HANDSHAKE : fault.stage(),
            fault.alert().orElse(null),
            SslFailure.UNEXPECTED_MESSAGE,
            "the peer sent a record in the clear where TLS 1.3 has only encrypted ones",
            fault.detail().orElse(null),
            fault.getCause());
  }
}
