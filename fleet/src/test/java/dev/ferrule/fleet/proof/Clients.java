package dev.ferrule.fleet.proof;

import dev.ferrule.EventLoop;
import dev.ferrule.fleet.Place;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The clients, on a loop and a thread of their own; one in ten speaks TLS 1.2. Each asks for a name
 * of its own, so that each has its own tickets. What is public here is of any thread.
 */
final class Clients {
  static final String DOMAIN = ".fleet.test";
  private static final Duration BEGIN = Duration.ofSeconds(10);

  /** Handshakes at once, so that machines with few processors begin no more than they can end. */
  private static final int AT_ONCE = 32;

  private final int count;
  private final Place front;
  private final Path authority;
  private final Tally tally;
  private final Random random = new Random(1);
  private final Thread thread = Thread.ofPlatform().name("clients").unstarted(this::run);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Queue<Client> waiting = new ArrayDeque<>();
  private int handshakes;
  private volatile boolean stopping;
  private volatile long cycles;

  Clients(int count, Place front, Path authority, Tally tally) {
    this.count = count;
    this.front = front;
    this.authority = authority;
    this.tally = tally;
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      SslContext newest = context(Protocol.TLS_1_3);
      SslContext older = context(Protocol.TLS_1_2);
      EventLoop.run(loop -> {
        for (int i = 0; i < count; i++) {
          Client client = new Client(this, loop, i % 10 == 5 ? older : newest, i);
          loop.delay(BEGIN.multipliedBy(i).dividedBy(count), client::connect);
        }
      });
    } catch (Throwable e) {
      failure.set(e);
    }
  }

  private SslContext context(Protocol newest) {
    return SslContext.client().trust(authority).maxProtocol(newest).sessions(2 * count).build();
  }

  Place front() {
    return front;
  }

  Tally tally() {
    return tally;
  }

  Random random() {
    return random;
  }

  /** Lets it connect when it is its turn, if there is still time. */
  void enqueue(Client client) {
    waiting.add(client);
    next();
  }

  /** One of those that connected has been echoed, or has failed. */
  void established() {
    handshakes--;
    next();
  }

  private void next() {
    if (stopping) {
      waiting.clear();
    }
    while (handshakes < AT_ONCE && !waiting.isEmpty()) {
      handshakes++;
      waiting.remove().connect();
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // the loop's thread alone writes
  void ended() {
    cycles++;
  }

  /** How many connections have ended. */
  long cycles() {
    return cycles;
  }

  /** Lets each close when it would have, and waits for them. */
  void end() throws InterruptedException {
    stopping = true;
    if (!thread.join(Duration.ofSeconds(60))) {
      throw new AssertionError("the clients do not end");
    }
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw new AssertionError("the clients have failed", thrown);
    }
  }
}
