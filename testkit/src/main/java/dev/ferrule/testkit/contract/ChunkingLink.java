package dev.ferrule.testkit.contract;

import dev.ferrule.spi.Link;
import dev.ferrule.testkit.ForwardingLink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * Splits reads and writes into pieces of random sizes, mostly small ones, and sometimes returns 0.
 * The same seed gives the same pieces.
 */
public final class ChunkingLink extends ForwardingLink {
  private static final int[] SIZES = {0, 1, 2, 4, 5, 6, 17, 64, 255, 1_000, 4_096, 17_000, 70_000};

  private final Random random;

  /** A decorator of {@code real}. */
  public ChunkingLink(Link real, long seed) {
    super(real);
    random = new Random(seed);
  }

  @Override
  public int read(ByteBuffer destination) throws IOException {
    int most = next();
    return most == 0 ? 0 : Pieces.move(super::read, destination, most);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int most = next();
    return most == 0 ? 0 : Pieces.move(super::write, source, most);
  }

  private int next() {
    return SIZES[random.nextInt(SIZES.length)];
  }
}
