package dev.ferrule.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslSocket;
import java.io.PrintStream;
import java.time.Duration;

/**
 * Wraps a socket right after the call that connects it, and writes at once: both wait until it is
 * connected. cl-async: the example of {@code wrap-in-ssl}.
 */
public final class WrapAtOnce {
  private WrapAtOnce() {}

  /** Asks the host of the first argument, on port 443. */
  public static void main(String[] args) {
    String host = args.length > 0 ? args[0] : "www.example.com";
    SslContext context = SslContext.client().build();
    EventLoop.run(loop -> ask(loop, host, 443, context, System.out));
  }

  static SslSocket ask(EventLoop loop, String host, int port, SslContext context, PrintStream out) {
    TcpSocket socket =
        Tcp.connect(loop, host, port)
            .onRead((answered, data) -> out.println("GOT: " + UTF_8.decode(data)))
            .onEvent(event -> out.println("EV: " + event))
            .readTimeout(Duration.ofSeconds(3))
            .open();
    SslSocket secure = Ssl.wrap(socket).asClient(host).context(context).open();
    secure.write("GET /\r\n");
    return secure;
  }
}
