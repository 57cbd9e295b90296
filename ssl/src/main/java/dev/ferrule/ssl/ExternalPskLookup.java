package dev.ferrule.ssl;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Finds the external pre-shared keys of a server's clients where that takes its time, as in a
 * database. For {@link SslSetup#externalPskLookup}.
 */
@FunctionalInterface
public interface ExternalPskLookup {
  /**
   * Finds a key, at once or later. It is called on the loop of the connection, which goes on in the
   * meantime: it must not block. The client waits for the answer, at most as long as the time limit
   * for handshakes; when the connection ends before, the stage is cancelled ({@code
   * toCompletableFuture().cancel}). The answer may be given by any thread.
   *
   * <p>In TLS 1.3 a client may offer several keys: they are asked for one after another, in its
   * order, until one is found; at most 16 of them.
   *
   * @param identity what the client says: 1 to 256 bytes of UTF-8, nothing of which is verified yet
   * @return the key of that identity; empty for an unknown one. A failure, and a key of another
   *     identity, end the handshake and the connection; the program gets an {@link SslError} that
   *     says why
   */
  CompletionStage<Optional<ExternalPsk>> find(String identity);
}
