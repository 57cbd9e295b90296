package dev.ferrule.connection;

import dev.ferrule.capture.CaptureFile;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.Event;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a connection calls; those of one server share one until it is changed on one of them. */
public final class Callbacks implements Cloneable {
  /** Gets what is received; it borrows the buffer for the call. */
  public @Nullable BiConsumer<Endpoint, ByteBuffer> read;

  /** Hears that the stream has something to read. */
  public @Nullable Consumer<Endpoint> stream;

  /** TCP is up. */
  public @Nullable Consumer<Endpoint> connect;

  /** All that was written has gone out. */
  public @Nullable Consumer<Endpoint> write;

  /** Writing may go on. */
  public @Nullable Consumer<Endpoint> drain;

  /** Hears of events. */
  public @Nullable Consumer<Event> event;

  /** The last call. */
  public @Nullable Consumer<Endpoint> close;

  /** Hears of events before {@link #event}: what joins this connection to another. */
  public @Nullable Consumer<Event> joined;

  /** Hears of the end behind {@link #close}: what joins this connection to another. */
  public @Nullable Runnable joinedEnd;

  /** Counts the errors of accepted connections that nobody hears; null for other connections. */
  public @Nullable Runnable unheard;

  /** Who else hears how the connection ends; unmodifiable. */
  public List<Ending> endings = List.of();

  /**
   * What holds the callbacks, so that the program must not replace them; null: the program does.
   */
  public @Nullable Object holder;

  /** What the reader of messages keeps of the next one; null when it keeps nothing. */
  public @Nullable Remainder remainder;

  /** What is written of all that goes over the link; null for nothing. */
  public @Nullable CaptureFile capture;

  /** No callbacks. */
  public Callbacks() {}

  /** One more that hears how the connection ends. */
  public void add(Ending ending) {
    List<Ending> more = new ArrayList<>(endings);
    more.add(ending);
    endings = List.copyOf(more);
  }

  /** One that hears of it no more. */
  public void remove(Ending ending) {
    endings = endings.stream().filter(other -> other != ending).toList();
  }

  /** The same callbacks, to be changed for one connection. */
  public Callbacks copy() {
    try {
      return (Callbacks) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}
