package dev.ferrule.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import java.io.PrintStream;
import java.nio.ByteBuffer;

/**
 * Begins in plain text and goes on over SSL, as STARTTLS does. cl-async: {@code wrap-in-ssl} of a
 * socket.
 */
public final class Wrap {
  private Wrap() {}

  /** Asks the server of the first argument, on port 2525. */
  public static void main(String[] args) {
    String host = args.length > 0 ? args[0] : "localhost";
    SslContext context = SslContext.client().build(); // files and settings are checked here
    EventLoop.run(loop -> ask(loop, host, 2525, context, System.out));
  }

  static void ask(EventLoop loop, String host, int port, SslContext context, PrintStream out) {
    Tcp.connect(loop, host, port)
        .data("STARTTLS\r\n")
        .onRead((socket, data) -> agreed(socket, data, host, context, out))
        .onEvent(event -> out.println("EV: " + event))
        .open();
  }

  private static void agreed(
      TcpSocket plain, ByteBuffer data, String host, SslContext context, PrintStream out) {
    out.println("PLAIN: " + UTF_8.decode(data)); // all of it: what is left over fails the upgrade
    Ssl.wrap(plain) // from here on, plain is not to be used any more
        .asClient(host)
        .context(context)
        .onSecure((socket, session) -> socket.write("who are you?\r\n"))
        .onRead((socket, answer) -> out.println("SECURE: " + UTF_8.decode(answer)))
        .onClose(() -> out.println("closed"))
        .open();
  }
}
