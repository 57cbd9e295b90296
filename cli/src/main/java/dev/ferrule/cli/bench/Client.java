package dev.ferrule.cli.bench;

import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslTruncated;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client, which has one connection at a time. Belongs to its loop.
 *
 * <pre>
 *  EMPTY --open--> OPENING --opened--> READY --begin--> WORKING --answered--> READY
 *                     |                                    |
 *                     +-- a handshake, or one echo, is all-+--> ENDING --closed--> EMPTY
 *
 *  any --failure, or an end that nobody asked for--> FAILED --after a pause--> EMPTY
 * </pre>
 */
final class Client implements Site.Caller {
  private enum State {
    EMPTY,
    OPENING,
    READY,
    WORKING,
    ENDING,
    FAILED
  }

  private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Generator generator;
  private final @Nullable SslContext context;
  private final Message message;
  private State state = State.EMPTY;
  private @Nullable TcpSocket socket;
  private Duration pause = FIRST_PAUSE;
  private boolean operates; // an operation is under way
  private long due; // when the operation was to begin
  private long began; // when it began, or the opening
  private long took;
  private long counted; // of what a sink has sent
  private boolean ended; // by the peer
  private @Nullable String code; // of the failure
  private String sentence = "";
  boolean queued; // for an operation
  boolean resolved; // its first opening has ended

  /** {@code context} is null for plain TCP. */
  Client(Generator generator, int number, @Nullable SslContext context) {
    this.generator = generator;
    this.context = context;
    this.message = new Message(generator.payload(), number, generator.load());
  }

  // ---- what the generator asks

  /** Opens a connection, without an operation. */
  void open() {
    began = System.nanoTime();
    due = began;
    connect();
  }

  /** Whether an operation may begin. */
  boolean isFree() {
    return generator.workload().keepsConnections() ? state == State.READY : state == State.EMPTY;
  }

  /** Begins an operation, whose time was {@code dueAt}. */
  void begin(long dueAt, long now) {
    due = dueAt;
    began = now;
    operates = true;
    if (state == State.READY) {
      beginMessage();
    } else {
      connect();
    }
  }

  /** Lets a stream flow. */
  void flow() {
    if (state == State.READY && generator.workload() != Workload.IDLE) {
      state = State.WORKING;
      if (generator.workload() == Workload.SINK) {
        pump();
      }
    }
  }

  /** Whether an operation is under way. */
  boolean operates() {
    return operates;
  }

  /** When the operation was to begin. */
  long due() {
    return due;
  }

  boolean isOpen() {
    return state == State.READY || state == State.WORKING;
  }

  /** Fails an operation that has no answer after so long. */
  void check(long now, Duration limit) {
    boolean waits = (state == State.WORKING && operates) || state == State.ENDING;
    if (waits && now - began > limit.toNanos()) {
      fail("TIMEOUT", "no answer within " + limit.toMillis() / 1000.0 + " s");
    }
  }

  /** Counts what a sink has sent since that was counted last. */
  void countSent() {
    TcpSocket current = socket;
    if (current == null || generator.workload() != Workload.SINK) {
      return;
    }
    // What an end left in the queue is in neither.
    long sent = Math.min(message.sent() - current.queued(), current.info().dataSent());
    generator.meter().sent += sent - counted;
    counted = sent;
  }

  // ---- the connection

  private void connect() {
    state = State.OPENING;
    ended = false;
    code = null;
    message.begin();
    counted = 0;
    generator.site().open(generator.loop(), context, generator.load().timeout(), this);
  }

  @Override
  public void opened(TcpSocket opened, @Nullable SslSession session) {
    socket = opened;
    if (session != null) {
      generator.meter().handshake(session.resumed());
    }
    switch (generator.workload()) {
      case ECHO, SOURCE, SINK, IDLE -> {
        state = State.READY;
        generator.opened(this, System.nanoTime() - began);
      }
      case FULL, RESUMED -> {
        took = System.nanoTime() - due;
        end();
      }
      case CHURN -> beginMessage();
    }
  }

  private void end() {
    state = State.ENDING;
    TcpSocket current = socket;
    if (current != null) {
      current.shutdownOutput(); // and what comes is read on: tickets, or a refusal
    }
  }

  @Override
  public void heard(Event event) {
    if (event instanceof TcpEof) {
      ended = true;
    } else if (event instanceof SslTruncated && state == State.ENDING) {
      ended = true;
      generator.meter().unclean++;
    } else if (event instanceof EventError error && code == null) {
      code = error.code();
      sentence = error.message();
    }
  }

  private void fail(String why, String said) {
    code = why;
    sentence = said;
    TcpSocket current = socket;
    if (current != null) {
      current.abort();
    }
  }

  @Override
  public void closed() {
    countSent();
    socket = null;
    boolean clean = state == State.ENDING && ended && code == null;
    boolean operated = operates;
    boolean wasOpen = isOpen();
    operates = false;
    if (clean) {
      state = State.EMPTY;
      pause = FIRST_PAUSE;
      if (operated) {
        generator.done(due, took);
      }
      generator.free(this);
      return;
    }
    state = State.FAILED;
    String why = code == null ? "CLOSED" : code;
    generator.failed(
        this, operated, wasOpen, why, code == null ? "the target ended the connection" : sentence);
    generator.later(pause, this::again);
    Duration longer = pause.multipliedBy(2);
    pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
  }

  private void again() {
    state = State.EMPTY;
    if (generator.workload().keepsConnections()) {
      open();
    } else {
      generator.free(this);
    }
  }

  // ---- data

  private void beginMessage() {
    state = State.WORKING;
    message.begin();
    pump();
  }

  private void pump() {
    TcpSocket current = socket;
    if (current != null) {
      message.send(current);
    }
  }

  @Override
  public void drained() {
    if (state == State.WORKING) {
      pump();
    }
  }

  @Override
  public boolean wantsFlushes() {
    return generator.workload() == Workload.SINK || generator.load().size() > Message.AT_ONCE;
  }

  @Override
  public void flushed() {
    drained();
  }

  @Override
  public void read(ByteBuffer data) {
    switch (generator.workload()) {
      case ECHO, CHURN -> answer(data);
      case SOURCE -> {
        generator.meter().received += data.remaining();
        data.position(data.limit());
        pause = FIRST_PAUSE;
      }
      case SINK, FULL, RESUMED, IDLE -> data.position(data.limit());
    }
  }

  private void answer(ByteBuffer data) {
    if (!message.take(data) || state != State.WORKING) {
      fail("WRONG_ANSWER", "the target answered with other bytes than it was sent");
      return;
    }
    if (!message.isAnswered()) {
      return;
    }
    int size = generator.load().size();
    long now = System.nanoTime();
    took = now - due;
    generator.meter().sent += size;
    generator.meter().received += size;
    if (generator.workload() == Workload.CHURN) {
      end();
      return;
    }
    state = State.READY;
    operates = false;
    pause = FIRST_PAUSE;
    generator.done(due, took);
    generator.free(this);
  }
}
