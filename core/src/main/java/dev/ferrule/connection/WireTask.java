package dev.ferrule.connection;

import dev.ferrule.connection.Connection.State;
import dev.ferrule.connection.OpeningTimes.Phase;
import dev.ferrule.event.TcpError;
import dev.ferrule.loop.Inbox;
import dev.ferrule.spi.Wire;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The work that a wire asks for by {@link Wire#TASK}, on its way to the executor for tasks and back
 * to the loop. Until it is back nobody else touches the wire; a connection that ends before leaves
 * the wire to it. It begins and ends on the loop's thread, and runs on any.
 */
final class WireTask implements Runnable {
  private final Connection connection;
  private final Wire wire;
  private final Runnable work;
  private final @Nullable OpeningTimes measured; // null when it is open
  private boolean handingOver; // to the executor, just now; read on the loop's thread only

  private WireTask(Connection connection, Wire wire) {
    this.connection = connection;
    this.wire = wire;
    this.work = wire.task();
    this.measured = connection.opening().times();
  }

  /** Hands what {@code wire} has asked for to the executor. */
  static void begin(Connection connection, Wire wire) {
    connection.taskRuns = true;
    WireTask task = new WireTask(connection, wire);
    OpeningTimes.note(task.measured, Phase.THREAD);
    task.handOver();
  }

  private void handOver() {
    handingOver = true;
    try {
      connection.loop.tasks().execute(this);
    } catch (RejectedExecutionException e) {
      connection.taskRuns = false;
      connection
          .failing()
          .fail(
              new TcpError(
                  "EREJECTED", "the executor for tasks took no more work", connection.socket(), e));
      return;
    } catch (RuntimeException | Error e) {
      // Such as no memory for a thread: it leaves the loop, which frees the wire.
      connection.taskRuns = false;
      throw e;
    } finally {
      handingOver = false;
    }
    if (!connection.taskRuns) {
      noteDone();
      connection.want = Wire.READ;
      if (connection.state == State.SECURING) {
        connection.opening().handshake(); // which has few tasks: this goes no deeper than that
      }
    }
  }

  @Override
  public void run() {
    try {
      runMeasured(); // what it throws comes out of the wire's next call
    } finally {
      Inbox.Chore done = () -> connection.step(this::done);
      if (connection.loop.inLoop() && handingOver) {
        // The executor ran it here and now: no way through the inbox.
        connection.taskRuns = false;
      } else if (!connection.loop.executeUntilReleased(done)) {
        wire.release(); // the loop is gone, and left this to whoever is last
      }
    }
  }

  private void runMeasured() {
    OpeningTimes times = measured;
    if (times == null) {
      work.run();
      return;
    }
    long began = System.nanoTime();
    try {
      work.run();
    } finally {
      times.taskRan(System.nanoTime() - began);
    }
  }

  private void done() {
    connection.taskRuns = false;
    noteDone();
    if (connection.state == State.CLOSED) {
      connection.closing().releaseWire();
      return;
    }
    connection.want = Wire.READ;
    connection.opening().proceed();
  }

  /** The times of an opening that goes on; another may have begun since. */
  private void noteDone() {
    OpeningTimes times = connection.opening().times();
    if (times != null) {
      times.taskDone();
    }
  }
}
