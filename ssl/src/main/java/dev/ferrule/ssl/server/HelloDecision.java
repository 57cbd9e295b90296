package dev.ferrule.ssl.server;

import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.spi.WireFactory;
import org.jspecify.annotations.Nullable;

/** What one client gets. Used on the loop's thread. */
public interface HelloDecision {
  /**
   * Decides, by what the client has said.
   *
   * @param hello the same at each call
   * @return the wires of the context that was chosen; null when the decision is not made yet: it
   *     then sees to it that the handshake is continued
   * @throws dev.ferrule.ssl.SslError to refuse the client, with that error's alert
   */
  @Nullable WireFactory decide(SslHello hello);

  /**
   * The handshake is done or has failed; called once, if {@link #decide} was called.
   *
   * @param resumed whether it is done, and resumed a session
   */
  default void ended(boolean resumed) {}
}
