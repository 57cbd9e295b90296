package dev.ferrule.connection;

import dev.ferrule.event.CallbackError;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.loop.Handle;
import dev.ferrule.loop.LoopSettings;
import dev.ferrule.loop.TurnHandle;
import java.util.function.Consumer;

/**
 * Who hears an event of a connection: what joins it to another, its event callback, and where it
 * has none, a future, the count of its server, or the loop's default handler. On the loop's thread.
 */
final class EventDelivery {
  private EventDelivery() {}

  static void tell(Connection connection, Event event) {
    Callbacks callbacks = connection.callbacks();
    Consumer<Event> joined = callbacks.joined;
    Consumer<Event> callback = callbacks.event;
    if (joined != null) {
      connection.call(endpoint -> joined.accept(event));
      if (callback == null) {
        return; // somebody has heard it
      }
    }
    if (callback == null && isFailure(event)) {
      if (connection.callbacks().endings.stream().anyMatch(Ending::hears)) {
        return;
      }
      if (isCounted(connection)) {
        Runnable unheard = connection.callbacks().unheard;
        if (unheard != null) {
          unheard.run();
        }
        return;
      }
    }
    TurnHandle before = connection.loop.calling(connection);
    try {
      connection.loop.invoker().tell(callback, event);
    } finally {
      connection.loop.calling(before);
    }
  }

  /** Whether {@code event} is how something failed, but no mistake of the program. */
  private static boolean isFailure(Event event) {
    return event instanceof EventError && !(event instanceof CallbackError);
  }

  /** Failures of accepted connections that nobody asked to hear: no stranger ends a server. */
  private static boolean isCounted(Connection connection) {
    return connection.kind() == Handle.Kind.INCOMING
        && connection.loop.settings().defaultEventHandler == LoopSettings.THROW_ERRORS;
  }
}
