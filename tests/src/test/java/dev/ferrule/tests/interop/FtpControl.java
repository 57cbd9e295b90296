package dev.ferrule.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.tests.Pki;
import java.nio.ByteBuffer;
import java.util.List;

/** A server's control connection of FTP, as far as a client asks for the size of a file. */
final class FtpControl {
  private final Notes<String> commands = new Notes<>();

  void greet(TcpSocket socket) {
    socket.write("220 ready\r\n");
  }

  /** What was asked for, "(ssl)" behind what came encrypted. */
  List<String> commands() {
    return commands.all();
  }

  /** Clients send a command at a time, and it comes whole on loopback. */
  void read(TcpSocket socket, ByteBuffer data) {
    String[] words = UTF_8.decode(data).toString().strip().split(" ", -1);
    boolean encrypted = socket instanceof SslSocket;
    boolean auth = words[0].equals("AUTH");
    commands.add((auth ? "AUTH " + words[1] : words[0]) + (encrypted ? " (ssl)" : ""));
    switch (words[0]) {
      case "AUTH" -> {
        socket.write("234 go\r\n");
        Ssl.wrap(socket).asServer().credentials(Pki.LOCAL).onRead(this::read).open();
      }
      case "CCC" -> {
        socket.write("200 in the clear\r\n");
        ((SslSocket) socket).unwrap().onRead(this::read).onEvent(event -> {}).open();
      }
      case "QUIT" -> {
        socket.write("221 bye\r\n");
        socket.close();
      }
      default -> socket.write(answer(words[0]));
    }
  }

  private static String answer(String command) {
    return switch (command) {
          case "USER" -> "331 word";
          case "PASS" -> "230 in";
          case "PWD" -> "257 \"/\"";
          case "MDTM" -> "213 20260101000000";
          case "SIZE" -> "213 4711";
          case "REST" -> "350 later";
          default -> "200 fine";
        }
        + "\r\n";
  }
}
