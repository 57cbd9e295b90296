package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.tests.Pki;
import java.nio.ByteBuffer;
import java.util.List;

/** A client's control connection of FTP: logs in over SSL, then goes on in the clear. */
final class FtpSession {
  private static final List<String> COMMANDS =
      List.of("AUTH TLS", "USER joe", "PASS word", "CCC", "NOOP", "PWD", "QUIT");

  /** Codes of the answers, "(ssl)" behind those that came encrypted. */
  final Notes<String> lines = new Notes<>();

  final Notes<Event> events = new Notes<>();
  private final Protocol version;
  private final StringBuilder text = new StringBuilder();
  private int next;

  FtpSession(Protocol version) {
    this.version = version;
  }

  void read(TcpSocket socket, ByteBuffer data) {
    text.append(UTF_8.decode(data));
    for (int end; (end = text.indexOf("\r\n")) >= 0; ) {
      String line = text.substring(0, end);
      text.delete(0, end + 2);
      if (line.charAt(3) == ' ') { // the last line of an answer
        lines.add(line.substring(0, 3) + (socket instanceof SslSocket ? " (ssl)" : ""));
        answered(socket);
      }
    }
  }

  private void answered(TcpSocket socket) {
    String last = next == 0 ? "" : COMMANDS.get(next - 1);
    switch (last) {
      case "AUTH TLS" ->
          Ssl.wrap(socket)
              .asClient("localhost")
              .trust(Pki.TRUST)
              .maxProtocol(version)
              .onSecure((secure, session) -> say(secure))
              .onEvent(events::add)
              .open();
      case "CCC" ->
          ((SslSocket) socket)
              .unwrap()
              .onConnect(this::say)
              .onRead(this::read)
              .onEvent(events::add)
              .open();
      case "QUIT" -> socket.close();
      default -> say(socket);
    }
  }

  private void say(TcpSocket socket) {
    socket.write(COMMANDS.get(next++) + "\r\n");
  }
}
