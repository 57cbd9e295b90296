package dev.ferrule.tests.capture;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A capture as a reader that trusts nothing sees it: blocks with their lengths, packets with their
 * checksums, and the bytes of each direction put together by sequence number.
 */
final class Recorded {
  static final int FIN = 1;
  static final int SYN = 2;
  static final int RST = 4;

  /** One direction of a connection. */
  static final class Way {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int flags;
    int next; // the sequence number that is to come

    @Override
    public String toString() {
      return bytes.toString(US_ASCII);
    }
  }

  /** By "from > to", in the order of their first packets. */
  final Map<String, Way> ways = new LinkedHashMap<>();

  /** The labels of secrets, and "data" where TLS application data goes by first. */
  final List<String> order = new ArrayList<>();

  int packets;
  private long last;

  static Recorded read(Path file) throws IOException {
    Recorded recorded = new Recorded();
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(all.getInt(0)).isEqualTo(0x0A0D0D0A);
    while (all.hasRemaining()) {
      int length = all.getInt(all.position() + 4);
      assertThat(length).isGreaterThanOrEqualTo(12).isLessThanOrEqualTo(all.remaining());
      assertThat(length % 4).isZero();
      ByteBuffer block = all.slice(all.position(), length).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(block.getInt(length - 4)).isEqualTo(length);
      recorded.block(block);
      all.position(all.position() + length);
    }
    return recorded;
  }

  private void block(ByteBuffer block) {
    switch (block.getInt(0)) {
      case 0x0A0D0D0A -> {
        assertThat(block.getInt(8)).as("byte order").isEqualTo(0x1A2B3C4D);
        assertThat(block.getShort(12)).as("version").isEqualTo((short) 1);
      }
      case 1 -> assertThat(block.getShort(8)).as("LINKTYPE_RAW").isEqualTo((short) 101);
      case 6 -> packet(block);
      case 10 -> secret(block);
      default -> throw new AssertionError("a block of type " + block.getInt(0));
    }
  }

  private void secret(ByteBuffer block) {
    assertThat(block.getInt(8)).isEqualTo(0x544C534B);
    byte[] line = new byte[block.getInt(12)];
    assertThat(block.capacity()).isEqualTo(20 + ((line.length + 3) & ~3));
    block.get(16, line);
    String text = new String(line, US_ASCII);
    assertThat(text).endsWith("\n");
    order.add(text.substring(0, text.indexOf(' ')));
  }

  private void packet(ByteBuffer block) {
    int length = block.getInt(20);
    assertThat(block.getInt(24)).isEqualTo(length);
    assertThat(block.capacity()).isEqualTo(32 + ((length + 3) & ~3));
    long micros = (long) block.getInt(12) << 32 | Integer.toUnsignedLong(block.getInt(16));
    assertThat(micros).isGreaterThan(1_500_000_000_000_000L);
    last = Math.max(last, micros);
    packets++;
    ip(block.slice(28, length).order(ByteOrder.BIG_ENDIAN));
  }

  private void ip(ByteBuffer packet) {
    boolean v6 = packet.get(0) >>> 4 == 6;
    int header = v6 ? 40 : 20;
    int length = Short.toUnsignedInt(packet.getShort(v6 ? 4 : 2)) + (v6 ? 40 : 0);
    assertThat(length).isEqualTo(packet.capacity());
    assertThat(packet.get(v6 ? 6 : 9)).as("TCP").isEqualTo((byte) 6);
    if (!v6) {
      assertThat(sum(packet, 0, 20) % 0xFFFF).as("checksum of IP").isZero();
    }
    int addresses = v6 ? 8 : 12;
    long pseudo = sum(packet, addresses, header - addresses) + 6 + length - header;
    ByteBuffer tcp = packet.slice(header, length - header);
    assertThat((pseudo + sum(tcp, 0, tcp.capacity())) % 0xFFFF).as("checksum of TCP").isZero();
    byte[] both = new byte[header - addresses];
    packet.get(addresses, both);
    tcp(both, tcp);
  }

  private static long sum(ByteBuffer bytes, int at, int length) {
    long sum = 0;
    for (int i = 0; i < length; i++) {
      int value = Byte.toUnsignedInt(bytes.get(at + i));
      sum += i % 2 == 0 ? value << 8 : value;
    }
    return sum;
  }

  private void tcp(byte[] addresses, ByteBuffer tcp) {
    int half = addresses.length / 2;
    String from = Arrays.toString(Arrays.copyOf(addresses, half)) + (int) tcp.getChar(0);
    byte[] other = Arrays.copyOfRange(addresses, half, 2 * half);
    String to = Arrays.toString(other) + (int) tcp.getChar(2);
    int flags = tcp.get(13);
    Way way = ways.computeIfAbsent(from + " > " + to, _ -> new Way());
    Way back = ways.get(to + " > " + from);
    assertThat(tcp.getInt(4)).as("sequence number").isEqualTo(way.next);
    if ((flags & 16) != 0) {
      assertThat(tcp.getInt(8)).as("acknowledged").isEqualTo(back == null ? 0 : back.next);
    }
    byte[] data = new byte[tcp.capacity() - 20];
    tcp.get(20, data);
    if (data.length > 0 && data[0] == 23 && !order.contains("data")) {
      order.add("data");
    }
    way.bytes.writeBytes(data);
    way.flags |= flags;
    way.next += data.length + ((flags & (SYN | FIN)) != 0 ? 1 : 0);
  }

  /** The way from the client, and the way to it. */
  List<Way> connection(int number) {
    return List.copyOf(ways.values()).subList(2 * number, 2 * number + 2);
  }
}
