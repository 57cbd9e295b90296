package dev.ferrule.connection;

import dev.ferrule.connection.OpeningTimes.Phase;
import dev.ferrule.event.EventError;
import dev.ferrule.jfr.FailureFacts;
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
  private final Handshake event;

  private HandshakeRecording(Handshake event) {
    this.event = event;
  }

  /** The recording of a handshake that begins; null when nobody records. */
  static @Nullable HandshakeRecording begin() {
    Handshake event = Recorder.handshake();
    return event == null ? null : new HandshakeRecording(event);
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
  void done(Connection connection, Transport transport, Wire wire) {
    event.done(connection.peer(), transport.facts(connection.socket(), wire, null));
  }

  /**
   * It has failed by {@code error}; null when this side gave it up: what the peer says of it after
   * that is no news.
   */
  void failed(Connection connection, Transport transport, @Nullable EventError error) {
    HandshakeFacts facts = transport.facts(connection.socket(), null, error);
    boolean byProgram = connection.closing().byProgram();
    boolean givenUp = byProgram && connection.state.compareTo(Connection.State.OPEN) > 0;
    if (error != null && !givenUp) {
      event.failed(connection.peer(), facts, error.code(), transport.about(error));
    } else {
      event.failed(
          connection.peer(),
          facts,
          byProgram ? Handshake.CLOSED : Handshake.EXIT,
          FailureFacts.by(byProgram ? FailureFacts.PROGRAM : FailureFacts.LOOP));
    }
  }
}
