package dev.ferrule.testkit.contract;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.testkit.ForwardingLink;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A link that ends after a number of bytes was read from it, as when the peer's process is killed.
 */
public final class CutLink extends ForwardingLink {
  /** How the connection ends. */
  public enum Cut {
    /** The peer's system sends FIN; writes are still accepted. */
    FIN,
    /** The connection is reset in both directions. */
    RST
  }

  private final Cut cut;
  private long left;

  /** A decorator of {@code real} that ends after {@code bytes} bytes were read. */
  public CutLink(Link real, long bytes, Cut cut) {
    super(real);
    this.left = bytes;
    this.cut = cut;
  }

  @Override
  public int read(ByteBuffer destination) throws IOException {
    if (left == 0) {
      if (cut == Cut.FIN) {
        return -1;
      }
      throw reset();
    }
    int n = Pieces.move(super::read, destination, (int) Math.min(left, Integer.MAX_VALUE));
    left -= Math.max(0, n);
    return n;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    if (left == 0 && cut == Cut.RST) {
      throw reset();
    }
    return super.write(source);
  }

  private static LinkException reset() {
    return new LinkException(LinkException.Kind.RESET, "connection reset by the test", null);
  }
}
