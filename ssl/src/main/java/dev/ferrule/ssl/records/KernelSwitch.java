package dev.ferrule.ssl.records;

import dev.ferrule.spi.KernelRecords;
import dev.ferrule.spi.Outlet;
import dev.ferrule.spi.PlainWire;
import dev.ferrule.spi.RecordKeys;
import dev.ferrule.ssl.KernelTls;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.spi.KernelUse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How the kernel takes the records of a connection over, a direction at a time, and for good: what
 * is sent when the outlet has nothing left that was encrypted here, what is received when no
 * encrypted byte is left here. What the kernel does not take stays here.
 *
 * <pre>
 *  each direction: WAITS --nothing of it is left here, keys given--> KERNEL
 *                  WAITS --the kernel refuses, which is told--> HERE
 * </pre>
 */
final class KernelSwitch {
  private enum State {
    WAITS,
    KERNEL,
    HERE
  }

  private static final int CONTENT = 16_384;
  private static final String REPLACED = "the keys of this side are to be replaced";

  private final KernelRecords records;
  private final RecordProtection protection;
  private final Outlet outlet;
  private final KernelUse use;

  /** Writes content as it is, which the link encrypts. */
  final PlainWire plain;

  private State writing = State.WAITS;
  private State reading = State.WAITS;
  private long written; // records at most, under the present key
  private boolean keyless; // a KeyUpdate went out, and the kernel has the keys before it

  KernelSwitch(
      KernelRecords records,
      RecordProtection protection,
      RecordInput input,
      Outlet outlet,
      KernelUse use) {
    this.records = records;
    this.protection = protection;
    this.outlet = outlet;
    this.use = use;
    this.plain = new PlainWire(input.link(), outlet);
  }

  KernelRecords records() {
    return records;
  }

  /** Whether the kernel encrypts; it takes over now if it can. */
  boolean writes() {
    if (writing == State.WAITS && outlet.isEmpty() && !outlet.clogged()) {
      writing = taken(true);
    }
    return writing == State.KERNEL;
  }

  /** Whether the kernel encrypts, as of now. */
  boolean hasWriting() {
    return writing == State.KERNEL;
  }

  /** The kernel took so much content at once, of which it makes full records and another. */
  void wrote(int bytes) {
    written += bytes / CONTENT + 1;
  }

  /** Whether the key for writing has to be replaced (RFC 8446 5.5). */
  boolean isWorn() {
    return protection.written() + written >= Tls13Wire.RECORDS_PER_KEY;
  }

  /** Whether the kernel decrypts; it takes over now if {@code empty}: nothing is left here. */
  boolean reads(boolean empty) {
    if (reading == State.WAITS && empty) {
      reading = taken(false);
    }
    return reading == State.KERNEL;
  }

  /** Whether the kernel shall decrypt, and cannot yet. */
  boolean waitsToRead() {
    return reading == State.WAITS;
  }

  /** Whether the kernel decrypts, as of now. */
  boolean hasReading() {
    return reading == State.KERNEL;
  }

  private State taken(boolean ofWriting) {
    String reason = give(ofWriting);
    if (reason != null) {
      if (writing != State.KERNEL && reading != State.KERNEL) {
        writing = State.HERE; // one refusal is enough: the other would be for the same reason
        reading = State.HERE;
      }
      use.refused(reason);
      return State.HERE;
    }
    boolean both = writing == State.KERNEL || reading == State.KERNEL;
    use.does(both ? KernelTls.BOTH : ofWriting ? KernelTls.SENDING : KernelTls.RECEIVING);
    return State.KERNEL;
  }

  private @Nullable String give(boolean ofWriting) {
    RecordKeys keys = protection.keys(ofWriting);
    try {
      return ofWriting ? records.protectWriting(keys) : records.protectReading(keys);
    } finally {
      keys.erase();
    }
  }

  /** The next keys for reading, behind the peer's KeyUpdate. */
  void updateRead() {
    requireUpdated(give(false), "the peer has replaced its keys");
  }

  /**
   * A KeyUpdate, and the next keys for writing behind it; false when the link takes none now.
   * Nothing waits in the outlet. A kernel that cannot replace keys is known before: the peer, which
   * has not heard of others, can then read an alert.
   */
  boolean updateWrite() throws IOException {
    requireUpdated(records.keepsWritingKeys(), REPLACED);
    if (!records.write(LateMessage.HANDSHAKE, LateMessage.keyUpdate().array())) {
      outlet.full();
      return false;
    }
    protection.updateWrite();
    written = 0;
    keyless = true;
    requireUpdated(give(true), REPLACED);
    keyless = false;
    return true;
  }

  /** Whether nothing can be sent any more, as the peer has been told of keys that failed. */
  boolean isKeyless() {
    return keyless;
  }

  private static void requireUpdated(@Nullable String reason, String what) {
    if (reason != null) {
      throw new SslError(
          Side.OURS,
          Stage.DATA,
          "internal_error",
          SslFailure.BROKEN,
          what + " by a KeyUpdate, and the kernel protects the records: " + reason,
          null);
    }
  }
}
