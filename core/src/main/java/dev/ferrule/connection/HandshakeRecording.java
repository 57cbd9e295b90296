package dev.ferrule.connection;

import dev.ferrule.connection.OpeningTimes.Phase;
import dev.ferrule.event.EventError;
import dev.ferrule.jfr.Handshake;
import dev.ferrule.jfr.HandshakeFacts;
import dev.ferrule.jfr.Recorder;
import dev.ferrule.spi.Wire;
import org.jspecify.annotations.Nullable;

/**
 * A handshake that the Flight Recorder records: told once, when it is done or has failed. There is
 * one only while somebody records, and it goes with the {@link OpeningTimes}. On the loop's thread.
 */
final class HandshakeRecording {
  private final Connection connection;
  private final Handshake event;

  private HandshakeRecording(Connection connection, Handshake event) {
    this.connection = connection;
    this.event = event;
  }

  /** The recording of a handshake that begins; null when nobody records. */
  static @Nullable HandshakeRecording begin(Connection connection) {
    Handshake event = Recorder.handshake();
    return event == null ? null : new HandshakeRecording(connection, event);
  }

  /** That of the handshake that ends now; null when it is not recorded, or has ended before. */
  static @Nullable HandshakeRecording end(@Nullable OpeningTimes spent) {
    HandshakeRecording recording = spent == null ? null : spent.recording;
    if (spent != null && recording != null) {
      spent.recording = null;
      recording.event.ended(
          spent.nanos(Phase.PEER),
          spent.nanos(Phase.COMPUTING),
          spent.nanos(Phase.PROGRAM),
          spent.nanos(Phase.THREAD));
    }
    return recording;
  }

  /** It is done, and the program has been told. */
  void done(Transport transport, Wire wire) {
    event.told(connection.peer(), transport.facts(connection.socket(), wire, null), null);
  }

  /** It has failed by {@code error}; null when this side gave it up. */
  void failed(Transport transport, @Nullable EventError error) {
    HandshakeFacts facts = transport.facts(connection.socket(), null, error);
    event.told(connection.peer(), facts, error == null ? Handshake.CLOSED : error.code());
  }
}
