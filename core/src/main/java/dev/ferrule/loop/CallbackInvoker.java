package dev.ferrule.loop;

import dev.ferrule.access.EventSubject;
import dev.ferrule.event.CallbackError;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.Event;
import dev.ferrule.jfr.StallWatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls the program's callbacks for a loop: what a callback throws is told or leaves the loop. On
 * the loop's thread.
 */
public final class CallbackInvoker {
  private final LoopSettings settings;
  private final Loop loop;

  CallbackInvoker(LoopSettings settings, Loop loop) {
    this.settings = settings;
    this.loop = loop;
  }

  /** As {@link #run(Runnable, Consumer)}, for what has no event callback. */
  public void run(Runnable code) {
    run(code, null);
  }

  /** Runs a piece of the program, then settles the connections that it changed. */
  public void run(Runnable code, @Nullable Consumer<? super Event> events) {
    StallWatch watch = loop.measure();
    try {
      code.run();
    } catch (RuntimeException e) {
      callbackFailed(events, e, null);
    } finally {
      if (watch != null) {
        watch.ends(code instanceof TimerTask ? "timer" : "action", code);
      }
    }
    loop.settle();
  }

  /** Tells an event to who asked for it, else to the default handler. */
  public void tell(@Nullable Consumer<? super Event> callback, Event event) {
    StallWatch watch = loop.measure();
    Consumer<? super Event> target = callback != null ? callback : settings.defaultEventHandler;
    try {
      tell(target, callback != null, event);
    } finally {
      if (watch != null) {
        watch.ends("callback", target);
      }
    }
  }

  private void tell(Consumer<? super Event> target, boolean asked, Event event) {
    if (!settings.catchCallbackErrors) {
      target.accept(event);
      return;
    }
    try {
      target.accept(event);
    } catch (RuntimeException e) {
      if (!asked) {
        throw e; // nobody is left who could be told
      }
      settings.defaultEventHandler.accept(failure(e, event.socket()));
    }
  }

  /** What a callback threw goes to the event callback, or leaves the loop. */
  public void callbackFailed(
      @Nullable Consumer<? super Event> events,
      RuntimeException thrown,
      @Nullable Endpoint subject) {
    if (!settings.catchCallbackErrors) {
      throw thrown;
    }
    tell(events, failure(thrown, subject));
  }

  private static CallbackError failure(RuntimeException thrown, @Nullable Endpoint subject) {
    CallbackError error = new CallbackError(thrown);
    return subject == null ? error : EventSubject.set(error, subject);
  }
}
