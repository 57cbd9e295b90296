package dev.ferrule.testkit;

import dev.ferrule.spi.Link;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes nothing, gives nothing, or both, while the test says so. */
public final class StallingLink extends ForwardingLink {
  private boolean reads = true;
  private boolean writes = true;

  /** A decorator of {@code real} that does not stall yet. */
  public StallingLink(Link real) {
    super(real);
  }

  /** From now on nothing comes. */
  public void stallReads() {
    reads = false;
  }

  /** From now on nothing is taken. */
  public void stallWrites() {
    writes = false;
  }

  /** Everything flows again. */
  public void resume() {
    reads = true;
    writes = true;
  }

  @Override
  public int read(ByteBuffer destination) throws IOException {
    return reads ? super.read(destination) : 0;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return writes ? super.write(source) : 0;
  }
}
