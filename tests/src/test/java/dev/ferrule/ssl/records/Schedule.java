package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.testkit.contract.ChunkingLink;
import dev.ferrule.testkit.contract.MemoryLink;
import dev.ferrule.testkit.contract.OneByteLink;
import dev.ferrule.testkit.contract.StallingLink;
import dev.ferrule.testkit.contract.WireEnd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;

/**
 * A connection of a wire and a peer that both do at random what they may, until both have ended.
 */
final class Schedule {
  private static final int IDLE_ROUNDS = 60; // a chunking link sometimes moves nothing
  private static final int MOST_IDLE = 32;

  /** How the peer ends. */
  private enum End {
    CLEAN,
    ERROR_ALERT,
    CUT,
    CHANGED_RECORD
  }

  private final Random random;
  private final boolean server;
  private final boolean slow; // one byte at a time
  private final StallingLink stalling;
  private final WireEnd wire;
  private final RecordPeer peer;
  private final ByteArrayOutputStream wireSent = new ByteArrayOutputStream();
  private final ByteArrayOutputStream peerSent = new ByteArrayOutputStream();
  private boolean wireClosed;
  private boolean peerClosed;
  private int requests;
  private int idle;

  Schedule(Random random, Buffers buffers) throws IOException {
    this.random = random;
    server = random.nextBoolean();
    slow = random.nextInt(6) == 0;
    long recordsLeft = random.nextInt(3) == 0 ? random.nextInt(12) : 1 << 20;
    Sides sides = Sides.random(suite(random), random);
    long written = (1L << 24) - recordsLeft; // under its first key
    MemoryLink.Pair links = MemoryLink.pair(20_000 + random.nextInt(80_000));
    stalling = new StallingLink(decorated(links.server()));
    CopiedTickets tickets = server || random.nextBoolean() ? null : new CopiedTickets();
    wire =
        new WireEnd(
            links.server(),
            stalling,
            buffers,
            HandingOver.maker(sides, server, 5, written, tickets));
    peer =
        new RecordPeer(
            links.client(),
            decorated(links.client()),
            sides.behind(server, written),
            sides.towards(server, 5));
  }

  private static RecordSuite suite(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> RecordSuite.TLS_AES_128_GCM_SHA256;
      case 1 -> RecordSuite.TLS_AES_256_GCM_SHA384;
      default -> RecordSuite.TLS_CHACHA20_POLY1305_SHA256;
    };
  }

  private Link decorated(Link link) {
    if (slow) {
      return new OneByteLink(link);
    }
    return random.nextBoolean() ? new ChunkingLink(link, random.nextLong()) : link;
  }

  /** Runs it; everything that was sent must have come, in its order. */
  void run() throws IOException {
    for (int left = 10 + random.nextInt(50); left > 0; left--) {
      act();
      for (int steps = random.nextInt(6); steps > 0; steps--) {
        wire.step();
        peer.step();
      }
    }
    stalling.resume();
    pump();
    assertThat(wire.failure()).isNull();
    if (!wireClosed && !peerClosed) {
      requestIsAnswered();
    }
    assertUpdates();
    end(peerClosed ? End.CLEAN : End.values()[random.nextInt(End.values().length)]);
    wire.release();
  }

  private void act() {
    switch (random.nextInt(24)) {
      case 0, 1, 2, 3, 4, 5, 6 -> wireSends(size());
      case 7, 8, 9, 10, 11, 12 -> peerSends(size());
      case 13, 14 -> update(random.nextBoolean());
      case 15 -> ofPeer(Inner.padded(Inner.DATA, new byte[0], random.nextInt(20)), true);
      case 16 -> ofPeer(Inner.of(Inner.ALERT, (byte) 1, (byte) 90), true);
      case 17, 18 -> {
        if (!server) {
          ofPeer(Inner.of(Inner.HANDSHAKE, Inner.ticket(random)), false);
        }
      }
      case 19 -> stalling.stallWrites();
      case 20 -> stalling.stallReads();
      case 21, 22 -> stalling.resume();
      default -> half();
    }
  }

  private int size() {
    if (slow) {
      return random.nextInt(400);
    }
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(100_001);
      case 1 -> 16_384 + random.nextInt(3) - 1;
      default -> random.nextInt(2_000);
    };
  }

  private void wireSends(int size) {
    if (!wireClosed) {
      byte[] bytes = Inner.random(random, size);
      wireSent.writeBytes(bytes);
      wire.send(bytes);
    }
  }

  private void peerSends(int size) {
    if (peerClosed || size == 0) {
      return;
    }
    byte[] bytes = Inner.random(random, size);
    peerSent.writeBytes(bytes);
    int at = 0;
    while (at < size) {
      int end = Math.min(size, at + (random.nextBoolean() ? 16_384 : 1 + random.nextInt(9_000)));
      int padding = random.nextInt(3) == 0 ? random.nextInt(16_384 - (end - at) + 1) : 0;
      peer.send(Inner.padded(Inner.DATA, Arrays.copyOfRange(bytes, at, end), slow ? 0 : padding));
      at = end;
    }
    idle = 0;
  }

  private void ofPeer(Inner inner, boolean counts) {
    if (!peerClosed && (!counts || idle < MOST_IDLE)) {
      idle += counts ? 1 : 0;
      peer.send(inner);
    }
  }

  private void update(boolean request) {
    if (!peerClosed && idle < MOST_IDLE) {
      requests += request ? 1 : 0;
      ofPeer(Inner.keyUpdate(request), true);
    }
  }

  /** One side ends its output now and then, the other goes on. */
  private void half() {
    int which = random.nextInt(8);
    if (which == 0) {
      wireClosed = true;
      wire.close();
    } else if (which == 1 && !peerClosed) {
      peerCloses();
    }
  }

  private void peerCloses() {
    peerClosed = true;
    peer.send(Inner.closeNotify());
    if (random.nextBoolean()) {
      peer.sendRaw(Inner.random(random, random.nextInt(50))); // which nobody looks at
    }
    peer.cut();
  }

  private void pump() throws IOException {
    for (int still = 0; still < IDLE_ROUNDS; ) {
      boolean moved = wire.step();
      moved |= peer.step();
      still = moved ? 0 : still + 1;
    }
  }

  private void requestIsAnswered() throws IOException {
    peerSends(1);
    update(true);
    pump();
    int owed = peer.updates();
    wireSends(1);
    pump();
    assertThat(peer.updates() - owed).as("the answer").isOne();
    wireSends(1);
    pump();
    // The answer was with new keys, so that no limit is near.
    assertThat(peer.updates() - owed).as("the answer and nothing else").isOne();
  }

  /** No more than asked for, and those that a limit of records asked for. */
  private void assertUpdates() {
    assertThat(peer.updates()).isLessThanOrEqualTo(requests + peer.updatesAtLimit());
  }

  private void end(End how) throws IOException {
    if (!peerClosed) {
      switch (how) {
        case CLEAN -> peerCloses();
        case ERROR_ALERT -> peer.send(Inner.of(Inner.ALERT, (byte) 2, (byte) 80));
        case CUT -> peer.cut();
        case CHANGED_RECORD -> {
          byte[] record = new byte[40];
          System.arraycopy(PeerKeys.header(23, 35), 0, record, 0, 5);
          peer.sendRaw(record);
        }
      }
    }
    if (how == End.CLEAN) {
      wireClosed = true;
      wire.close();
    }
    pump();
    assertThat(wire.received()).isEqualTo(peerSent.toByteArray());
    assertThat(peer.received()).isEqualTo(wireSent.toByteArray());
    assertThat(peer.finSeen()).isTrue();
    assertEnd(how);
  }

  private void assertEnd(End how) {
    byte[] closeNotify = {1, 0};
    switch (how) {
      case CLEAN -> {
        assertThat(wire.failure()).isNull();
        assertThat(wire.isEnded()).isTrue();
        assertThat(peer.alerts()).containsExactly(closeNotify);
      }
      case ERROR_ALERT -> {
        assertThat(((SslError) wire.failure()).alert()).hasValue("internal_error");
        assertThat(((SslError) wire.failure()).side()).isEqualTo(SslError.Side.PEER);
        assertThat(peer.alerts()).hasSize(wireClosed ? 1 : 0);
      }
      case CUT -> {
        assertThat(wire.failure()).isInstanceOf(SslTruncated.class);
        assertThat(peer.alerts()).containsExactly(closeNotify);
      }
      case CHANGED_RECORD -> {
        assertThat(((SslError) wire.failure()).alert()).hasValue("bad_record_mac");
        assertThat(peer.alerts()).containsExactly(wireClosed ? closeNotify : new byte[] {2, 20});
      }
    }
  }
}
