package dev.ferrule.boringssl;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Memory;
import dev.ferrule.ssl.library.Resumption;
import dev.ferrule.ssl.records.TicketReceiver;
import io.netty.internal.tcnative.SSL;
import java.nio.ByteBuffer;

/**
 * A client's SSL object after it handed its records over: it only reads tickets, and gives their
 * sessions to its {@link Resumption}.
 */
final class Tickets implements TicketReceiver {
  private final BoringWire wire;
  private final Resumption resumption;
  private final Buffers buffers;

  Tickets(BoringWire wire, Resumption resumption, Buffers buffers) {
    this.wire = wire;
    this.resumption = resumption;
    resumption.awaitLimits();
    this.buffers = buffers;
  }

  @Override
  public void receive(byte[] record, int offset, int length) {
    ByteBuffer copy = buffers.input(Memory.NATIVE); // free: the record came in an array
    copy.put(record, offset, length);
    long address = wire.loop.remembered(copy);
    SSL.bioSetByteBuffer(wire.bio, address, length, false);
    SSL.readFromSSL(wire.ssl, address + length, 1); // there is no data to read
    SSL.bioClearByteBuffer(wire.bio);
    SSL.clearError(); // a ticket that BoringSSL does not take is a session less
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
