package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.testkit.Loops;
import java.io.IOException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/**
 * A server that finds out that it cannot sign as the client wants. In TLS 1.3 the JDK's has its
 * hello and two more records ready by then, and the alert comes behind them.
 */
class AlertBehindTheHelloTest {
  @Test
  void reaches_the_client() throws Exception {
    Heard server = new Heard();
    AtomicReference<FutureTask<String>> peer = new AtomicReference<>();
    Loops.runInline(loop -> {
      int port = Pair.serve(loop, server).port();
      peer.set(new FutureTask<>(() -> refusal(port)));
      Thread.ofPlatform().daemon().start(peer.get());
    });
    assertThat(peer.get().get()).contains("Received fatal alert: handshake_failure");
    SslError error = server.only(SslError.class);
    assertThat(error.side()).isEqualTo(Side.OURS);
    assertThat(error.alert()).hasValue("handshake_failure");
  }

  /** What a client hears that takes no signature by the server's key, which is no RSA key. */
  private static String refusal(int port) throws IOException {
    try (SSLSocket socket = JdkPeers.connect(port)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setProtocols(new String[] {"TLSv1.3"});
      parameters.setSignatureSchemes(new String[] {"rsa_pss_rsae_sha256"});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return "done";
    } catch (SSLException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
