package dev.ferrule.connection;

import java.nio.ByteBuffer;

/** Bytes that a client sends before its own wire begins, such as a PROXY header. */
final class HeaderFirst implements Prelude {
  private final byte[] header;

  HeaderFirst(byte[] header) {
    this.header = header;
  }

  @Override
  public byte[] begin() {
    return header;
  }

  @Override
  public int wants() {
    return 0;
  }

  @Override
  public byte[] hear(ByteBuffer bytes) {
    throw new IllegalStateException("nothing is answered");
  }

  @Override
  public boolean answers() {
    return false;
  }

  @Override
  public String whom() {
    return "the server";
  }
}
