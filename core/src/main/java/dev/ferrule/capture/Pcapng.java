package dev.ferrule.capture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The blocks of a pcapng file (draft-ietf-opsawg-pcapng), each in a buffer of its own: a section
 * with one interface, whose packets begin with their IP header. Any thread.
 */
final class Pcapng {
  private static final int SECTION_HEADER = 0x0A0D0D0A;
  private static final int INTERFACE_DESCRIPTION = 1;
  private static final int ENHANCED_PACKET = 6;
  private static final int DECRYPTION_SECRETS = 10;

  private static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;
  private static final int LINKTYPE_RAW = 101;
  private static final int TLS_KEY_LOG = 0x544C534B;
  private static final short END_OF_OPTIONS = 0;
  private static final short USER_APPLICATION = 4;

  /** Type, length, and the length again. */
  private static final int FRAME = 12;

  /** Of an Enhanced Packet Block before its data. */
  private static final int PACKET_HEADER = 20;

  private Pcapng() {}

  /** Section Header Block and Interface Description Block, which begin a file. */
  static ByteBuffer header() {
    byte[] writer = "Ferrule".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer section = block(SECTION_HEADER, 16 + 4 + padded(writer.length) + 4);
    section.putInt(BYTE_ORDER_MAGIC).putShort((short) 1).putShort((short) 0).putLong(-1);
    section.putShort(USER_APPLICATION).putShort((short) writer.length).put(writer);
    section.put(new byte[padded(writer.length) - writer.length]);
    section.putShort(END_OF_OPTIONS).putShort((short) 0);
    ByteBuffer link = block(INTERFACE_DESCRIPTION, 8);
    link.putShort((short) LINKTYPE_RAW).putShort((short) 0).putInt(0); // no limit of length
    int length = section.capacity() + link.capacity();
    return ByteBuffer.allocate(length).put(end(section)).put(end(link)).flip();
  }

  /** An Enhanced Packet Block, to be filled with {@code length} bytes and ended. */
  static ByteBuffer packet(long micros, int length) {
    ByteBuffer block = block(ENHANCED_PACKET, PACKET_HEADER + padded(length));
    block.putInt(0).putInt((int) (micros >>> 32)).putInt((int) micros);
    return block.putInt(length).putInt(length);
  }

  /** A Decryption Secrets Block with a line of a TLS key log. */
  static ByteBuffer secret(byte[] line) {
    ByteBuffer block = block(DECRYPTION_SECRETS, 8 + padded(line.length + 1));
    block.putInt(TLS_KEY_LOG).putInt(line.length + 1).put(line).put((byte) '\n');
    return end(block);
  }

  private static int padded(int length) {
    return (length + 3) & ~3;
  }

  private static ByteBuffer block(int type, int body) {
    ByteBuffer block = ByteBuffer.allocate(FRAME + body).order(ByteOrder.LITTLE_ENDIAN);
    return block.putInt(type).putInt(FRAME + body);
  }

  /** Pads it and puts its length at the end. */
  static ByteBuffer end(ByteBuffer block) {
    block.order(ByteOrder.LITTLE_ENDIAN).putInt(block.capacity() - 4, block.capacity());
    return block.clear();
  }
}
