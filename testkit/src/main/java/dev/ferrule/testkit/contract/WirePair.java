package dev.ferrule.testkit.contract;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Link;
import java.io.IOException;
import java.util.function.UnaryOperator;

/**
 * A client and a server in memory, with the buffers of one loop, which are stepped until no byte
 * moves.
 */
public final class WirePair implements AutoCloseable {
  /** The number of idle rounds that ends {@link #pump}: a chunking link sometimes returns 0. */
  private static final int IDLE_ROUNDS = 60;

  private static final int CAPACITY = 100_000;

  private final WireEnd client;
  private final WireEnd server;

  private WirePair(WireEnd client, WireEnd server) {
    this.client = client;
    this.server = server;
  }

  /** A pair whose links are decorated. */
  public static WirePair of(
      WireEnd.Maker client,
      UnaryOperator<Link> clientLink,
      WireEnd.Maker server,
      UnaryOperator<Link> serverLink)
      throws IOException {
    MemoryLink.Pair links = MemoryLink.pair(CAPACITY);
    Buffers buffers = new Buffers();
    return new WirePair(
        new WireEnd(links.client(), clientLink.apply(links.client()), buffers, client),
        new WireEnd(links.server(), serverLink.apply(links.server()), buffers, server));
  }

  /** The side that speaks first. */
  public WireEnd client() {
    return client;
  }

  /** The other side. */
  public WireEnd server() {
    return server;
  }

  /** Steps both sides until neither can go on. */
  public void pump() {
    int idle = 0;
    while (idle < IDLE_ROUNDS) {
      boolean moved = client.step();
      moved |= server.step();
      idle = moved ? 0 : idle + 1;
    }
  }

  /** Frees both wires. */
  @Override
  public void close() {
    client.release();
    server.release();
  }
}
