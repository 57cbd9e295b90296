package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/**
 * A server of TLS 1.2 whose Finished, last words, close_notify and plain text come at once: the
 * client reads all of it while it is still in the handshake.
 */
class PlainBehindTheHandshakeTest {
  private final StringBuilder plainText = new StringBuilder();
  private volatile boolean holds;

  @Test
  void plain_text_that_comes_with_the_end_of_the_handshake_goes_to_the_plain_socket() {
    Pair pair = new Pair();
    pair.through((loop, port) -> relay(port));
    pair.onServed(socket -> {
      socket.write("last words");
      socket.close();
    });
    pair.client(c ->
        c.maxProtocol(Protocol.TLS_1_2)
            .onEvent(event -> {
              pair.client.event(event);
              if (event instanceof TcpEof eof) {
                becomePlain((SslSocket) eof.socket());
              }
            }));
    pair.run();
    pair.client.only(TcpEof.class);
    assertThat(pair.client.text).hasToString("last words");
    assertThat(plainText).hasToString("plain");
  }

  private void becomePlain(SslSocket socket) {
    socket
        .unwrap()
        .onRead((plain, data) -> {
          plainText.append(UTF_8.decode(data));
          plain.close();
        })
        .onEvent(event -> plainText.append(event.message()))
        .open();
  }

  private int relay(int port) {
    try {
      ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      Thread.ofPlatform().daemon().start(() -> carry(listening, port));
      return listening.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void carry(ServerSocket listening, int port) {
    try (listening;
        Socket client = listening.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
      Thread back = Thread.ofPlatform().daemon().start(() -> toClient(server, client));
      byte[] some = new byte[1 << 16];
      boolean hello = true;
      for (int n; (n = client.getInputStream().read(some)) > 0; hello = false) {
        holds = !hello; // from the client's second flight on
        server.getOutputStream().write(some, 0, n);
      }
      server.shutdownOutput();
      back.join();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Passes the first flight on, and all the rest at once, with plain text behind it. */
  private void toClient(Socket server, Socket client) {
    try {
      ByteArrayOutputStream held = new ByteArrayOutputStream();
      byte[] some = new byte[1 << 16];
      for (int n; (n = server.getInputStream().read(some)) > 0; ) {
        if (holds) {
          held.write(some, 0, n);
        } else {
          client.getOutputStream().write(some, 0, n);
        }
      }
      held.writeBytes("plain".getBytes(UTF_8));
      client.getOutputStream().write(held.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
