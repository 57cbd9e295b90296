package dev.ferrule;

import dev.ferrule.connection.Connection;
import dev.ferrule.connection.Ending;
import dev.ferrule.event.EventError;
import dev.ferrule.event.SocketClosed;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Completes a future when a socket has been closed. One for each socket that is asked for it. */
final class ClosedFuture implements Ending {
  private final Connection connection;
  private final CompletableFuture<Void> future = new CompletableFuture<>();

  private ClosedFuture(Connection connection) {
    this.connection = connection;
  }

  /** A future that nobody but the caller can complete. */
  static CompletableFuture<Void> of(Connection connection) {
    for (Ending ending : connection.callbacks().endings) {
      if (ending instanceof ClosedFuture known) {
        return known.future.copy();
      }
    }
    ClosedFuture made = new ClosedFuture(connection);
    if (connection.closing().isReleased()) {
      made.ended(connection.failing().failure());
    } else {
      connection.changeCallbacks().add(made);
    }
    return made.future.copy();
  }

  @Override
  public boolean hears() {
    return true;
  }

  @Override
  public void ended(@Nullable EventError failure) {
    if (failure == null) {
      future.complete(null);
    } else {
      future.completeExceptionally(failure);
    }
  }

  @Override
  public void loopEnded() {
    future.completeExceptionally(
        new SocketClosed("the event loop ended before the socket", connection.socket()));
  }
}
