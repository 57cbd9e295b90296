package dev.ferrule.connection;

import dev.ferrule.connection.Connection.State;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.Wire;
import org.jspecify.annotations.Nullable;

/**
 * The invariants of liveness: whatever a connection waits for, something will bring it. They are
 * said in other words than what {@link Connection#settle} does, so that a mistake there is seen.
 * Checked by assertions only, on the loop's thread.
 */
final class Liveness {
  private Liveness() {}

  /** What {@code connection} waits for in vain; null when all is well. */
  static @Nullable String violation(Connection connection) {
    State state = connection.state;
    if (state == State.CLOSED || state == State.CONNECTING) {
      return null;
    }
    boolean comesAgain = connection.onAgainList || connection.taskRuns;
    boolean watchesRead = (connection.watched & Link.READ) != 0;
    boolean watchesWrite = (connection.watched & Link.WRITE) != 0;
    boolean handshakes =
        state == State.SECURING && (connection.want == Wire.READ || connection.want == Wire.LATER);
    if (connection.out().hasUnsent() && !watchesWrite && !comesAgain && !handshakes) {
      return connection.socket() + ": bytes are unsent, and nothing will send them";
    }
    boolean reads = watchesRead || comesAgain;
    if (connection.in().timed() && state == State.OPEN && !reads && !watchesWrite) {
      return connection.socket() + ": input is wanted, and nothing will bring it";
    }
    if (state == State.LINGERING && !connection.in().ended() && !watchesRead) {
      return connection.socket() + ": the peer's end is waited for, and nothing will bring it";
    }
    return connection.times.isArmed()
        ? null
        : connection.socket() + ": a time limit runs, and has no timer";
  }
}
