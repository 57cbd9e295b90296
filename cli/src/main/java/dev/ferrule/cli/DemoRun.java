package dev.ferrule.cli;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.Timer;
import dev.ferrule.cli.Exit.Phase;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSession;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The steps of the demonstration, one after the other on one loop. */
final class DemoRun {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String HOST = "localhost";
  private static final String LOOPBACK = "127.0.0.1";
  private static final String LINE = "hello over a secure line";
  private static final String WISH = "STARTTLS";
  private static final String CONSENT = "go ahead";

  private final StepTimer timer;
  private final SslContext serverSide;
  private final SslContext clientSide;
  private final String poller;
  private final boolean checked;
  private final EventLoop loop;
  private final Timer limit;
  private @Nullable ToolError failure;
  private boolean done;

  private DemoRun(
      StepTimer timer,
      SslContext serverSide,
      SslContext clientSide,
      SharedOptions shared,
      EventLoop loop) {
    this.timer = timer;
    this.serverSide = serverSide;
    this.clientSide = clientSide;
    this.poller = shared.chosenPoller().name();
    this.checked = shared.verify != SharedOptions.Check.none;
    this.loop = loop;
    this.limit =
        loop.delay(
            LIMIT,
            () -> fail(new ToolError(Exit.FAILED, "the demonstration was not done within 10 s")));
  }

  /** Runs all steps. */
  static void run(
      StepTimer timer,
      SslContext server,
      SslContext client,
      SharedOptions shared,
      LoopSetup setup) {
    DemoRun[] run = new DemoRun[1];
    setup.run(loop -> {
      run[0] = new DemoRun(timer, server, client, shared, loop);
      run[0].serve();
    });
    ToolError failed = run[0].failure;
    if (failed != null) {
      throw failed;
    }
    if (!run[0].done) {
      throw new ToolError(Exit.FAILED, "the demonstration ended before it was done");
    }
  }

  // ---- SSL from the first byte

  private void serve() {
    TcpServer server =
        Ssl.server(loop, LOOPBACK, 0)
            .context(serverSide)
            .onRead(TcpSocket::write)
            .onEvent(this::event)
            .open();
    timer.done(
        "serve",
        "%s provider=%s poller=%s"
            .formatted(Target.shown(server.localAddress()), serverSide.provider(), poller));
    connect(server);
  }

  private void connect(TcpServer server) {
    LineInput answer = new LineInput();
    Ssl.connect(loop, LOOPBACK, server.port())
        .serverName(HOST)
        .context(clientSide)
        .onSecure((socket, session) -> {
          timer.done("connect", facts(session));
          socket.write(LINE + "\n");
        })
        .onRead((socket, data) -> {
          if (cameBack(answer, data)) {
            timer.done("exchange", "a line went there and came back");
            server.close();
            socket.onClose(this::startTls);
            socket.close();
          }
        })
        .onEvent(this::event)
        .open();
  }

  // ---- plain first, then wrapped

  private void startTls() {
    TcpServer server =
        Tcp.server(loop, LOOPBACK, 0)
            .onConnect(socket -> listenForWish(socket))
            .onEvent(this::event)
            .open();
    Tcp.connect(loop, LOOPBACK, server.port())
        .onConnect(socket -> {
          timer.done("plain", "connected to " + Target.shown(server.localAddress()));
          socket.write(WISH + "\n");
          listenForConsent(socket, server);
        })
        .onEvent(this::event)
        .open();
  }

  private void listenForWish(TcpSocket socket) {
    LineInput wish = new LineInput();
    socket.onRead((plain, data) -> {
      if (WISH.equals(wish.read(data))) {
        plain.write(CONSENT + "\n");
        Ssl.wrap(plain).asServer(serverSide).onRead(TcpSocket::write).open();
      }
    });
  }

  private void listenForConsent(TcpSocket socket, TcpServer server) {
    LineInput consent = new LineInput();
    socket.onRead((plain, data) -> {
      if (CONSENT.equals(consent.read(data))) {
        timer.done("starttls", "asked, and was told to go ahead");
        server.close();
        wrap(plain);
      }
    });
  }

  private void wrap(TcpSocket plain) {
    LineInput answer = new LineInput();
    Ssl.wrap(plain)
        .asClient(HOST)
        .context(clientSide)
        .onSecure((socket, session) -> {
          timer.done("wrap", facts(session));
          socket.write(LINE + "\n");
        })
        .onRead((socket, data) -> {
          if (cameBack(answer, data)) {
            timer.done("exchange", "a line went there and came back");
            done = true;
            limit.cancel();
            socket.close();
          }
        })
        .open();
  }

  // ---- small things

  private boolean cameBack(LineInput answer, ByteBuffer data) {
    String line = answer.read(data);
    if (line != null && !line.equals(LINE)) {
      fail(new ToolError(Exit.FAILED, "what came back is not what was sent"));
    }
    return LINE.equals(line);
  }

  private String facts(SslSession session) {
    return session + (checked ? "; the certificate was checked" : "; nothing was checked");
  }

  private void event(Event event) {
    if (event instanceof EventError error && !done) {
      fail(new ToolError(Exit.of(error, Phase.SECURING), error.message(), error));
    }
  }

  /** Keeps the first failure, because it usually caused the later ones. */
  private void fail(ToolError error) {
    if (failure == null) {
      failure = error;
    }
    loop.exit();
  }
}
