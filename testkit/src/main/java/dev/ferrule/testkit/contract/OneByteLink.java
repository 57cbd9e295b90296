package dev.ferrule.testkit.contract;

import dev.ferrule.spi.Link;
import dev.ferrule.testkit.ForwardingLink;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads and writes one byte for each call, so that every byte is at a boundary. */
public final class OneByteLink extends ForwardingLink {
  /** A decorator of {@code real}. */
  public OneByteLink(Link real) {
    super(real);
  }

  @Override
  public int read(ByteBuffer destination) throws IOException {
    return Pieces.move(super::read, destination, 1);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return Pieces.move(super::write, source, 1);
  }
}
