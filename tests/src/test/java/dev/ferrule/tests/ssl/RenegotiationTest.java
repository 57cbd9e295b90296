package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.tests.Using;
import java.io.IOException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** Renegotiation, which TLS 1.2 has and this library refuses (RFC 9325 3.5). */
class RenegotiationTest {
  @Test
  void a_client_that_asks_for_renegotiation_is_refused() throws Exception {
    Heard server = new Heard();
    AtomicReference<FutureTask<Boolean>> peer = new AtomicReference<>();
    Loops.run(loop -> {
      SslServer listening =
          Pair.serve(
              loop,
              server,
              s ->
                  s.onRead((socket, data) -> {
                    server.read(data);
                    socket.write("ok\n");
                  }),
              s -> {},
              (socket, session) -> {});
      peer.set(new FutureTask<>(() -> renegotiates(listening.port())));
      Thread.ofPlatform().daemon().start(peer.get());
    });
    assertThat(peer.get().get()).isFalse();
    server.ssl(Side.OURS, Stage.DATA, "renegotiation", "refused");
    assertThat(server.text).hasToString("hello\n");
  }

  /** Whether a JDK client gets an answer after it asked for a new handshake. */
  private static boolean renegotiates(int port) throws IOException {
    try (SSLSocket socket = JdkPeers.connect(port)) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.setSoTimeout(5000);
      socket.getOutputStream().write("hello\n".getBytes(UTF_8));
      assertThat(socket.getInputStream().readNBytes(3)).hasSize(3);
      socket.startHandshake();
      socket.getOutputStream().write("again\n".getBytes(UTF_8));
      return socket.getInputStream().read() >= 0;
    } catch (SSLException e) {
      assertThat(e).hasMessageContaining(Using.either("unexpected_message", "no_renegotiation"));
      return false;
    }
  }

  @Test
  void a_server_that_asks_for_renegotiation_is_refused() throws Exception {
    Heard client = new Heard();
    try (JdkPeers.Server server =
        JdkPeers.serve(socket -> {
          socket.getOutputStream().write("hello\n".getBytes(UTF_8));
          assertThat(socket.getInputStream().read()).isEqualTo('x');
          socket.startHandshake();
          socket.getInputStream().read();
        })) {
      Loops.run(loop ->
          Ssl.connect(loop, "127.0.0.1", server.port())
              .trust(Pki.TRUST)
              .maxProtocol(dev.ferrule.ssl.Protocol.TLS_1_2)
              .onRead((socket, data) -> {
                client.read(data);
                socket.write("x");
              })
              .onEvent(client::event)
              .onClose(client::close)
              .open());
      client.ssl(Side.OURS, Stage.DATA, "renegotiation", "refused");
      assertThat(client.text).hasToString("hello\n");
    }
  }
}
