package dev.ferrule.cli;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopGroup;
import dev.ferrule.LoopSetup;
import dev.ferrule.ServerSetup;
import dev.ferrule.SocketSetup;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.cli.starttls.Refused;
import dev.ferrule.cli.starttls.ServerDialogue;
import dev.ferrule.cli.starttls.StartTls;
import dev.ferrule.cli.tunnel.KernelNotices;
import dev.ferrule.event.Endpoint;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.Notice;
import dev.ferrule.event.TcpAcceptError;
import dev.ferrule.event.TcpEof;
import dev.ferrule.event.TcpError;
import dev.ferrule.proxy.ProxyHeader;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslAdmission;
import dev.ferrule.ssl.SslChoice;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The servers of {@code ferrule serve}, one on each loop, and their connections. */
final class ServeRun {
  private static final Duration TALK_LIMIT = Duration.ofSeconds(10);

  private final Stdio stdio;
  private final Verbosity verbosity;
  private final Listening listening;
  private final ServerOptions served;
  private final RecordingOptions recording;
  private final KernelNotices kernelNotices = new KernelNotices();
  private final @Nullable SslReload reload;
  private final @Nullable SslAdmission admission;
  private final @Nullable ServeStatus status;

  /**
   * Where it listens, and what it does with connections.
   *
   * @param host an address; null for every one
   * @param port 0 for a free one
   * @param mode what it does with connections
   * @param startTls the protocol in which they begin in plain text; null when they do not
   * @param statusLine where the status is told; null where it is not
   */
  record Listening(
      @Nullable String host,
      int port,
      Mode mode,
      @Nullable StartTls startTls,
      @Nullable String statusLine) {}

  /** {@code reload}: null without SSL; {@code status}: null where nobody asks for it. */
  ServeRun(
      Stdio stdio,
      Verbosity verbosity,
      Listening listening,
      ServerOptions served,
      RecordingOptions recording,
      @Nullable SslReload reload,
      @Nullable ServeStatus status) {
    this.stdio = stdio;
    this.verbosity = verbosity;
    this.listening = listening;
    this.served = served;
    this.recording = recording;
    this.reload = reload;
    this.admission = served.admission();
    this.status = status;
  }

  /** Serves until it is asked to stop. */
  void run(LoopSetup loops, int count, String poller) {
    AtomicInteger toOpen = new AtomicInteger(count);
    loops.run(loop -> {
      if (status != null) {
        status.begin(loop);
      }
      TcpServer server = open(loop);
      if (toOpen.decrementAndGet() == 0) {
        ready(loop.group(), server, poller);
      }
    });
  }

  private TcpServer open(EventLoop loop) {
    SslReload contexts = reload;
    if (contexts == null || listening.startTls != null) {
      return opened(common(Tcp.server(loop, listening.host, listening.port)));
    }
    var setup = Ssl.server(loop, listening.host, listening.port).context(contexts.context());
    setup.onSecure(this::secure);
    if (verbosity.verbose) {
      setup.onHello(this::hello);
    }
    if (admission != null) {
      setup.admission(admission);
    }
    SslServer server = opened(common(setup));
    contexts.supply(server);
    return server;
  }

  /** What the poller cannot set is wrong usage. */
  private static <V extends TcpServer> V opened(ServerSetup<?, V, ?> setup) {
    try {
      return setup.open();
    } catch (IllegalArgumentException e) {
      throw new ToolError(Exit.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** All loops listen. */
  private void ready(LoopGroup loops, TcpServer server, String poller) {
    String address = Target.shown(server.localAddress());
    if (status != null) {
      status.ready(address);
    }
    Signals.onStop(() -> {
      if (status != null) {
        status.draining();
      }
      GracefulShutdown.begin(loops);
    });
    String provider = reload == null ? "none" : reload.context().provider();
    stdio.text().println("READY " + address + " provider=" + provider + " poller=" + poller);
    if (listening.statusLine != null) {
      stdio.text().println(listening.statusLine);
    }
    stdio.check(); // a script that waits for the READY line would wait for ever
  }

  private <S extends TcpSocket, V extends TcpServer, B extends ServerSetup<S, V, B>> B common(
      B setup) {
    recording.capture(setup);
    served.apply(setup);
    if (status != null || listening.startTls != null) {
      setup.onConnect(this::known).onClose(this::closed);
    } else if (reload == null) {
      setup.onConnect(listening.mode::ready);
    }
    setup.onEvent(this::event);
    return listening.startTls == null ? answering(setup) : setup;
  }

  /** With the callbacks of its mode. */
  private <S extends TcpSocket, B extends SocketSetup<S, B>> B answering(B setup) {
    if (listening.mode == Mode.SOURCE) {
      setup.waterMarks(256 * 1024, 1024 * 1024); // room for whole batches
      setup.halfOpen(); // a peer may end its output and still want the answer
      setup.onWrite(listening.mode::flushed);
    }
    return setup.onRead(listening.mode::read).onDrain(listening.mode::drained);
  }

  // ---- connections that more is to be known of

  private void known(TcpSocket socket) {
    ServedConnection connection = new ServedConnection(socket);
    if (status != null) {
      status.accepted(connection);
    }
    if (listening.startTls != null) {
      begin(connection, socket, listening.startTls.serverDialogue());
    } else if (reload == null) {
      connection.arrived();
      listening.mode.ready(socket);
    }
  }

  private void closed(TcpSocket socket) {
    ServedConnection connection = ServedConnection.of(socket);
    if (connection != null) {
      connection.endLimit();
      if (status != null) {
        status.closed(connection);
      }
    }
  }

  // ---- STARTTLS

  private void begin(ServedConnection connection, TcpSocket socket, ServerDialogue dialogue) {
    connection.limit(
        socket
            .loop()
            .delay(
                TALK_LIMIT,
                () -> {
                  refused(
                      socket, "ETIMEDOUT", "no STARTTLS within " + TALK_LIMIT.toSeconds() + " s");
                  socket.abort();
                }));
    if (dialogue.needsGreeting()) {
      dialogue.greeted(ByteBuffer.wrap(dialogue.greeting()), socket::write);
    }
    socket.onRead((from, data) -> {
      try {
        if (dialogue.hear(data, from::write)) {
          connection.endLimit();
          wrap(connection, from, dialogue.insideTls());
        }
      } catch (Refused e) {
        refused(from, "STARTTLS", String.valueOf(e.getMessage()));
        from.close();
      }
    });
  }

  private void wrap(ServedConnection connection, TcpSocket plain, byte[] first) {
    if (reload == null) {
      throw new IllegalStateException("STARTTLS without SSL");
    }
    var setup = Ssl.wrap(plain).asServer(reload.context());
    if (admission != null) {
      setup.admission(admission);
    }
    if (verbosity.verbose) {
      setup.onHello(this::hello);
    }
    setup.onSecure((socket, session) -> {
      if (first.length > 0) {
        socket.write(first);
      }
      secure(socket, session);
    });
    connection.wrapped(answering(setup).onEvent(this::event).onClose(this::closed).open());
  }

  private void refused(TcpSocket socket, String code, String why) {
    ServedConnection connection = ServedConnection.of(socket);
    if (status != null && connection != null) {
      status.failed(connection, whom(socket), code);
    }
    if (verbosity.verbose) {
      note(whom(socket) + ": " + why);
    }
  }

  // ---- what happens

  private void hello(SslSocket socket, SslHello hello, SslChoice choice) {
    note(whom(socket) + " sent a " + hello);
    choice.proceed();
  }

  private void secure(TcpSocket socket, SslSession session) {
    if (verbosity.verbose) {
      note(whom(socket) + " is secure: " + session);
    }
    ServedConnection connection = ServedConnection.of(socket);
    if (connection != null) {
      connection.arrived();
    }
    if (status != null) {
      status.secured(session);
    }
    listening.mode.ready(socket);
  }

  private void event(Event event) {
    if (event instanceof Notice && !isNew(event.message())) {
      return;
    }
    if (event instanceof TcpAcceptError || event instanceof Notice) {
      stdio.err().println("ferrule: " + event.message());
      return;
    }
    Endpoint subject = event instanceof TcpError error ? error.socket() : null;
    String whom = subject == null ? "a connection" : whom(subject);
    ServedConnection connection = ServedConnection.of(subject);
    if (status != null && connection != null && event instanceof EventError error) {
      status.failed(connection, whom, error.code());
    }
    if (verbosity.verbose && !(event instanceof TcpEof)) {
      note(whom + ": " + event.message());
      if (event instanceof EventError error) {
        HandshakeLines.of(error).forEach(this::note);
      }
    }
  }

  private boolean isNew(String notice) {
    return kernelNotices.isNew(notice) && recording.isNew(notice);
  }

  /** The client that a proxy has told of, or the peer. */
  private static String whom(Endpoint socket) {
    SocketAddress named =
        socket instanceof TcpSocket tcp
            ? tcp.proxied().flatMap(ProxyHeader::source).orElse(null)
            : null;
    return Target.shown(named == null ? socket.remoteAddress() : named);
  }

  private void note(String line) {
    if (!verbosity.quiet) {
      stdio.err().println("ferrule: " + line);
    }
  }
}
