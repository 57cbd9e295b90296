package dev.ferrule.tests.interop;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.LoopStats;
import dev.ferrule.Notifier;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** A loop on a thread of its own, for tests whose own thread waits for what happens there. */
final class Background implements AutoCloseable {
  private final CompletableFuture<EventLoop> loop = new CompletableFuture<>();
  private final CompletableFuture<Void> ended;

  Background() {
    this(EventLoop.setup());
  }

  Background(LoopSetup setup) {
    ended =
        CompletableFuture.runAsync(
            () ->
                setup.run(started -> {
                  Notifier _ = started.notifier(() -> {}); // keeps it running
                  loop.complete(started);
                }),
            work -> Thread.ofPlatform().name("loop").daemon().start(work));
  }

  /** Does something on the loop, and waits for its answer. */
  <T> T call(Function<EventLoop, T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    EventLoop running = await(loop);
    running.execute(() -> {
      try {
        answer.complete(work.apply(running));
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
    });
    return await(answer);
  }

  /** What is open beside the notifier that keeps the loop running. */
  LoopStats stats() {
    LoopStats now = call(EventLoop::stats);
    return new LoopStats(
        now.outgoing(),
        now.incoming(),
        now.servers(),
        now.dnsQueries(),
        now.timers(),
        now.notifiers() - 1);
  }

  /** Ends the loop; what it failed with comes out here. */
  @Override
  public void close() {
    if (!ended.isDone()) {
      EventLoop running = await(loop);
      running.execute(running::exit);
    }
    await(ended);
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException reason) {
        throw reason;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("the loop does not answer", e);
    }
  }
}
