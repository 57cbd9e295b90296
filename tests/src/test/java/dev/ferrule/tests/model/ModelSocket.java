package dev.ferrule.tests.model;

import dev.ferrule.AsyncStream;
import dev.ferrule.ReadCallback;
import dev.ferrule.SocketSetup;
import dev.ferrule.StreamCallback;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.SocketClosed;
import dev.ferrule.event.TcpEof;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.event.UnreadLimit;
import dev.ferrule.testkit.SimulatedLink;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * One end of a connection: the socket, what the program did with it, and what it must have told by
 * now. Each callback is checked as it comes; {@link ModelConnection} checks what has not come.
 */
final class ModelSocket {
  final Simulation simulation;
  final ModelConnection connection;
  final int number;
  final boolean halfOpen;
  private final long lowWater;
  private final long highWater;
  private final long maxQueued;
  final long maxUnread;
  private final Map<Place, Integer> generations = new EnumMap<>(Place.class);
  private final Map<Place, ArrayDeque<Runnable>> armed = new EnumMap<>(Place.class);
  private final ArrayDeque<Long> doneOwed = new ArrayDeque<>();
  ModelSocket peer;
  TcpSocket socket;
  SimulatedLink link;
  AsyncStream stream;
  private boolean reads = true;
  boolean writes = true;
  boolean streaming;
  private boolean readsPart;
  boolean connected;
  boolean secured;
  boolean wrapped;
  boolean silent; // until it is wrapped: its peer is already
  boolean shut;
  boolean confused; // it reads in clear what is not
  boolean aborted;
  boolean ended; // it heard of its peer's end
  boolean closed;
  EventError failure;
  long written;
  long writtenInClear;
  private long read;
  private boolean fullTold; // that the stream holds all that it may
  private boolean hasReader;
  private boolean late; // what is read may have been received long before
  private boolean hasWritten; // whether it has that callback
  private boolean hasDrain;
  private boolean held;
  private boolean dirty;
  private boolean mayDrain;
  private boolean mayTell; // of a flush: the callback was set between the write and its end
  Duration readLimit;
  private Duration writeLimit;
  private long quietSince;

  ModelSocket(Simulation simulation, ModelConnection connection, int number, Random random) {
    this.simulation = simulation;
    this.connection = connection;
    this.number = number;
    this.halfOpen = random.nextInt(3) == 0;
    this.lowWater = new long[] {0, 0, 100, 64 * 1024}[random.nextInt(4)];
    this.highWater = lowWater + new long[] {0, 1, 1_000, 192 * 1024}[random.nextInt(4)];
    this.streaming = random.nextInt(6) == 0;
    this.hasReader = streaming || random.nextInt(10) > 0;
    this.hasWritten = random.nextInt(3) > 0;
    this.hasDrain = random.nextInt(4) > 0;
    boolean bounded = connection.rough && random.nextInt(3) == 0;
    this.maxQueued = bounded ? 1 + random.nextInt(200_000) : Long.MAX_VALUE;
    this.maxUnread = new long[] {1, 1_000, 40_000, 256 * 1024}[random.nextInt(4)];
  }

  /** Gives a setup the callbacks and settings of this socket. */
  <S extends TcpSocket, B extends SocketSetup<S, B>> B equip(B setup) {
    B equipped =
        setup
            .waterMarks(lowWater, highWater)
            .maxQueued(maxQueued)
            .maxUnread(maxUnread)
            .onConnect(this::connected)
            .onEvent(event())
            .onClose(closed());
    equipped = hasWritten ? equipped.onWrite(written()) : equipped;
    equipped = hasDrain ? equipped.onDrain(drained()) : equipped;
    if (hasReader) {
      equipped = streaming ? equipped.onStream(streams()) : equipped.onRead(reads());
    }
    return halfOpen ? equipped.halfOpen() : equipped;
  }

  // ---- callbacks

  private void connected(TcpSocket fresh) {
    socket = fresh;
    link = simulation.linkOf(fresh);
    quietSince = simulation.now();
    connected = true;
    connection.connected(this);
    enter(Place.CONNECT, 0);
    leave(Place.CONNECT);
  }

  void secured() {
    if (secured) {
      throw failed("secured twice");
    }
    secured = true;
    quietSince = simulation.now();
    enter(Place.SECURE, 0);
    leave(Place.SECURE);
  }

  private ReadCallback<TcpSocket> reads() {
    int generation = next(Place.READ);
    return (same, data) -> {
      enter(Place.READ, generation);
      if (!reads) {
        throw failed("read while reading is disabled");
      }
      take(data);
      leave(Place.READ);
    };
  }

  private StreamCallback<TcpSocket> streams() {
    int generation = next(Place.READ);
    return (same, from) -> {
      enter(Place.READ, generation);
      if (!reads) {
        throw failed("read while reading is disabled");
      }
      stream = from;
      quietSince = simulation.now();
      readStream(readsPart ? from.available() / 2 : from.available());
      leave(Place.READ);
    };
  }

  private void readStream(long bytes) {
    ByteBuffer data = ByteBuffer.allocate((int) bytes);
    stream.read(data);
    fullTold = fullTold && stream.available() >= maxUnread;
    take(data.flip());
  }

  private void take(ByteBuffer data) {
    quietSince = simulation.now();
    int size = data.remaining();
    if (silent && read + size > peer.writtenInClear && !peer.isOpen()) {
      confused = true; // the wrapped peer gave up, and said so in records
    }
    if (confused) {
      data.position(data.limit());
      return;
    }
    if (read + size > peer.written) {
      throw failed("read " + (read + size) + " bytes of " + peer.written + " written");
    }
    long different = Pattern.mismatch(peer.number, read, data);
    if (different >= 0) {
      throw failed("what was read is another byte at " + different);
    }
    read += size;
    connection.follow(this);
  }

  private Consumer<TcpSocket> written() {
    int generation = next(Place.WRITTEN);
    return same -> {
      enter(Place.WRITTEN, generation);
      if (!dirty && !mayTell) {
        throw failed("told of a flush, with nothing written since the last");
      }
      dirty = false;
      mayTell = false;
      leave(Place.WRITTEN);
    };
  }

  private Consumer<TcpSocket> drained() {
    int generation = next(Place.DRAIN);
    return same -> {
      enter(Place.DRAIN, generation);
      if ((!held && !mayDrain) || socket.queued() > lowWater) {
        throw failed("drain callback: held " + held + ", " + socket.queued() + " bytes queued");
      }
      held = false;
      mayDrain = false;
      leave(Place.DRAIN);
    };
  }

  private Consumer<TcpSocket> done(long upTo) {
    doneOwed.add(upTo);
    return same -> {
      enter(Place.DONE, 0);
      Long first = doneOwed.poll();
      if (first == null || first != upTo) {
        throw failed("the callback of the write up to " + upTo + " came, of " + first + " is due");
      }
      if (connection.isPlain() && link.sent() < upTo) {
        throw failed("the link has taken " + link.sent() + " bytes, and not " + upTo);
      }
      leave(Place.DONE);
    };
  }

  private Consumer<Event> event() {
    int generation = next(Place.EVENT);
    return event -> {
      enter(Place.EVENT, generation);
      if (event.socket() != socket) {
        throw failed("an event of another socket: " + event.socket());
      }
      simulation.note(number + " hears " + event);
      if (event instanceof EventError error) {
        fails(error);
      } else if (event instanceof TcpEof) {
        ends();
      } else if (event instanceof UnreadLimit limit) {
        full(limit);
      }
      leave(Place.EVENT);
    };
  }

  private void fails(EventError error) {
    if (failure != null) {
      throw failed("a second error: " + error);
    }
    if (!connection.rough) {
      throw failed("an error that nothing explains: " + error);
    }
    if (error instanceof TcpTimeout timeout && timeout.limit() == TcpTimeout.Limit.READ) {
      long silence = simulation.now() - quietSince;
      if (readLimit == null || (!late && silence < readLimit.toNanos())) {
        throw failed("a read limit of " + readLimit + " passed within " + silence + " ns");
      }
    }
    failure = error;
  }

  private void full(UnreadLimit limit) {
    long waits = stream == null ? 0 : stream.available();
    if (fullTold || waits < maxUnread || limit.bytes() != waits) {
      throw failed(limit + ", told before: " + fullTold + ", and " + waits + " bytes wait");
    }
    fullTold = true;
  }

  /** A clean end: the peer has ended its side, and everything is there. */
  private void ends() {
    if (ended) {
      throw failed("a second end");
    }
    ended = true;
    boolean answered = shut && connection.endsTogether();
    if (!answered && !peer.shut && !peer.closed && !peer.socket.isClosed()) {
      throw failed("an end, and the peer goes on");
    }
    boolean whole = arrived() == peer.written;
    if (!whole && hasReader && !confused && !answered) {
      throw failed("a clean end after " + arrived() + " bytes of " + peer.written);
    }
  }

  private Runnable closed() {
    int generation = next(Place.CLOSE);
    return () -> {
      enter(Place.CLOSE, generation);
      boolean whole = link == null || link.sent() >= written;
      if (!whole && connection.isPlain() && !aborted && failure == null) {
        throw failed("closed with " + link.sent() + " bytes sent of " + written + ", and no error");
      }
      closed = true;
      leave(Place.CLOSE);
    };
  }

  private int next(Place kind) {
    return generations.merge(kind, 1, Integer::sum);
  }

  private void enter(Place kind, int generation) {
    simulation.note(number + " " + kind);
    if (closed) {
      throw failed(kind + " after the close callback");
    }
    if (generation > 0 && generation != generations.get(kind)) {
      throw failed("a callback that was replaced: " + kind);
    }
    if (socket.isClosed() && kind != Place.EVENT && kind != Place.CLOSE) {
      throw failed(kind + " after it was closed");
    }
  }

  /** What the program does in this callback. */
  private void leave(Place kind) {
    ArrayDeque<Runnable> due = armed.get(kind);
    for (int left = due == null ? 0 : due.size(); left > 0; left--) {
      due.remove().run();
    }
    simulation.inCallbackOf(this, kind);
  }

  void arm(Place kind, Runnable act) {
    armed.computeIfAbsent(kind, k -> new ArrayDeque<>()).add(act);
  }

  /** What waited for callbacks that never came. */
  Runnable leftOver() {
    for (ArrayDeque<Runnable> due : armed.values()) {
      if (!due.isEmpty()) {
        return due.remove();
      }
    }
    return null;
  }

  // ---- acts

  void perform(Act act, int size) {
    if (socket == null || closed) {
      return; // not accepted yet, or over
    }
    simulation.note(number + " " + act + " " + size);
    boolean over = socket.isClosed();
    try {
      act(act, size, over);
    } catch (SocketClosed e) {
      if (!over && !shut) {
        throw failed(act + " says that it is closed, and isClosed does not");
      }
    }
  }

  private void act(Act act, int size, boolean over) {
    Duration limit = Duration.ofMillis(1 + size / 100);
    switch (act) {
      case WRITE -> write(size, false);
      case WRITE_DONE -> write(size, true);
      case WRITE_OFTEN -> writeOften(size);
      case DISABLE_READING -> {
        socket.disableReading();
        reads = over && reads;
      }
      case ENABLE_READING -> enableReading(over);
      case DISABLE_WRITING -> {
        socket.disableWriting();
        writes = over && writes;
      }
      case ENABLE_WRITING -> {
        socket.enableWriting();
        writes = true;
      }
      case SHUTDOWN_OUTPUT -> shutdownOutput(over);
      case CLOSE -> close(over);
      case ABORT -> abort();
      case READ_TIMEOUT -> {
        socket.readTimeout(limit);
        readLimit = limit;
        quietSince = simulation.now();
      }
      case WRITE_TIMEOUT -> {
        socket.writeTimeout(limit);
        writeLimit = limit;
      }
      case ON_READ -> onRead();
      case ON_STREAM -> onStream(size);
      case ON_WRITE -> {
        mayTell |= !hasWritten && dirty;
        dirty &= hasWritten;
        hasWritten = true;
        socket.onWrite(written());
      }
      case ON_DRAIN -> {
        mayDrain |= !hasDrain && held;
        held &= hasDrain;
        hasDrain = true;
        socket.onDrain(drained());
      }
      case ON_EVENT -> socket.onEvent(event());
      case ON_CLOSE -> socket.onClose(closed());
      case WRAP -> connection.wrap(this, size);
      case WAIT -> simulation.wait(size);
    }
  }

  private void enableReading(boolean over) {
    socket.enableReading();
    if (!reads && !over) {
      quietSince = simulation.now();
    }
    reads = true;
  }

  private void onRead() {
    streaming = false;
    late |= !hasReader;
    hasReader = true;
    socket.onRead(reads());
  }

  private void onStream(int size) {
    streaming = true;
    late |= !hasReader;
    hasReader = true;
    readsPart = size % 2 == 1;
    socket.onStream(streams());
  }

  private void write(int size, boolean tells) {
    if (silent) {
      return;
    }
    boolean ended = socket.isClosed() || shut;
    int most = simulation.most(this);
    int bytes = Math.min(size, most);
    ByteBuffer data = Pattern.bytes(number, written, bytes);
    if (ended) {
      socket.write(data);
      return;
    }
    written += bytes; // before the call, in which the peer cannot hear of them
    dirty |= bytes > 0 || tells;
    boolean more = tells ? socket.write(data, done(written)) : socket.write(data);
    if (data.hasRemaining()) {
      throw failed("write left " + data.remaining() + " bytes");
    }
    if (more && held && hasDrain) {
      throw failed("write says to go on, and the drain callback is owed");
    }
    held = !more;
  }

  private void writeOften(int size) {
    for (int left = size / 1_000; left > 0; left--) {
      write(left % 50, left % 7 == 0);
    }
  }

  private void shutdownOutput(boolean over) {
    if (!over) {
      connection.endsBySide(this);
    }
    socket.shutdownOutput();
    shut = true;
  }

  private void close(boolean over) {
    if (!over) {
      connection.endsBySide(this);
    }
    socket.close();
    if (!socket.isClosed()) {
      throw failed("not closed by close");
    }
  }

  private void abort() {
    connection.rough = true;
    aborted = true;
    socket.abort();
  }

  /** For the end of a program: everything flows. */
  void resume() {
    perform(Act.ENABLE_READING, 0);
    perform(Act.ENABLE_WRITING, 0);
    perform(streaming ? Act.ON_STREAM : Act.ON_READ, 0);
  }

  // ---- what is so

  /** Bytes that the program has read. */
  long taken() {
    return read;
  }

  /** Those, and what waits in the stream. */
  long arrived() {
    return read + (stream == null ? 0 : stream.available());
  }

  boolean isReading() {
    return reads && hasReader;
  }

  boolean isOpen() {
    return socket != null && connected && !closed && !socket.isClosed();
  }

  boolean failedOrAborted() {
    return failure != null || aborted;
  }

  /** Nothing moves any more: whoever is owed a callback has had it. */
  void requireNoDebt() {
    if (socket.queued() == 0 && ((writes && !doneOwed.isEmpty()) || (dirty && hasWritten))) {
      throw failed("everything went out, and nobody was told: " + doneOwed + ", dirty " + dirty);
    }
    if (held && hasDrain && socket.queued() <= lowWater) {
      throw failed("the drain callback is owed");
    }
    boolean full = streaming && stream != null && stream.available() >= maxUnread;
    if (full && reads && !ended && !fullTold) {
      throw failed("the stream is full, and nobody was told");
    }
    if (socket.queued() > 0 && writes && link.isWritable()) {
      throw failed(socket.queued() + " bytes are queued, and the link would take them");
    }
  }

  /** Limits that run have a timer. */
  void requireTimers(long nanos) {
    boolean waits = isReading() && !ended && (stream == null || stream.available() < maxUnread);
    requireTimer(waits ? readLimit : null, nanos, "read");
    requireTimer(writes && socket.queued() > 0 ? writeLimit : null, nanos, "write");
  }

  private void requireTimer(Duration limit, long nanos, String which) {
    if (limit != null && (nanos < 0 || nanos > limit.toNanos())) {
      throw failed("a " + which + " limit of " + limit + " runs, and the loop waits " + nanos);
    }
  }

  ModelFailure failed(String what) {
    return new ModelFailure("socket " + number + ": " + what + "\n  " + this);
  }

  @Override
  public String toString() {
    return (socket == null ? "not accepted" : socket + ", queued " + socket.queued())
        + (", wrote " + written + ", read " + read + " of " + peer.written)
        + (reads ? "" : ", reading off")
        + (hasReader ? "" : ", nobody reads")
        + (writes ? "" : ", writing off")
        + (shut ? ", shut" : "")
        + (ended ? ", peer ended" : "")
        + (closed ? ", closed" : "")
        + (failure == null ? "" : ", " + failure)
        + (link == null ? "" : ", link took " + link.sent() + " watched for " + link.interest());
  }
}
