package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.spi.Link;
import dev.ferrule.testkit.contract.MemoryLink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The other end of a connection: a record layer of its own, which sends what it is told to. */
final class RecordPeer {
  private static final int HEADER = 5;

  /** 2^24 of data, and the KeyUpdate. */
  private static final long MOST_OF_ONE_KEY = (1L << 24) + 1;

  private final MemoryLink memory;
  private final Link link;
  private final PeerKeys reading;
  private final PeerKeys writing;
  private final ByteBuffer buffer = ByteBuffer.allocate(70_000);
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final List<byte[]> alerts = new ArrayList<>();
  private ByteBuffer toSend = ByteBuffer.allocate(0);
  private byte[] rest = {};
  private int updates;
  private int updatesAtLimit;
  private boolean finDue;
  private boolean finSent;
  private boolean finSeen;

  RecordPeer(MemoryLink memory, Link link, PeerKeys reading, PeerKeys writing) {
    this.memory = memory;
    this.link = link;
    this.reading = reading;
    this.writing = writing;
  }

  void send(Inner inner) {
    sendRaw(inner.sealed(writing));
  }

  void sendRaw(byte[] bytes) {
    ByteBuffer all = ByteBuffer.allocate(toSend.remaining() + bytes.length);
    toSend = all.put(toSend).put(bytes).flip();
  }

  /** FIN, when all is sent. */
  void cut() {
    finDue = true;
  }

  byte[] received() {
    return received.toByteArray();
  }

  List<byte[]> alerts() {
    return alerts;
  }

  /** KeyUpdates that came. */
  int updates() {
    return updates;
  }

  /** Those of them in front of which no more data were allowed under their key. */
  int updatesAtLimit() {
    return updatesAtLimit;
  }

  boolean finSeen() {
    return finSeen;
  }

  /** Writes and reads once; false when nothing moved. */
  boolean step() throws IOException {
    boolean moved = false;
    if (toSend.hasRemaining()) {
      moved = link.write(toSend) > 0;
    } else if (finDue && !finSent) {
      finSent = true;
      link.shutdownOutput();
    }
    if (finSeen || !memory.readable()) {
      return moved;
    }
    int n = link.read(buffer.clear());
    finSeen = n < 0;
    rest = Expected.joined(rest, Arrays.copyOf(buffer.array(), Math.max(0, n)));
    openAll();
    return moved || n != 0;
  }

  private void openAll() {
    int at = 0;
    while (rest.length - at >= HEADER) {
      int end = at + HEADER + Expected.number(rest, at + 3, 2);
      if (end > rest.length) {
        break;
      }
      open(Arrays.copyOfRange(rest, at, end));
      at = end;
    }
    rest = Arrays.copyOfRange(rest, at, rest.length);
  }

  private void open(byte[] record) {
    assertThat(alerts).as("alerts before a record").isEmpty();
    assertThat(Arrays.copyOf(record, 3)).containsExactly(23, 3, 3);
    assertThat(reading.sequence()).as("records of one key").isLessThan(MOST_OF_ONE_KEY);
    byte[] plain = reading.open(record);
    assertThat(plain).as("an authentic record").isNotNull();
    assertThat(plain.length).as("inner plaintext").isLessThanOrEqualTo(16_384 + 1);
    byte[] content = Arrays.copyOf(plain, plain.length - 1);
    switch (plain[plain.length - 1]) {
      case Inner.ALERT -> alerts.add(content);
      case Inner.HANDSHAKE -> {
        assertThat(content).containsExactly(24, 0, 0, 1, 0);
        updates++;
        updatesAtLimit += reading.sequence() == MOST_OF_ONE_KEY ? 1 : 0;
        reading.update();
      }
      default -> {
        assertThat(plain[plain.length - 1]).isEqualTo((byte) Inner.DATA);
        assertThat(content).isNotEmpty();
        received.writeBytes(content);
      }
    }
  }
}
