package dev.ferrule.cli.check;

import dev.ferrule.BlockingSocket;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.cli.starttls.Dialogue;
import dev.ferrule.cli.starttls.Refused;
import dev.ferrule.cli.starttls.StartTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The server that is checked, at one of its addresses. Immutable; any thread, which the calls hold
 * up.
 *
 * @param host as it was named, and as its certificate shall name it
 * @param address where the connections go to
 * @param port its port
 * @param serverName the name to ask for (SNI); null where the host is an address
 * @param startTls how TLS begins; null when with the first byte
 * @param limit the time limit of each step
 */
public record Peer(
    String host,
    InetAddress address,
    int port,
    @Nullable String serverName,
    @Nullable StartTls startTls,
    Duration limit) {

  Peer within(Duration time) {
    return new Peer(host, address, port, serverName, startTls, time);
  }

  /**
   * A connection at the point where TLS begins.
   *
   * @throws IOException when it cannot be connected
   * @throws Refused when the server does not agree to begin TLS, or ends the talk before it
   */
  BlockingSocket<TcpSocket> connect() throws IOException {
    BlockingSocket<TcpSocket> socket =
        Tcp.dial(
            address.getHostAddress(),
            port,
            client -> client.connectTimeout(limit).closeTimeout(Duration.ofSeconds(1)));
    try {
      socket.readTimeout(limit);
      socket.writeTimeout(limit);
      if (startTls != null) {
        talk(startTls.dialogue(asked()), socket.input(), socket.output());
      }
      return socket;
    } catch (RuntimeException e) {
      socket.abort();
      throw e;
    }
  }

  /** Host and port as people write them: {@code example.com:443}, {@code [::1]:443}. */
  String place() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** Whom the talk before TLS asks for, where its protocol says that. */
  String asked() {
    return serverName == null ? host : serverName;
  }

  /** The talk before TLS, within the time limit as a whole. */
  void talk(Dialogue dialogue, InputStream in, OutputStream out) {
    long end = System.nanoTime() + limit.toNanos();
    byte[] one = new byte[1];
    try {
      dialogue.begin(bytes -> write(out, bytes));
      // Byte by byte: what is behind the point of upgrade belongs to TLS.
      do {
        if (System.nanoTime() > end) {
          throw new SocketTimeoutException("the talk before TLS does not end");
        }
        if (in.read(one) < 0) {
          throw new Refused("the server ended the connection in the talk before TLS");
        }
      } while (!dialogue.hear(ByteBuffer.wrap(one), bytes -> write(out, bytes)));
    } catch (SocketTimeoutException e) {
      throw new Refused(
          "no agreement within %s s (does the server speak %s?)"
              .formatted(limit.toMillis() / 1000.0, startTls));
    } catch (IOException | UncheckedIOException e) {
      throw new Refused("the server cut the connection in the talk before TLS");
    }
  }

  private static void write(OutputStream out, byte[] bytes) {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
