package dev.ferrule.connection;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import java.io.IOException;

/**
 * The outlet of a wire inside of another: what it has sent counts as sent when the outlet below,
 * which is that of the real link in the end, has nothing left. It has output buffers of its own,
 * for its bytes are read while those below are written.
 */
final class NestedOutlet extends Outlet {
  private final Outlet below;
  private long settled; // of the bytes sent: those that the real link has taken

  NestedOutlet(Link link, Buffers buffers, Memory memory, Outlet below) {
    super(link, buffers, memory);
    this.below = below;
  }

  /** The buffers of wires inside of those of {@code below}: one set for a loop and depth. */
  static Buffers buffersAbove(Buffers below) {
    return below.shared(Above.class, () -> new Above(below)).buffers;
  }

  private static final class Above {
    final Buffers buffers = new Buffers();

    Above(Buffers below) {
      below.trimLater(() -> {
        buffers.trim();
        return true; // what comes later is trimmed too
      });
    }
  }

  @Override
  public void flush() throws IOException {
    below.flush();
    settle(); // now: it may be full again behind the next line, as long as there is more to send
    super.flush();
  }

  @Override
  public boolean clogged() {
    return super.clogged() || below.clogged();
  }

  @Override
  public boolean failed() {
    return super.failed() || below.failed();
  }

  @Override
  public long waiting() {
    return super.waiting() + below.waiting();
  }

  @Override
  public long sent() {
    settle();
    return settled;
  }

  private void settle() {
    if (below.isEmpty()) {
      settled = super.sent();
    }
  }

  @Override
  public long produced() {
    return super.sent() + super.waiting();
  }

  @Override
  public void clear() {
    super.clear();
    below.clear();
  }
}
