package dev.ferrule.cli.starttls;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The plain-text dialogue of a server with a client up to the start of TLS, in front of a target
 * that knows nothing of it, or without one. Used once.
 */
public interface ServerDialogue {
  /**
   * Whether it begins with what the target says first, which {@link #greeted} takes; not unless
   * said.
   */
  default boolean needsGreeting() {
    return false;
  }

  /**
   * The greeting of a server that has no target, for {@link #greeted}; empty where the client
   * speaks first.
   */
  default byte[] greeting() {
    return new byte[0];
  }

  /**
   * Takes what the target says first, and passes it on to the client where it may know it.
   *
   * @return whether that was all: now the client speaks
   * @throws Refused when the target does not speak this protocol
   */
  default boolean greeted(ByteBuffer data, Consumer<byte[]> say) {
    return true;
  }

  /**
   * Takes what the client sent, but nothing behind the point of upgrade.
   *
   * @return whether TLS begins now
   * @throws Refused when the client goes, or does not ask for TLS; it has been told
   */
  boolean hear(ByteBuffer data, Consumer<byte[]> say);

  /** What the client is told first once TLS has begun; empty for nothing. */
  default byte[] insideTls() {
    return new byte[0];
  }
}
