package dev.ferrule.cli;

import dev.ferrule.ClientSetup;
import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.cli.Exit.Phase;
import dev.ferrule.cli.starttls.StartTls;
import dev.ferrule.event.Event;
import dev.ferrule.event.EventError;
import dev.ferrule.event.Notice;
import dev.ferrule.event.TcpEof;
import dev.ferrule.host.SafeText;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One connection of {@code ferrule connect}, from the name to the last byte. Standard input is not
 * read before the peer has been verified, its pin included.
 */
final class Conversation {
  private final Stdio stdio;
  private final Verbosity verbosity;
  private final Target target;
  private final @Nullable SslContext context;
  private final @Nullable String name;
  private final @Nullable StartTls startTls;
  private final @Nullable Fingerprint pin;
  private final Duration limit;
  private final @Nullable Duration shutdownAfter;
  private final RecordingOptions recording;
  private final StdinReader stdin;
  private final Way way;
  private @Nullable StdoutWriter stdout;
  private @Nullable StartTlsTalk talk;
  private @Nullable ToolError failure;
  private Phase phase = Phase.CONNECTING;
  private boolean ended;

  /**
   * Prepares a connection.
   *
   * @param context null for a plain connection
   * @param shutdownAfter time without activity after the end of standard input; null for never
   */
  Conversation(
      Stdio stdio,
      Verbosity verbosity,
      Target target,
      @Nullable SslContext context,
      @Nullable String name,
      @Nullable StartTls startTls,
      @Nullable Fingerprint pin,
      Duration limit,
      @Nullable Duration shutdownAfter,
      RecordingOptions recording,
      Way way) {
    this.stdio = stdio;
    this.verbosity = verbosity;
    this.target = target;
    this.context = context;
    this.name = name;
    this.startTls = startTls;
    this.pin = pin;
    this.limit = limit;
    this.shutdownAfter = shutdownAfter;
    this.recording = recording;
    this.way = way;
    this.stdin = new StdinReader(stdio.in());
  }

  /** Runs the connection to its end, and throws the failure if there is one. */
  int run(LoopSetup loops) {
    loops.run(this::open);
    StdoutWriter out = stdout;
    if (out != null) {
      try {
        out.finish();
      } catch (IOException e) {
        throw Stdio.untaken(e);
      } catch (InterruptedException e) {
        throw new ToolError(Exit.FAILED, "interrupted", e);
      }
    }
    ToolError failed = failure;
    if (failed != null) {
      throw failed;
    }
    if (!ended) {
      throw new ToolError(Exit.FAILED, "the connection to " + target + " ended without a word");
    }
    return Exit.CLEAN;
  }

  private void open(EventLoop loop) {
    SslContext ssl = context;
    if (ssl == null || startTls != null) {
      Tcp.Client client =
          target.unix() == null
              ? Tcp.connect(loop, target.host(), target.port())
              : Tcp.connect(loop, target.unix());
      if (ssl != null && startTls != null) {
        StartTlsTalk before = new StartTlsTalk(target, startTls, name, limit);
        talk = before;
        before.on(client, ssl, () -> phase = Phase.SECURING, this::secured, (_, e) -> note(e));
      } else {
        client.onConnect(this::accepted);
      }
      way.open(common(client));
      return;
    }
    var client =
        target.unix() == null
            ? Ssl.connect(loop, target.host(), target.port())
            : Ssl.connect(loop, target.unix());
    if (name != null) {
      client.serverName(name);
    }
    client.context(ssl).onConnect(s -> phase = Phase.SECURING).onSecure(this::secured);
    way.open(common(client).handshakeTimeout(limit));
  }

  private <S extends TcpSocket, B extends ClientSetup<S, B>> B common(B client) {
    recording.capture(client);
    way.apply(client);
    return client.onEvent(this::event).connectTimeout(limit);
  }

  private void endTalk() {
    if (talk != null) {
      talk.end();
    }
  }

  // ---- the conversation itself

  private void secured(SslSocket socket, SslSession session) {
    ToolError refusal = pin == null ? null : pin.refusal(target, session);
    if (refusal != null) {
      fail(socket, refusal);
      return;
    }
    say("secure with " + target + ": " + session);
    if (verbosity.verbose) {
      for (X509Certificate certificate : session.peerChain()) {
        say(
            "certificate "
                + SafeText.of(certificate.getSubjectX500Principal().getName())
                + ", until "
                + certificate.getNotAfter().toInstant()
                + ", SHA-256 "
                + Fingerprint.of(certificate));
      }
    }
    accepted(socket);
  }

  /** The peer is verified; starts to copy in both directions. */
  private void accepted(TcpSocket socket) {
    phase = Phase.DATA;
    if (context == null) {
      say("connected to " + target + " in plain text");
    }
    StdoutWriter out = StdoutWriter.start(stdio.out(), socket);
    stdout = out;
    IdleShutdown shutdown =
        new IdleShutdown(socket, shutdownAfter, out::isPaused, System::nanoTime);
    socket.onRead((s, data) -> {
      shutdown.activity();
      out.take(data);
    });
    out.onResume(shutdown::activity);
    socket.onWrite(s -> shutdown.activity());
    socket.onDrain(s -> stdin.drained());
    socket.onClose(shutdown::cancel);
    stdin.start(socket, problem -> endInput(socket, shutdown, problem));
  }

  private void endInput(TcpSocket socket, IdleShutdown shutdown, @Nullable IOException problem) {
    if (problem != null) {
      fail(
          socket,
          new ToolError(
              Exit.FAILED, "standard input cannot be read: " + problem.getMessage(), problem));
    } else {
      shutdown.begin();
    }
  }

  private void event(Event event) {
    if (event instanceof Notice) {
      if (recording.isNew(event.message())) {
        stdio.err().println("ferrule: " + event.message());
      }
      return;
    }
    endTalk();
    if (event instanceof EventError error) {
      if (verbosity.verbose) {
        HandshakeLines.of(error).forEach(this::say);
      }
      note(new ToolError(Exit.of(error, phase), error.message(), error));
    } else if (event instanceof TcpEof && phase == Phase.SECURING) {
      note(new ToolError(Exit.TLS, target + " ended the connection before TLS began"));
    } else if (event instanceof TcpEof) {
      ended = true;
    }
  }

  private void fail(TcpSocket socket, ToolError error) {
    note(error);
    endTalk();
    socket.abort();
  }

  /** Keeps the first failure, because it usually caused the later ones. */
  private void note(ToolError error) {
    if (failure == null) {
      failure = error;
    }
  }

  private void say(String line) {
    if (!verbosity.quiet) {
      stdio.err().println("ferrule: " + line);
    }
  }
}
