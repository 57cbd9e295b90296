package dev.ferrule.openssl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ferrule.spi.Outlet;
import dev.ferrule.ssl.hello.HelloObserver;
import dev.ferrule.ssl.records.RecordInput;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The two BIOs in memory of one SSL, which frees them. On the loop's thread. */
final class Bios {
  /** The most that is moved at once, of a flight of handshake messages. */
  private static final int PIECE = 20 * 1024;

  private static final int APPLICATION_DATA = 23;

  /** The header of a record that is too long. */
  private static final MemorySegment UNACCEPTABLE =
      Arena.global().allocateFrom(JAVA_BYTE, (byte) 23, (byte) 3, (byte) 3, (byte) -1, (byte) -1);

  /** For a byte that is never read. */
  private static final MemorySegment UNREAD = Arena.global().allocate(1);

  final long input;
  final long output;
  private final Outlet outlet;

  Bios(Outlet outlet) {
    this.outlet = outlet;
    this.input = LibCrypto.newMemoryBio();
    try {
      this.output = LibCrypto.newMemoryBio();
    } catch (Error e) {
      LibCrypto.freeBio(input);
      throw e;
    }
  }

  /** Gives OpenSSL bytes to read. */
  void feed(long address, int length) {
    LibCrypto.write(input, address, length);
  }

  /** Gives it what it refuses with an alert. */
  void feedUnacceptable() {
    LibCrypto.reset(input);
    LibCrypto.write(input, UNACCEPTABLE.address(), (int) UNACCEPTABLE.byteSize());
  }

  void readNothing(long ssl) {
    LibSsl.read(ssl, UNREAD.address(), 1);
  }

  /** Takes back what it has not read: how many bytes. */
  int discard() {
    int left = LibCrypto.pending(input);
    if (left > 0) {
      LibCrypto.reset(input);
    }
    return left;
  }

  /**
   * Moves what OpenSSL wrote into the outlet; false while that has no room for all.
   *
   * @param hellos looks at what a server writes in its handshake; null for nobody
   */
  boolean flush(@Nullable HelloObserver hellos) {
    for (int waiting; (waiting = LibCrypto.pending(output)) > 0; ) {
      int n = Math.min(waiting, PIECE);
      ByteBuffer room = outlet.room(n);
      if (room == null) {
        return false;
      }
      int start = room.position();
      LibCrypto.read(output, MemorySegment.ofBuffer(room).address(), n);
      room.position(start + n);
      if (hellos != null) {
        hellos.serverRecords(room, start, n);
      }
    }
    return true;
  }

  /** Forgets what OpenSSL wrote. */
  void drop() {
    LibCrypto.reset(output);
  }

  /** How many whole records wait to be moved. */
  int waitingRecords() {
    return LibCrypto.pending(output) == 0 ? 0 : records(LibCrypto.content(output), false);
  }

  /** The encrypted records that wait; -1 when there are others too. */
  int waitingProtectedRecords() {
    return LibCrypto.pending(output) == 0 ? 0 : records(LibCrypto.content(output), true);
  }

  private static int records(MemorySegment content, boolean areProtected) {
    int records = 0;
    long at = 0;
    while (at + RecordInput.HEADER <= content.byteSize()) {
      if (areProtected && content.get(JAVA_BYTE, at) != APPLICATION_DATA) {
        return -1;
      }
      records++;
      at +=
          RecordInput.HEADER
              + (Byte.toUnsignedInt(content.get(JAVA_BYTE, at + 3)) << 8)
              + Byte.toUnsignedInt(content.get(JAVA_BYTE, at + 4));
    }
    return records;
  }
}
