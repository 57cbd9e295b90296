package dev.ferrule.cli;

import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.Timer;
import dev.ferrule.cli.starttls.Dialogue;
import dev.ferrule.cli.starttls.Refused;
import dev.ferrule.cli.starttls.StartTls;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a client of {@code ferrule connect} says in plain text (STARTTLS), and the handshake behind
 * it, each within the time limit. Belongs to the loop of its connection.
 */
final class StartTlsTalk {
  private final Target target;
  private final StartTls protocol;
  private final String name;
  private final Duration limit;
  private @Nullable Timer timer;

  /** {@code name} is verified; behind a Unix-domain socket nobody has one, and it may be null. */
  StartTlsTalk(Target target, StartTls protocol, @Nullable String name, Duration limit) {
    this.target = target;
    this.protocol = protocol;
    this.name = name == null ? "localhost" : name;
    this.limit = limit;
  }

  /**
   * Prepares a client.
   *
   * @param connected runs when the talk begins
   * @param refused hears why there is no TLS; the socket is aborted behind it
   */
  Tcp.Client on(
      Tcp.Client client,
      SslContext context,
      Runnable connected,
      BiConsumer<SslSocket, SslSession> secured,
      BiConsumer<TcpSocket, ToolError> refused) {
    Dialogue dialogue = protocol.dialogue(name);
    client.onConnect(socket -> {
      connected.run();
      timer = socket.loop().delay(limit, () -> refuse(socket, tooLong(), refused));
      dialogue.begin(socket::write);
    });
    return client.onRead((socket, data) -> {
      try {
        if (dialogue.hear(data, socket::write)) {
          end();
          wrap(socket, context, secured);
        }
      } catch (Refused e) {
        refuse(socket, new ToolError(Exit.TLS, "STARTTLS: " + e.getMessage(), e), refused);
      }
    });
  }

  private void wrap(
      TcpSocket socket, SslContext context, BiConsumer<SslSocket, SslSession> secured) {
    Ssl.wrap(socket)
        .asClient(name)
        .context(context)
        .handshakeTimeout(limit)
        .onSecure(secured)
        .open();
  }

  private ToolError tooLong() {
    return new ToolError(
        Exit.TLS,
        "STARTTLS: no agreement within %s s (does %s speak %s?)"
            .formatted(limit.toMillis() / 1000.0, target, protocol));
  }

  private void refuse(TcpSocket socket, ToolError error, BiConsumer<TcpSocket, ToolError> refused) {
    end();
    refused.accept(socket, error);
    socket.abort();
  }

  /** Stops the time limit of the talk. */
  void end() {
    Timer running = timer;
    if (running != null) {
      running.cancel();
      timer = null;
    }
  }
}
