package dev.ferrule.fleet.proof;

import dev.ferrule.EventLoop;
import dev.ferrule.event.Event;
import dev.ferrule.event.TcpEof;
import dev.ferrule.fleet.Place;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;

/**
 * A client that connects, is echoed, waits, is echoed again, closes, and comes back with its
 * ticket. On the loop of {@link Clients}.
 */
final class Client {
  private enum Step {
    HANDSHAKE,
    FIRST_ECHO,
    WAITING,
    LAST_ECHO,
    CLOSING
  }

  private static final byte[] MESSAGE = new byte[64];
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Clients all;
  private final EventLoop loop;
  private final SslContext context;
  private final String name;
  private final int number;
  private Step step = Step.CLOSING;
  private int echoed;
  private long connectedAt;
  private long ticketAt;
  private boolean hasTicket;
  private boolean resumable;
  private String why = "closed";

  Client(Clients all, EventLoop loop, SslContext context, int number) {
    this.all = all;
    this.loop = loop;
    this.context = context;
    this.number = number;
    this.name = "client-" + number + Clients.DOMAIN;
  }

  /** When it is its turn. */
  void connect() {
    Place front = all.front();
    connectedAt = System.nanoTime();
    step = Step.HANDSHAKE;
    resumable = hasTicket && System.nanoTime() - ticketAt < ProofServer.LIFETIME.toNanos();
    Ssl.connect(loop, front.address(), front.port())
        .context(context)
        .serverName(name)
        .connectTimeout(PATIENCE)
        .handshakeTimeout(PATIENCE)
        .readTimeout(PATIENCE)
        .onSecure(this::secure)
        .onRead(this::read)
        .onEvent(this::heard)
        .onClose(this::closed)
        .open();
  }

  private void secure(SslSocket socket, SslSession session) {
    Tally tally = all.tally();
    if (!resumable) {
      tally.first.incrementAndGet();
    } else {
      tally.resumable.incrementAndGet();
      if (session.resumed()) {
        tally.resumed.incrementAndGet();
      } else {
        tally.problem(name + " was not resumed, " + session.protocol());
      }
    }
    say(socket, Step.FIRST_ECHO);
  }

  private void say(SslSocket socket, Step next) {
    step = next;
    echoed = 0;
    socket.write(MESSAGE);
  }

  private void read(SslSocket socket, ByteBuffer data) {
    echoed += data.remaining();
    data.position(data.limit());
    if (echoed < MESSAGE.length) {
      return;
    }
    if (step == Step.FIRST_ECHO) {
      // TLS 1.3: tickets come before what is echoed.
      hasTicket = true;
      ticketAt = System.nanoTime();
      step = Step.WAITING;
      all.established();
      loop.delay(holding(), () -> sayAgain(socket));
    } else {
      step = Step.CLOSING;
      socket.close();
    }
  }

  private void sayAgain(SslSocket socket) {
    if (step == Step.WAITING) {
      say(socket, Step.LAST_ECHO);
    }
  }

  private void heard(Event event) {
    why = event instanceof TcpEof ? "ended by the server" : event.message();
  }

  private void closed() {
    if (step == Step.HANDSHAKE || step == Step.FIRST_ECHO) {
      all.established(); // never
    }
    if (step == Step.HANDSHAKE) {
      all.tally().failed.incrementAndGet();
      all.tally().problem(name + " failed" + after() + why);
    } else if (step != Step.CLOSING) {
      all.tally().cut.incrementAndGet();
      all.tally().problem(name + " was cut at " + step + after() + why);
    }
    step = Step.CLOSING;
    all.ended();
    loop.delay(Duration.ofMillis(4_000 + all.random().nextInt(4_000)), () -> all.enqueue(this));
  }

  private String after() {
    return " after %d ms: ".formatted((System.nanoTime() - connectedAt) / 1_000_000);
  }

  /** One in ten stays longer. */
  private Duration holding() {
    Random random = all.random();
    return Duration.ofMillis(number % 10 == 0 ? 8_000 : 1_000 + random.nextInt(3_000));
  }
}
