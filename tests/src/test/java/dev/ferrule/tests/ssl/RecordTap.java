package dev.ferrule.tests.ssl;

import dev.ferrule.spi.Link;
import dev.ferrule.ssl.records.Alerts;
import dev.ferrule.ssl.records.RecordInput;
import dev.ferrule.testkit.ForwardingLink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A link that keeps the records which are written to it, and may change one on its way. */
final class RecordTap extends ForwardingLink {
  private static final int ALERT = 21;

  private final List<byte[]> sent = new ArrayList<>();
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
  private final int index;
  private final UnaryOperator<byte[]> change;

  /** Changes the record of this number, counted from 0; what takes its place may be no record. */
  RecordTap(Link real, int index, UnaryOperator<byte[]> change) {
    super(real);
    this.index = index;
    this.change = change;
  }

  /** Takes all: the link in memory has room for what these tests send. */
  @Override
  public int write(ByteBuffer source) throws IOException {
    int taken = source.remaining();
    byte[] bytes = new byte[taken];
    source.get(bytes);
    begun.writeBytes(bytes);
    ByteBuffer all = ByteBuffer.wrap(begun.toByteArray());
    while (all.remaining() >= RecordInput.HEADER) {
      int length = RecordInput.HEADER + Short.toUnsignedInt(all.getShort(all.position() + 3));
      if (all.remaining() < length) {
        break;
      }
      byte[] record = new byte[length];
      all.get(record);
      pass(record);
    }
    begun.reset();
    begun.write(all.array(), all.position(), all.remaining());
    return taken;
  }

  private void pass(byte[] record) throws IOException {
    byte[] passed = sent.size() == index ? change.apply(record.clone()) : record;
    sent.add(record);
    super.write(ByteBuffer.wrap(passed));
  }

  /** Whether the record that was to be changed has passed. */
  boolean hasChanged() {
    return sent.size() > index;
  }

  /** The names of the alerts that were sent in the clear, as they were before a change. */
  List<String> plainAlerts() {
    return sent.stream()
        .filter(record -> record[0] == ALERT && record.length == RecordInput.HEADER + 2)
        .map(record -> Alerts.name(Byte.toUnsignedInt(record[record.length - 1])))
        .toList();
  }
}
