package dev.ferrule.openssl;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Memory;
import dev.ferrule.ssl.records.TicketReceiver;
import java.nio.ByteBuffer;

/**
 * A client's SSL object after it handed its records over: it only reads tickets, and gives their
 * sessions to those that the context keeps.
 */
final class Tickets implements TicketReceiver {
  private final OpensslWire wire;
  private final Buffers buffers;

  Tickets(OpensslWire wire, Buffers buffers) {
    this.wire = wire;
    this.buffers = buffers;
  }

  @Override
  public void receive(byte[] record, int offset, int length) {
    ByteBuffer copy = buffers.input(Memory.NATIVE); // free: the record came in an array
    copy.put(record, offset, length).flip();
    wire.receiveTicket(copy);
  }

  @Override
  public void allowsEarlyData(long bytes) {
    wire.allowsEarlyData(bytes);
  }

  @Override
  public void release() {
    wire.endTickets();
  }
}
