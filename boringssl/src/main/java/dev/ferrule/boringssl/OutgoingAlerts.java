package dev.ferrule.boringssl;

import dev.ferrule.ssl.records.Alerts;
import dev.ferrule.ssl.records.RecordInput;
import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.SSL;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes alerts into the outlet: close_notify, and fatal alerts for faults that BoringSSL found or
 * did not find itself (RFC 8446 6).
 */
final class OutgoingAlerts {
  /** Room for an alert record in bytes. */
  private static final int ROOM = 256;

  private static final int ALERT_RECORD = 21;
  private static final int ALERT_BYTES = 7; // unencrypted, with its header

  /** The header of a record that is too long, and a byte to read into. */
  private static final ByteBuffer UNACCEPTABLE =
      ByteBuffer.allocateDirect(RecordInput.HEADER + 1)
          .put(new byte[] {23, 3, 3, (byte) 0xFF, (byte) 0xFF});

  private OutgoingAlerts() {}

  /** Writes close_notify; false when the outlet had no room. */
  static boolean closeNotify(BoringWire wire) {
    ByteBuffer room = wire.output(ROOM, false);
    if (room == null) {
      return false;
    }
    SSL.shutdownSSL(wire.ssl);
    wire.filled(room);
    return true;
  }

  /**
   * Makes BoringSSL send a fatal alert for a fault that it did not find itself, by giving it a
   * record that is too long. A close_notify would look like a clean end to the peer.
   */
  static void breakOff(BoringWire wire, boolean handshaken) {
    flush(wire); // a Finished in the BIO's own buffer would leave no room for an alert
    long address = Buffer.address(UNACCEPTABLE);
    SSL.bioSetByteBuffer(wire.bio, address, RecordInput.HEADER, false);
    if (handshaken) {
      SSL.readFromSSL(wire.ssl, address + RecordInput.HEADER, 1);
    } else {
      SSL.doHandshake(wire.ssl);
    }
    alert(wire);
  }

  /** Writes an alert before records are encrypted. */
  static void unencrypted(BoringWire wire, int alert) {
    ByteBuffer room = wire.outlet.room(ROOM);
    if (room != null) {
      room.put(new byte[] {ALERT_RECORD, 3, 3, 0, 2, 2, (byte) alert});
    }
  }

  /**
   * Writes the bytes in the BIO's own buffer to the outlet. Returns the output buffer; null when it
   * had no room.
   */
  private static @Nullable ByteBuffer flush(BoringWire wire) {
    ByteBuffer room = wire.output(ROOM, true);
    if (room != null) {
      wire.filled(room);
    }
    return room;
  }

  /**
   * Writes the alert in the BIO's own buffer to the outlet. Returns its name when it is
   * unencrypted, else null.
   */
  static @Nullable String alert(BoringWire wire) {
    ByteBuffer room = flush(wire);
    if (room == null) {
      return null;
    }
    int at = room.position() - ALERT_BYTES;
    return at >= 0
            && room.get(at) == ALERT_RECORD
            && room.get(at + 1) == 3
            && room.getShort(at + 3) == 2
        ? Alerts.name(room.get(at + 6))
        : null;
  }
}
