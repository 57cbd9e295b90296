package dev.ferrule;

import dev.ferrule.event.DnsError;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpRefused;
import dev.ferrule.event.TcpTimeout;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A socket that a thread without a loop opens, and waits for; a shared loop serves it.
 *
 * @param <S> the kind of socket
 */
final class Dialing<S extends TcpSocket> {
  /** Null when the loop ended before it began: another one has to. */
  private final CompletableFuture<@Nullable BlockingSocket<S>> result = new CompletableFuture<>();

  private @Nullable CompletableFuture<S> opening; // the loop's

  private Dialing() {}

  static <S extends TcpSocket, B extends ClientSetup<S, B>> BlockingSocket<S> dial(
      Function<EventLoop, B> setup) throws IOException {
    if (EventLoop.runsHere()) {
      throw new IllegalStateException(
          "dial would hold up the event loop that runs on this thread: use connect");
    }
    while (true) {
      Dialing<S> dialing = new Dialing<>();
      EventLoop loop = SharedLoops.execute(own -> dialing.begin(own, setup));
      BlockingSocket<S> socket = dialing.await(loop);
      if (socket != null) {
        return socket;
      }
    }
  }

  private <B extends ClientSetup<S, B>> void begin(EventLoop loop, Function<EventLoop, B> setup) {
    if (result.isDone()) {
      return; // interrupted before it began
    }
    if (loop.inner().isEnding()) {
      result.complete(null);
      return;
    }
    try {
      opening = setup.apply(loop).openAsync();
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
      return;
    }
    var _ =
        opening.whenComplete((socket, thrown) -> {
          if (thrown != null) {
            result.completeExceptionally(thrown);
          } else {
            opened(socket);
          }
        });
  }

  private void opened(S socket) {
    try {
      if (!result.complete(BlockingSocket.of(socket))) {
        socket.abort();
      }
    } catch (RuntimeException e) { // such as one that a callback of the program has closed
      result.completeExceptionally(e);
    }
  }

  private void cancel() {
    if (opening != null) {
      opening.cancel(false);
    }
  }

  private @Nullable BlockingSocket<S> await(EventLoop loop) throws IOException {
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (!result.cancel(false) && !result.isCompletedExceptionally()) {
        return result.resultNow();
      }
      loop.executeIfRunning(this::cancel);
      throw new InterruptedIOException("the thread was interrupted while it connected");
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  /** As java.net would say it, and the event as the cause; a mistake of the program as it is. */
  private static IOException failure(@Nullable Throwable thrown) {
    if (thrown instanceof EventError error) {
      return caused(
          switch (error) {
            case DnsError e -> new UnknownHostException(e.message());
            case TcpRefused e -> new ConnectException(e.message());
            case TcpTimeout e -> new SocketTimeoutException(e.message());
            default -> new IOException(error.message());
          },
          error);
    }
    if (thrown instanceof RuntimeException mistake) {
      throw mistake;
    }
    return new IOException("the connection could not be opened", thrown);
  }

  private static IOException caused(IOException exception, EventError cause) {
    exception.initCause(cause);
    return exception;
  }
}
