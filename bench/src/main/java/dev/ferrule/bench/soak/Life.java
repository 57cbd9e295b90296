package dev.ferrule.bench.soak;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpEof;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslServer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One loop with its own contexts: it makes connections, some at a time, and exits while some are
 * still open. Confined to the thread that runs it.
 */
final class Life {
  static final String HOST = "127.0.0.1";
  private static final List<Way> WAYS = List.of(Way.values());
  private static final int AT_ONCE = 16;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration STALLED = Duration.ofMillis(500);
  private static final Duration CONNECT = Duration.ofSeconds(30);
  private static final Duration HANDSHAKE = Duration.ofSeconds(10);
  private static final Duration CLOSE = Duration.ofSeconds(3);
  private static final byte[] LINE = "a line of data, and its echo\n".getBytes(UTF_8);

  /** What the ends of one connection have in common. */
  private static final class Course {
    final Way way;
    long received;

    Course(Way way) {
      this.way = way;
    }
  }

  private final Choices choices;
  private final long first;
  private final int count;
  private final Map<Way, Integer> done = new EnumMap<>(Way.class);
  private final Map<Way, Integer> secured = new EnumMap<>(Way.class);
  private final Map<Way, SslServer> servers = new EnumMap<>(Way.class);
  private final Random random;
  private int started;
  private int ended;
  private @Nullable String trouble;
  private @Nullable SslContext trusting;
  private @Nullable SslContext doubting;

  /**
   * @param first the number of the first connection: it chooses where the later ones are cut
   * @param count connections to make
   */
  Life(Choices choices, long first, int count) {
    this.choices = choices;
    this.first = first;
    this.count = count;
    this.random = new Random(first);
  }

  /** Returns when the loop has ended. */
  void run() {
    LoopSetup setup = EventLoop.setup();
    if (choices.poller() != null) {
      setup.poller(choices.poller());
    }
    setup.run(this::begin);
    if (trouble != null) {
      throw new IllegalStateException(trouble);
    }
  }

  /** How many connections ended in each way. */
  Map<Way, Integer> done() {
    return done;
  }

  /** How many of them the client saw secure. */
  Map<Way, Integer> secured() {
    return secured;
  }

  private void begin(EventLoop loop) {
    Credentials shown = Credentials.of(choices.identity().key(), choices.identity().chain());
    SslContext serving = chosen(SslContext.server().credentials(shown)).build();
    trusting = chosen(SslContext.client().trust(choices.trusted())).build();
    doubting = chosen(SslContext.client().trust(choices.others())).build();
    for (Way way : WAYS) {
      if (way != Way.GARBAGE) {
        servers.put(way, serve(loop, serving, way));
      }
    }
    loop.delay(
        choices.longer(PATIENCE),
        () -> {
          trouble = "connections did not end: " + ended + " of " + count + " did, " + loop.stats();
          loop.exit();
        });
    for (int i = 0; i < Math.min(AT_ONCE, count); i++) {
      next(loop);
    }
  }

  private SslContextBuilder chosen(SslContextBuilder context) {
    return choices.provider() == null ? context : context.provider(choices.provider());
  }

  private SslServer serve(EventLoop loop, SslContext context, Way way) {
    return Ssl.server(loop, HOST, 0)
        .context(context)
        .handshakeTimeout(choices.longer(HANDSHAKE))
        .closeTimeout(choices.longer(CLOSE))
        .onConnect(
            socket -> end(socket, way, Way.SERVER_CLOSES_IN_CONNECT, Way.SERVER_ABORTS_IN_CONNECT))
        .onSecure((socket, session) ->
            end(socket, way, Way.SERVER_CLOSES_IN_SECURE, Way.SERVER_ABORTS_IN_SECURE))
        .onRead((socket, data) -> {
          socket.write(data);
          end(socket, way, Way.SERVER_CLOSES, Way.SERVER_ABORTS);
        })
        .onEvent(event -> {
          if (event instanceof TcpEof eof) {
            end(eof.socket(), way, Way.SERVER_CLOSES_IN_EVENT, Way.SERVER_ABORTS_IN_EVENT);
          }
        })
        .open();
  }

  private static void end(TcpSocket socket, Way way, Way closes, Way aborts) {
    if (way == closes) {
      socket.close();
    } else if (way == aborts) {
      socket.abort();
    }
  }

  private void next(EventLoop loop) {
    if (started == count) {
      if (ended == count) {
        loop.exit();
      }
      return;
    }
    long number = first + started++;
    Way way = WAYS.get((int) (number % WAYS.size()));
    if (way == Way.GARBAGE) {
      garbage(loop);
    } else {
      connect(loop, new Course(way), number / WAYS.size());
    }
  }

  private void garbage(EventLoop loop) {
    byte[] noise = new byte[1 + random.nextInt(3000)];
    random.nextBytes(noise);
    SslServer server = requireNonNull(servers.get(Way.CLIENT_CLOSES));
    Tcp.connect(loop, HOST, server.port())
        .data(noise)
        .onConnect(TcpSocket::shutdownOutput)
        .halfOpen()
        .onRead((socket, data) -> {})
        .onEvent(event -> {})
        .onClose(socket -> ended(loop, new Course(Way.GARBAGE)))
        .open();
  }

  private void connect(EventLoop loop, Course course, long round) {
    Way way = course.way;
    int port = requireNonNull(servers.get(way)).port();
    if (way.relayed()) {
      port = Relay.open(loop, port, way == Way.DAMAGED, round * 37 % 4000);
    }
    SslContext context = way == Way.WRONG_ISSUER ? doubting : trusting;
    Ssl.connect(loop, HOST, port)
        .context(requireNonNull(context))
        .connectTimeout(choices.longer(CONNECT))
        .handshakeTimeout(choices.longer(HANDSHAKE))
        .closeTimeout(choices.longer(CLOSE))
        .data(LINE)
        .onConnect(
            socket -> end(socket, way, Way.CLIENT_CLOSES_IN_CONNECT, Way.CLIENT_ABORTS_IN_CONNECT))
        .onSecure((socket, session) -> {
          secured.merge(way, 1, Integer::sum);
          end(socket, way, Way.CLIENT_CLOSES_IN_SECURE, Way.CLIENT_ABORTS_IN_SECURE);
        })
        .onWrite(socket -> end(socket, way, Way.CLIENT_CLOSES_IN_WRITE, Way.CLIENT_CLOSES_IN_WRITE))
        .onRead((socket, data) -> {
          course.received += data.remaining();
          if (course.received >= LINE.length) {
            echoed(loop, socket, course);
          }
        })
        // A changed length makes a record that never comes whole.
        .readTimeout(way == Way.DAMAGED ? choices.longer(STALLED) : null)
        .onEvent(event -> {
          if (event instanceof TcpTimeout timeout && timeout.socket() instanceof TcpSocket socket) {
            socket.abort();
          }
        })
        .onClose(socket -> ended(loop, course))
        .open();
  }

  private void echoed(EventLoop loop, TcpSocket socket, Course course) {
    switch (course.way) {
      case CLIENT_CLOSES, CUT, DAMAGED -> socket.close();
      case CLIENT_ABORTS -> socket.abort();
      case HALF_CLOSE, SERVER_CLOSES_IN_EVENT, SERVER_ABORTS_IN_EVENT -> socket.shutdownOutput();
      case LEFT_OPEN -> ended(loop, course);
      default -> {
        // the server's turn
      }
    }
  }

  private void ended(EventLoop loop, Course course) {
    if (ended >= count) {
      return; // the loop is ending, and what was left open with it
    }
    if (course.way.echoes() && course.received < LINE.length) {
      trouble = course.way + " ended before its echo";
      loop.exit();
      return;
    }
    ended++;
    done.merge(course.way, 1, Integer::sum);
    loop.delay(Duration.ZERO, () -> next(loop));
  }
}
