package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.function.Predicate;

/** Asks a status server, with requests as they are written. */
record StatusClient(String address) {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Of a tool whose READY lines end with its STATUS. */
  static StatusClient of(RunningTool tool) throws IOException {
    String line = tool.line();
    while (line != null && !line.startsWith("STATUS ")) {
      line = tool.line();
    }
    if (line == null) {
      throw new IOException("no STATUS: " + tool.err());
    }
    return new StatusClient(line.substring("STATUS ".length()));
  }

  Socket open() throws IOException {
    Target target = Target.parse(address);
    Socket socket = new Socket(target.host(), target.port());
    socket.setSoTimeout((int) LIMIT.toMillis());
    return socket;
  }

  /** All that is answered; empty when the connection is closed or reset. */
  String raw(String request) throws IOException {
    try (Socket socket = open()) {
      try {
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        return new String(socket.getInputStream().readAllBytes(), UTF_8);
      } catch (java.net.SocketException e) {
        return "";
      }
    }
  }

  /** Head and body. */
  String get(String path) throws IOException {
    return raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  /** 0 when there is no answer. */
  static int status(String answer) {
    return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
  }

  String body(String path) throws IOException {
    String answer = get(path);
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  /** Asks until the answer is as it should be. */
  String await(String path, Predicate<String> fits) throws IOException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      String answer = get(path);
      if (fits.test(answer)) {
        return answer;
      } else if (System.nanoTime() - end > 0) {
        throw new AssertionError(path + " says for too long: " + answer);
      }
      Thread.onSpinWait();
    }
  }
}
