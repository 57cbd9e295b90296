package dev.ferrule.tests.ssl.simulated;

import dev.ferrule.SocketSetup;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.SimulatedLink;
import dev.ferrule.tests.model.Pattern;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;

/** One end of a {@link PairSchedule}: what it does, and what it has heard. */
final class PairSide {
  /** What a side does when it has written all. */
  enum Ending {
    CLOSE,
    SHUTDOWN,
    WAIT,
    ABORT
  }

  private static final int MOST_WRITES = 6;
  private static final double LARGEST = 14; // a power of 2, in bytes

  final int number;
  final Ending ending;
  final boolean halfOpen;
  private final PairSchedule schedule;
  private final Random random;
  private final boolean pauses;
  PairSide peer;
  SslSocket socket;
  boolean connected;
  private int writesLeft;
  private boolean finished; // with its writes
  boolean endedItself;
  long written;
  long read;
  int eofs;
  EventError error;
  int closes;

  PairSide(PairSchedule schedule, int number, Random random) {
    this.schedule = schedule;
    this.number = number;
    this.random = random;
    this.writesLeft = random.nextInt(MOST_WRITES + 1);
    this.halfOpen = random.nextInt(3) == 0;
    this.pauses = random.nextInt(3) == 0;
    this.ending =
        switch (random.nextInt(10)) {
          case 0 -> Ending.ABORT;
          case 1, 2, 3 -> Ending.CLOSE;
          case 4, 5, 6 -> Ending.SHUTDOWN;
          default -> Ending.WAIT;
        };
  }

  <B extends SocketSetup<SslSocket, B>> void equip(SocketSetup<SslSocket, B> setup) {
    B equipped =
        setup
            .onConnect(same -> {
              socket = same;
              connected = true;
            })
            .onRead((same, data) -> reads(data))
            .onEvent(this::hears)
            .onClose(this::closed);
    if (halfOpen) {
      equipped.halfOpen();
    }
  }

  SimulatedLink link() {
    return schedule.network().links().get(number);
  }

  // ---- what it does

  void secured() {
    schedule.note(this, "secured");
    step();
  }

  private void step() {
    if (closes > 0 || endedItself) {
      return;
    }
    if (writesLeft-- > 0) {
      if (!socket.isClosed()) {
        write((int) Math.pow(2, random.nextDouble() * LARGEST) - 1);
      }
      next();
    } else {
      finished = true;
      end();
    }
  }

  private void next() {
    if (random.nextBoolean()) {
      step();
    } else {
      later(this::step);
    }
  }

  private void later(Runnable action) {
    schedule.loop(this).delay(Duration.ofNanos(random.nextInt(5_000_000)), action);
  }

  private void write(int size) {
    ByteBuffer data = Pattern.bytes(number, written, size);
    written += size;
    socket.write(data);
  }

  private void end() {
    boolean waits = ending == Ending.WAIT && !(halfOpen && eofs > 0);
    if (waits || socket.isClosed()) {
      return;
    }
    endedItself = true;
    schedule.note(this, "ends by " + ending);
    switch (ending) {
      case ABORT -> socket.abort();
      case SHUTDOWN -> socket.shutdownOutput();
      case CLOSE, WAIT -> socket.close();
    }
  }

  // ---- what it hears

  private void reads(ByteBuffer data) {
    int size = data.remaining();
    schedule.require(closes == 0 && eofs == 0 && error == null, this, "read behind its end");
    schedule.require(read + size <= peer.written, this, "read what nobody wrote");
    long different = Pattern.mismatch(peer.number, read, data);
    schedule.require(different < 0, this, "read another byte at " + different);
    read += size;
    schedule.note(this, "read " + size);
    if (pauses && random.nextInt(4) == 0) {
      socket.disableReading();
      later(() -> {
        if (!socket.isClosed()) {
          socket.enableReading();
        }
      });
    }
  }

  private void hears(Event event) {
    schedule.require(closes == 0 && error == null, this, "an event behind its end: " + event);
    schedule.note(this, event.getClass().getSimpleName());
    if (event instanceof TcpEof) {
      eofs++;
      schedule.require(eofs == 1, this, "a second end");
      if (finished && halfOpen && ending == Ending.WAIT) {
        end();
      }
    } else if (event instanceof EventError failure) {
      error = failure;
    }
  }

  private void closed() {
    closes++;
    schedule.note(this, "closed");
  }

  /** Whether it has heard of an end, or brought it about. */
  boolean knowsItsEnd() {
    boolean own = endedItself && ending != Ending.SHUTDOWN;
    return closes == 1 && (own || eofs == 1 || error != null);
  }

  @Override
  public String toString() {
    return (number == 0 ? "client" : "server")
        + " (ends by "
        + ending
        + (halfOpen ? ", half open" : "")
        + ", wrote "
        + written
        + ", read "
        + read
        + ", "
        + eofs
        + " ends, "
        + error
        + ", closed "
        + closes
        + " times)";
  }
}
