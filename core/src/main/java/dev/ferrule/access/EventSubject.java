package dev.ferrule.access;

import dev.ferrule.event.Endpoint;
import dev.ferrule.event.EventError;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Says which socket or server an error is about, where what found it did not know. Programs get
 * their errors with everything said, so the way to set it is not part of the API: {@link
 * EventError} hands it over when it is initialised. Any thread.
 */
public final class EventSubject {
  private static volatile @Nullable BiConsumer<EventError, Endpoint> setter;

  private EventSubject() {}

  /** Called once, by {@link EventError}. */
  public static void setter(BiConsumer<EventError, Endpoint> action) {
    setter = action;
  }

  /** The error is about {@code subject}, unless it is about another already. */
  public static <E extends EventError> E set(E error, Endpoint subject) {
    Objects.requireNonNull(setter).accept(error, subject);
    return error;
  }
}
