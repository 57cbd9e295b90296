package dev.ferrule.access;

import dev.ferrule.event.Endpoint;
import dev.ferrule.event.EventError;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sets the socket or server that an error is about, where the code that made the error does not
 * know it. Setting it is not part of the API; {@link EventError} registers the setter in its static
 * initializer. Any thread.
 */
public final class EventSubject {
  private static volatile @Nullable BiConsumer<EventError, Endpoint> setter;

  private EventSubject() {}

  /** Called once, by {@link EventError}. */
  public static void setter(BiConsumer<EventError, Endpoint> action) {
    setter = action;
  }

  /** Sets the subject of an error, unless it has one. */
  public static <E extends EventError> E set(E error, Endpoint subject) {
    Objects.requireNonNull(setter).accept(error, subject);
    return error;
  }
}
