package dev.ferrule.ssl.records;

import dev.ferrule.spi.KernelRecords;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.RecordKeys;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A kernel that writes down what is asked of it, and answers as it was told to. */
final class KernelLink implements Link, KernelRecords {
  /** What was asked, in order. */
  final List<String> asked = new ArrayList<>();

  /** What reading answers. */
  int answer = NOTHING;

  /** Why keys for writing are not replaced, as is known before; null when they are. */
  @Nullable String keeps;

  /** Why new keys are refused; null when they are taken. */
  @Nullable String refuses;

  @Override
  public KernelRecords kernelRecords() {
    return this;
  }

  @Override
  public @Nullable String protectWriting(RecordKeys keys) {
    asked.add("writing keys, record " + keys.sequence());
    return refuses;
  }

  @Override
  public @Nullable String protectReading(RecordKeys keys) {
    asked.add("reading keys, record " + keys.sequence());
    return refuses;
  }

  @Override
  public @Nullable String keepsWritingKeys() {
    return keeps;
  }

  @Override
  public int type() {
    return 23;
  }

  @Override
  public boolean write(int type, byte[] content) {
    asked.add("type " + type + ": " + HexFormat.of().formatHex(content));
    return true;
  }

  /** Of a link and of a kernel: the records are there. */
  @Override
  public int read(ByteBuffer destination) throws IOException {
    return answer;
  }

  @Override
  public int write(ByteBuffer source) {
    int n = source.remaining();
    source.position(source.limit());
    asked.add(n + " bytes");
    return n;
  }

  @Override
  public void attach(Ready ready) {}

  @Override
  public void interest(int ops) {}

  @Override
  public boolean finishConnect() {
    return true;
  }

  @Override
  public void shutdownOutput() {}

  @Override
  public void close() {}

  @Override
  public void abort() {}

  @Override
  public void noDelay(boolean disabled) {}

  @Override
  public @Nullable SocketAddress localAddress() {
    return null;
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return null;
  }
}
