package dev.ferrule;

import dev.ferrule.event.CallbackError;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.Event;
import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Outlet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The ways from a loop into the program: what a callback throws is told or leaves the loop, and
 * what it wrote is sent. On the loop's thread.
 */
final class Guard {
  private final LoopSetup setup;
  private final Buffers buffers;

  Guard(LoopSetup setup, Buffers buffers) {
    this.setup = setup;
    this.buffers = buffers;
  }

  /** As {@link #run(Runnable, Consumer)}, for what has no event callback. */
  void run(Runnable code) {
    run(code, null);
  }

  /** Runs a piece of the program, then sends what it wrote. */
  void run(Runnable code, @Nullable Consumer<? super Event> events) {
    try {
      code.run();
    } catch (RuntimeException e) {
      callbackFailed(events, e, null);
    }
    finishDispatch();
  }

  /** Tells an event to who asked for it, else to the default handler. */
  void tell(@Nullable Consumer<? super Event> callback, Event event) {
    Consumer<? super Event> target = callback != null ? callback : setup.defaultEventHandler;
    if (!setup.catchCallbackErrors) {
      target.accept(event);
      return;
    }
    try {
      target.accept(event);
    } catch (RuntimeException e) {
      if (callback == null) {
        throw e; // nobody is left who could be told
      }
      setup.defaultEventHandler.accept(failure(e, event.socket()));
    }
  }

  /** What a callback threw goes to the event callback, or leaves the loop. */
  void callbackFailed(
      @Nullable Consumer<? super Event> events,
      RuntimeException thrown,
      @Nullable Endpoint subject) {
    if (!setup.catchCallbackErrors) {
      throw thrown;
    }
    tell(events, failure(thrown, subject));
  }

  private static CallbackError failure(RuntimeException thrown, @Nullable Endpoint subject) {
    CallbackError error = new CallbackError(thrown);
    if (subject != null) {
      error.concerns(subject);
    }
    return error;
  }

  /** The one write that carries what was written during a dispatch. */
  void finishDispatch() {
    Outlet owner;
    while ((owner = buffers.owner()) != null) {
      owner.finishDispatch(); // telling a failure may have made the program write to another
      if (buffers.owner() == owner) {
        owner.clear(); // it has nowhere to go any more
      }
    }
  }
}
