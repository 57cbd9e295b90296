package dev.ferrule.cli;

import dev.ferrule.ClientSetup;
import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.Tcp;
import dev.ferrule.Timer;
import dev.ferrule.cli.starttls.StartTls;
import dev.ferrule.event.EventError;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * More connections of {@code ferrule connect}, one after the other, to see whether sessions are
 * resumed. Each sends nothing and ends when the peer has, or half a second later.
 */
final class Again {
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final Stdio stdio;
  private final Target target;
  private final SslContext context;
  private final @Nullable String name;
  private final @Nullable StartTls startTls;
  private final @Nullable Fingerprint pin;
  private final Duration limit;
  private final RecordingOptions recording;
  private final Way way;
  private @Nullable ToolError failure;

  /** {@code pin}: of the certificate that each must show; null for any that is verified. */
  Again(
      Stdio stdio,
      Target target,
      SslContext context,
      @Nullable String name,
      @Nullable StartTls startTls,
      @Nullable Fingerprint pin,
      Duration limit,
      RecordingOptions recording,
      Way way) {
    this.stdio = stdio;
    this.target = target;
    this.context = context;
    this.name = name;
    this.startTls = startTls;
    this.pin = pin;
    this.limit = limit;
    this.recording = recording;
    this.way = way;
  }

  /** Connects so many times; throws what failed. */
  void run(Supplier<LoopSetup> loops, int times) {
    for (int i = 1; i <= times; i++) {
      int number = i;
      loops.get().run(loop -> connect(loop, number));
      if (failure != null) {
        throw failure;
      }
    }
  }

  private void connect(EventLoop loop, int number) {
    if (startTls != null) {
      talk(loop, startTls, number);
      return;
    }
    var client =
        target.unix() == null
            ? Ssl.connect(loop, target.host(), target.port())
            : Ssl.connect(loop, target.unix());
    if (name != null) {
      client.serverName(name);
    }
    client
        .context(context)
        .handshakeTimeout(limit)
        .onSecure((socket, session) -> secured(socket, session, number))
        .onRead((socket, data) -> data.position(data.limit()));
    open(client, () -> {});
  }

  private void talk(EventLoop loop, StartTls protocol, int number) {
    Tcp.Client client =
        target.unix() == null
            ? Tcp.connect(loop, target.host(), target.port())
            : Tcp.connect(loop, target.unix());
    StartTlsTalk talk = new StartTlsTalk(target, protocol, name, limit);
    talk.on(
        client,
        context,
        () -> {},
        (socket, session) -> secured(socket, session, number),
        (_, error) -> note(error));
    open(client, talk::end);
  }

  private void open(ClientSetup<?, ?> client, Runnable atEvent) {
    recording.capture(client);
    way.apply(client);
    client
        .connectTimeout(limit)
        .onEvent(event -> {
          atEvent.run();
          if (event instanceof EventError error) {
            note(new ToolError(Exit.of(error, Exit.Phase.SECURING), error.message(), error));
          }
        });
    way.open(client);
  }

  private void note(ToolError error) {
    if (failure == null) {
      failure = error;
    }
  }

  private void secured(SslSocket socket, SslSession session, int number) {
    ToolError refusal = pin == null ? null : pin.refusal(target, session);
    if (refusal != null) {
      failure = refusal;
      socket.abort();
      return;
    }
    stdio
        .err()
        .println(
            "ferrule: again "
                + number
                + ": "
                + (session.resumed() ? "resumed" : "not resumed")
                + ", "
                + session);
    socket.onRead((_, data) -> data.position(data.limit()));
    socket.shutdownOutput(); // and read on, for tickets come behind the handshake
    Timer patience = socket.loop().delay(PATIENCE, socket::close);
    socket.onClose(patience::cancel);
  }
}
