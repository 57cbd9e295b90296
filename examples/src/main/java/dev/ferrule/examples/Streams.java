package dev.ferrule.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.AsyncStream;
import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import java.io.PrintStream;
import java.nio.ByteBuffer;

/**
 * Reads from a stream, which keeps what came until it is read. cl-async: {@code :stream t}, and
 * {@code wrap-in-ssl} of a stream.
 */
public final class Streams {
  private Streams() {}

  /** Asks the host of the first argument, on port 443. */
  public static void main(String[] args) {
    String host = args.length > 0 ? args[0] : "www.example.com";
    SslContext context = SslContext.client().build();
    EventLoop.run(loop -> ask(loop, host, 443, context, System.out));
  }

  static AsyncStream ask(
      EventLoop loop, String host, int port, SslContext context, PrintStream out) {
    AsyncStream stream =
        Ssl.connect(loop, host, port)
            .context(context)
            .onStream((socket, input) -> print(input, out))
            .onEvent(event -> out.println("EV: " + event))
            .openStream();
    stream.write("GET /\r\n"); // waits until the handshake is done
    return stream;
  }

  /** The stream of a plain socket goes on with what is decrypted, once it has been wrapped. */
  static void wrap(EventLoop loop, String host, int port, SslContext context, PrintStream out) {
    Tcp.connect(loop, host, port)
        .onConnect(plain -> secure(plain, host, context))
        .onStream((socket, input) -> print(input, out))
        .onEvent(event -> out.println("EV: " + event))
        .openStream();
  }

  private static void secure(TcpSocket plain, String host, SslContext context) {
    AsyncStream stream = plain.stream();
    Ssl.wrap(stream).asClient(host).context(context).open();
    stream.write("GET /\r\n");
  }

  private static void print(AsyncStream input, PrintStream out) {
    ByteBuffer buffer = ByteBuffer.allocate(1024);
    while (input.read(buffer) > 0) { // never waits: 0 is nothing more, for now
      out.println("READ: " + UTF_8.decode(buffer.flip()));
      buffer.clear();
    }
  }
}
