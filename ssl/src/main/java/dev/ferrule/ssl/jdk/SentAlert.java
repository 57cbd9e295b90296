package dev.ferrule.ssl.jdk;

import dev.ferrule.spi.Outlet;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.records.Alerts;
import dev.ferrule.ssl.records.RecordInput;
import dev.ferrule.ssl.trust.UnacceptableCertificate;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The alert that an engine sends when it has failed or is closed. It comes behind every record that
 * the engine had ready before, such as the rest of a server's flight.
 *
 * @param plainName its name, read from the record; null unless it is {@link Kind#PLAIN}
 * @param records how many records went into the outlet, with those before it
 */
record SentAlert(Kind kind, @Nullable String plainName, int records) {
  /** How it was sent. */
  enum Kind {
    /** There is none. */
    NONE,
    /** Unencrypted. */
    PLAIN,
    /** Encrypted. */
    SEALED,
    /** The outlet has no room for it, or for what comes before it: wrap again after a flush. */
    WAITING
  }

  /** Room for one record of any version, as the engine demands before it writes one. */
  private static final int PACKET = 18 * 1024;

  private static final int ALERT_RECORD = 21;
  private static final int APPLICATION_DATA = 23;
  private static final int ALERT_BYTES = 2;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** Closes the engine's output and puts its last records into the outlet, as far as they fit. */
  static SentAlert wrap(SSLEngine engine, Outlet outlet) {
    return wrap(engine, outlet, null);
  }

  /**
   * The same for an engine that failed. The JDK has no unknown_ca, and tells a client nothing but
   * certificate_unknown: in the clear, the alert of the refusal is written over it (RFC 8446 6.2).
   */
  static SentAlert wrap(SSLEngine engine, Outlet outlet, @Nullable Throwable failure) {
    engine.closeOutbound();
    int refusal = refusal(failure);
    int records = 0;
    SentAlert last = new SentAlert(Kind.NONE, null, 0);
    try {
      while (!engine.isOutboundDone()) {
        ByteBuffer room = outlet.room(PACKET);
        if (room == null) {
          return new SentAlert(Kind.WAITING, null, records);
        }
        int start = room.position();
        if (engine.wrap(NOTHING, room).bytesProduced() == 0) {
          break; // after an interrupted handshake there is nothing to send
        }
        last = of(room, start, ++records);
        if (refusal >= 0 && last.kind == Kind.PLAIN) {
          room.put(room.position() - 1, (byte) refusal);
          last = of(room, start, records);
        }
      }
    } catch (SSLException e) {
      return last; // a failure of a task that was reported already, or one without an alert
    }
    return last;
  }

  /** The number of the alert for a certificate that was refused; -1 for other failures. */
  private static int refusal(@Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause != null && !(cause instanceof UnacceptableCertificate)) {
      cause = cause.getCause();
    }
    return cause instanceof UnacceptableCertificate refused
        ? Alerts.number(refused.reason().alert())
        : -1;
  }

  private static SentAlert of(ByteBuffer records, int start, int count) {
    int type = records.get(start);
    int end = records.position();
    if (type == ALERT_RECORD && end - start == RecordInput.HEADER + ALERT_BYTES) {
      return new SentAlert(
          Kind.PLAIN, Alerts.name(Byte.toUnsignedInt(records.get(end - 1))), count);
    }
    boolean sealed = type == ALERT_RECORD || type == APPLICATION_DATA; // the latter in TLS 1.3
    return new SentAlert(sealed ? Kind.SEALED : Kind.NONE, null, count);
  }

  /** The name of the alert; {@code sealed} when it was encrypted, null when there was none. */
  @Nullable String name(@Nullable String sealed) {
    if (plainName != null) {
      return plainName;
    }
    return kind == Kind.NONE ? null : sealed;
  }

  /** The error with the alert that was sent. */
  SslError correct(SslError error) {
    return error.withAlert(name(error.alert().orElse(null)));
  }
}
