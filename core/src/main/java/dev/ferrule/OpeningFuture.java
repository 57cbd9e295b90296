package dev.ferrule;

import dev.ferrule.connection.Connection;
import dev.ferrule.connection.Ending;
import dev.ferrule.event.EventError;
import dev.ferrule.event.SocketClosed;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Completes a future when a socket is open, or has ended before. Whoever else completes the future
 * (by a cancel, a time limit or a value) has the socket aborted. On the loop's thread, the future
 * apart.
 *
 * @param <S> the kind of socket
 */
final class OpeningFuture<S extends TcpSocket> implements Ending {
  private final CompletableFuture<S> future = new CompletableFuture<>();
  private @Nullable S socket;
  private @Nullable Connection connection;

  /** The future of a socket that has just been told to open, and calls {@link #opened}. */
  CompletableFuture<S> of(S opening) {
    socket = opening;
    Connection opened = opening.connection();
    connection = opened;
    opened.changeCallbacks().add(this);
    var _ =
        future.whenComplete((value, _) -> {
          if (value == null || value != socket) { // not by opened
            opened.loop().executeIfRunning(() -> opened.closing().abort());
          }
        });
    return future;
  }

  /** It is open; a callback before this one may have wrapped the socket. */
  void opened(S opened) {
    Connection current = connection;
    socket = opened;
    if (future.complete(opened) && current != null) {
      current.changeCallbacks().remove(this);
    }
  }

  @Override
  public boolean hears() {
    return true;
  }

  @Override
  public void ended(@Nullable EventError failure) {
    end(failure == null ? closed("the socket was closed before it was open") : failure);
  }

  @Override
  public void loopEnded() {
    end(closed("the event loop ended before the socket was open"));
  }

  private void end(EventError reason) {
    future.completeExceptionally(reason);
  }

  private SocketClosed closed(String sentence) {
    return new SocketClosed(sentence, socket);
  }
}
