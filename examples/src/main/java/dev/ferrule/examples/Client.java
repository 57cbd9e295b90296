package dev.ferrule.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import java.io.PrintStream;
import java.time.Duration;

/** Connects, asks, and prints what comes. cl-async: {@code tcp-ssl-connect}. */
public final class Client {
  private Client() {}

  /** Asks the host of the first argument, on port 443. */
  public static void main(String[] args) {
    String host = args.length > 0 ? args[0] : "www.example.com";
    EventLoop.run(loop -> ask(loop, host, 443, System.out).open());
  }

  static SslClientSetup ask(EventLoop loop, String host, int port, PrintStream out) {
    return Ssl.connect(loop, host, port)
        .data("GET /\r\n")
        .onRead((socket, data) -> out.println("GOT: " + UTF_8.decode(data)))
        .onEvent(event -> out.println("EV: " + event))
        .readTimeout(Duration.ofSeconds(3));
  }
}
