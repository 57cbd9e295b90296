package dev.ferrule.testkit.contract;

import dev.ferrule.spi.Link;
import dev.ferrule.testkit.ForwardingLink;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A link whose reads, writes or both return 0 while the test wants it. */
public final class StallingLink extends ForwardingLink {
  private boolean reads = true;
  private boolean writes = true;

  /** A decorator of {@code real} that does not stall yet. */
  public StallingLink(Link real) {
    super(real);
  }

  /** From now on reads return 0. */
  public void stallReads() {
    reads = false;
  }

  /** From now on writes return 0. */
  public void stallWrites() {
    writes = false;
  }

  /** Reads and writes work again. */
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
