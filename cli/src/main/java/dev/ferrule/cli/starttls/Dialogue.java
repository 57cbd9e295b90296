package dev.ferrule.cli.starttls;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** The plain-text dialogue of a client with a server up to the start of TLS. Used once. */
public interface Dialogue {
  /**
   * The connection is open. Returns what the client sends first; empty where the server speaks
   * first.
   */
  void begin(Consumer<byte[]> say);

  /**
   * Takes what the server sent, but nothing behind the point of upgrade: bytes behind it were
   * injected, and the wrap refuses them.
   *
   * @return whether TLS begins now
   * @throws Refused when the server does not agree, or does not speak this protocol
   */
  boolean hear(ByteBuffer data, Consumer<byte[]> say);

  /**
   * What the server has said first, for a client that expects it and comes in after TLS began;
   * empty where the client speaks first.
   */
  default byte[] greeting() {
    return new byte[0];
  }
}
