package dev.ferrule.boringssl;

import dev.ferrule.ssl.records.Alerts;
import dev.ferrule.ssl.records.RecordInput;
import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.SSL;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What a wire says last: alerts, and that it ends. All of it goes into the outlet. */
final class OutgoingAlerts {
  /** Room for an alert. */
  private static final int ROOM = 256;

  private static final int ALERT_RECORD = 21;
  private static final int ALERT_BYTES = 7; // in the clear, with its header

  /** The header of a record that is too long, and a byte to read into. */
  private static final ByteBuffer UNACCEPTABLE =
      ByteBuffer.allocateDirect(RecordInput.HEADER + 1)
          .put(new byte[] {23, 3, 3, (byte) 0xFF, (byte) 0xFF});

  private OutgoingAlerts() {}

  /** Says that no more comes: false when there was no room. */
  static boolean closeNotify(BoringWire wire) {
    ByteBuffer room = wire.sink(ROOM, false);
    if (room == null) {
      return false;
    }
    SSL.shutdownSSL(wire.ssl);
    wire.filled(room);
    return true;
  }

  /**
   * Has the library send an alert for a fault that it did not find: it gets what it does not take.
   * A close_notify would look like a clean end.
   */
  static void breakOff(BoringWire wire, boolean handshaken) {
    flush(wire); // a Finished that the BIO kept aside leaves no room there for an alert
    long address = Buffer.address(UNACCEPTABLE);
    SSL.bioSetByteBuffer(wire.bio, address, RecordInput.HEADER, false);
    if (handshaken) {
      SSL.readFromSSL(wire.ssl, address + RecordInput.HEADER, 1);
    } else {
      SSL.doHandshake(wire.ssl);
    }
    alert(wire);
  }

  /** An alert before anything is encrypted. */
  static void inTheClear(BoringWire wire, int alert) {
    ByteBuffer room = wire.outlet.room(ROOM);
    if (room != null) {
      room.put(new byte[] {ALERT_RECORD, 3, 3, 0, 2, 2, (byte) alert});
    }
  }

  /** Sends what the BIO kept aside: the buffer it went to, when that had room. */
  private static @Nullable ByteBuffer flush(BoringWire wire) {
    ByteBuffer room = wire.sink(ROOM, true);
    if (room != null) {
      wire.filled(room);
    }
    return room;
  }

  /** Sends the alert that the BIO kept aside: its name, when it is in the clear. */
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
