package dev.ferrule.spi;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The wire of plain TCP: bytes are not changed. */
public final class PlainWire implements Wire {
  /** Writes of this size and more go directly to the link, not through the output buffer. */
  private static final int DIRECT = 64 * 1024;

  /** The kind of memory that it wants. */
  public static final Memory MEMORY = Memory.NATIVE;

  private final Link link;
  private final Outlet outlet;

  /** A wire on a connected link. */
  public PlainWire(Link link, Outlet outlet) {
    this.link = link;
    this.outlet = outlet;
  }

  @Override
  public Memory memory() {
    return MEMORY;
  }

  @Override
  public int handshake() {
    return DONE;
  }

  @Override
  public int read(ByteBuffer destination) throws IOException {
    int n = link.read(destination);
    outlet.received(n);
    return n > 0 ? n : n == 0 ? READ : END;
  }

  @Override
  public boolean buffered() {
    return false;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    if (source.remaining() >= DIRECT && outlet.isEmpty()) {
      int n = outlet.pass(source);
      if (n > 0) {
        return n;
      }
    }
    ByteBuffer room = outlet.room(1);
    if (room == null) {
      return WRITE;
    }
    int n = Math.min(room.remaining(), source.remaining());
    room.put(room.position(), source, source.position(), n);
    room.position(room.position() + n);
    source.position(source.position() + n);
    return n;
  }

  @Override
  public int sendFile(FileRange file) throws IOException {
    if (!outlet.isEmpty()) {
      return WRITE;
    }
    int n = outlet.pass(file);
    return n > 0 ? n : n == 0 ? WRITE : BYTES;
  }

  @Override
  public int closeOutput() {
    return DONE;
  }

  @Override
  public Runnable task() {
    throw new IllegalStateException("a plain wire has no tasks");
  }

  @Override
  public void release() {}
}
