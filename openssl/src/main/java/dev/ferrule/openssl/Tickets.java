package dev.ferrule.openssl;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Memory;
import dev.ferrule.ssl.library.Resumption;
import dev.ferrule.ssl.records.TicketReceiver;
import java.nio.ByteBuffer;

/**
 * A client's SSL object after it handed its records over: it only reads tickets, and gives their
 * sessions to its {@link Resumption}.
 */
final class Tickets implements TicketReceiver {
  private final OpensslWire wire;
  private final Resumption resumption;
  private final Buffers buffers;

  Tickets(OpensslWire wire, Resumption resumption, Buffers buffers) {
    this.wire = wire;
    this.resumption = resumption;
    resumption.awaitLimits();
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
    resumption.allow(bytes);
  }

  @Override
  public void release() {
    resumption.end();
    wire.free();
  }
}
