package dev.ferrule.cli;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopSetup;
import dev.ferrule.Timer;
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
      @Nullable Fingerprint pin,
      Duration limit,
      RecordingOptions recording,
      Way way) {
    this.stdio = stdio;
    this.target = target;
    this.context = context;
    this.name = name;
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
    var client =
        target.unix() == null
            ? Ssl.connect(loop, target.host(), target.port())
            : Ssl.connect(loop, target.unix());
    if (name != null) {
      client.serverName(name);
    }
    recording.capture(client);
    way.apply(client);
    way.open(
        client
            .context(context)
            .connectTimeout(limit)
            .handshakeTimeout(limit)
            .onSecure((socket, session) -> secured(socket, session, number))
            .onRead((socket, data) -> data.position(data.limit()))
            .onEvent(event -> {
              if (event instanceof EventError error && failure == null) {
                failure =
                    new ToolError(Exit.of(error, Exit.Phase.SECURING), error.message(), error);
              }
            }));
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
    socket.shutdownOutput(); // and read on, for tickets come behind the handshake
    Timer patience = socket.loop().delay(PATIENCE, socket::close);
    socket.onClose(patience::cancel);
  }
}
