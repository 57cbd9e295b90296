package dev.ferrule.cli.starttls;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** One talk of a client with a server, up to the point where TLS begins. Used once. */
public interface Dialogue {
  /** TCP is up: says what the client says first, nothing where the server speaks first. */
  void begin(Consumer<byte[]> say);

  /**
   * Takes what the server said, but nothing behind the point of upgrade: what is left over there
   * was injected, and whoever wraps the connection has to refuse it.
   *
   * @return whether TLS begins now
   * @throws Refused when the server does not agree, or does not speak this protocol
   */
  boolean hear(ByteBuffer data, Consumer<byte[]> say);
}
