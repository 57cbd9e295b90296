package dev.ferrule.cli.check;

import dev.ferrule.BlockingSocket;
import dev.ferrule.TcpSocket;
import dev.ferrule.cli.starttls.Refused;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Sends hellos, each on a connection of its own, so many at once at most. Any thread; a call holds
 * it up until the answer is there. Once the time for all of them is over, or the server was silent
 * too often, it connects no more, and each answer is silence.
 */
final class Probe {
  private static final int TRIES = 3;
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(300);
  private static final int MOST_SILENT = 12;

  /** Pauses when the server takes no more connections for a while; the next is twice as long. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

  private static final int MOST_PAUSES = 5;

  private static final int CLOSE_NOTIFY = 0;
  private static final int INTERNAL_ERROR = 80;
  private static final int USER_CANCELED = 90;

  private final Peer peer;
  private final byte[] welcome;
  private final Semaphore free;
  private final long end; // by nanoTime
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger silent = new AtomicInteger();
  private final AtomicBoolean bounded = new AtomicBoolean();
  private final KeptChains chains = new KeptChains();
  private final IntConsumer progress;

  /**
   * Prepares it.
   *
   * @param welcome a hello that the server has answered before
   * @param progress hears the number of connections, on the thread that has made one
   */
  Probe(Peer peer, ClientHelloDraft welcome, int parallel, Duration time, IntConsumer progress) {
    this.peer = peer;
    this.welcome = welcome.records();
    this.free = new Semaphore(parallel);
    this.end = System.nanoTime() + time.toNanos();
    this.progress = progress;
  }

  Peer peer() {
    return peer;
  }

  int connections() {
    return connections.get();
  }

  /** Whether not all was asked that should have been. */
  boolean gaveUp() {
    return bounded.get() || silent.get() >= MOST_SILENT || isLate();
  }

  /** Whether the server showed more certificates than are kept. */
  boolean leftOutChains() {
    return chains.leftOut();
  }

  /** Whether the time for all of it is over. */
  boolean isLate() {
    return System.nanoTime() > end;
  }

  /** What the server answers to the hello. */
  ServerAnswer send(ClientHelloDraft hello) {
    return send(hello.records(), Integer.MAX_VALUE);
  }

  /**
   * The same by writes of so many bytes at most, each of which is flushed. What a server may say to
   * anybody can be a refusal of this hello, or of any: then it is sent again later. Twice, while
   * another is welcome, is a refusal of this one.
   */
  ServerAnswer send(byte[] records, int longestWrite) {
    ServerAnswer answer = sendOnce(records, longestWrite);
    Duration pause = FIRST_PAUSE;
    int refusals = 0;
    for (int pauses = 0; isDoubtful(answer); ) {
      if (sendOnce(welcome, Integer.MAX_VALUE) instanceof ServerAnswer.Chosen) {
        if (++refusals == 2) {
          return answer;
        }
      } else {
        if (++pauses > MOST_PAUSES || gaveUp() || !isSlept(pause)) {
          bounded.set(true);
          return new ServerAnswer.Silent();
        }
        refusals = 0;
        pause = pause.multipliedBy(2);
      }
      answer = sendOnce(records, longestWrite);
    }
    return answer;
  }

  /** Whether a server may say that to anybody, when it has enough clients. */
  private static boolean isDoubtful(ServerAnswer answer) {
    return switch (answer) {
      case ServerAnswer.Ended _ -> true;
      case ServerAnswer.Refused(int alert) ->
          alert == CLOSE_NOTIFY || alert == INTERNAL_ERROR || alert == USER_CANCELED;
      default -> false;
    };
  }

  private static boolean isSlept(Duration pause) {
    try {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private ServerAnswer sendOnce(byte[] records, int longestWrite) {
    ServerAnswer answer =
        attempt(
            socket -> {
              OutputStream out = socket.output();
              for (int at = 0; at < records.length; at += longestWrite) {
                out.write(records, at, Math.min(longestWrite, records.length - at));
                out.flush();
                if (longestWrite > records.length) {
                  break;
                }
              }
              return ServerFlight.read(socket.input(), peer.limit());
            },
            new ServerAnswer.Silent());
    if (answer instanceof ServerAnswer.Silent) {
      silent.incrementAndGet();
    }
    return answer instanceof ServerAnswer.Chosen chosen ? chains.keep(chosen) : answer;
  }

  /** What is done in its turn. */
  @FunctionalInterface
  interface Step<R, E extends Exception> {
    R take() throws E;
  }

  /** Waits for its turn, among the connections that there may be at once, and counts as one. */
  <R, E extends Exception> R inTurn(Step<R, E> step) throws E {
    free.acquireUninterruptibly();
    try {
      progress.accept(connections.incrementAndGet());
      return step.take();
    } finally {
      free.release();
    }
  }

  /** What is done with a connection at the point where TLS begins; aborted behind it. */
  @FunctionalInterface
  interface Use<R> {
    R with(BlockingSocket<TcpSocket> socket) throws IOException;
  }

  /** Connects, more than once where that fails, as servers do that bound their clients. */
  <R> R attempt(Use<R> use, R otherwise) {
    for (int tries = 1; !gaveUp(); tries++) {
      free.acquireUninterruptibly();
      boolean connected = false;
      try {
        progress.accept(connections.incrementAndGet());
        BlockingSocket<TcpSocket> socket = peer.connect();
        connected = true;
        try {
          return use.with(socket);
        } finally {
          socket.abort();
        }
      } catch (IOException | Refused e) {
        if (connected || tries == TRIES) {
          silent.incrementAndGet();
          return otherwise;
        }
      } finally {
        free.release();
      }
      if (!isSlept(BETWEEN_TRIES)) {
        return otherwise;
      }
    }
    return otherwise;
  }
}
