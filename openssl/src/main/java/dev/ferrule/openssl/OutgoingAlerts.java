package dev.ferrule.openssl;

import java.nio.ByteBuffer;

/** The alerts that a wire sends by itself, and how OpenSSL is brought to send one. */
final class OutgoingAlerts {
  private static final int RECORD = 21;
  private static final int BYTES = 7;

  private OutgoingAlerts() {}

  /** Sends close_notify once; false while there is no room for it. */
  static boolean closeNotify(OpensslWire wire) {
    if (!wire.ended && wire.flush()) {
      wire.ended = true;
      LibSsl.shutdown(wire.ssl);
      ErrorQueue.clear();
    }
    return wire.flush() && wire.ended;
  }

  /** A fatal alert in the clear, -1 for none, instead of all that OpenSSL wrote and nobody got. */
  static void inTheClear(OpensslWire wire, int number) {
    wire.bios.drop();
    ByteBuffer room = number < 0 ? null : wire.outlet.room(BYTES);
    if (room != null) {
      room.put(new byte[] {RECORD, 3, 3, 0, 2, 2, (byte) number});
    }
  }

  /**
   * Makes OpenSSL send a fatal alert for a fault that it did not find itself, by a record that is
   * too long. A close_notify would look like a clean end to the peer.
   */
  static void breakOff(OpensslWire wire) {
    wire.bios.feedUnacceptable();
    if (LibSsl.handshake(wire.ssl) == 1) { // it is done, and reads nothing
      wire.bios.readNothing(wire.ssl);
    }
    wire.flush();
    wire.bios.discard();
    ErrorQueue.clear();
  }
}
