package dev.ferrule;

import dev.ferrule.event.Event;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a socket calls; sockets of one server share one until it is changed on one of them. */
final class Callbacks implements Cloneable {
  @Nullable ReadCallback<TcpSocket> read;
  @Nullable StreamCallback<TcpSocket> stream;
  @Nullable Consumer<TcpSocket> connect;
  @Nullable Consumer<TcpSocket> write;
  @Nullable Consumer<TcpSocket> drain;
  @Nullable Consumer<Event> event;
  @Nullable Consumer<TcpSocket> close;

  Callbacks copy() {
    try {
      return (Callbacks) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}
