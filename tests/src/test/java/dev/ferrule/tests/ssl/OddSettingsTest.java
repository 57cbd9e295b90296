package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.Tcp;
import dev.ferrule.event.TcpError;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings that are legal and strange, and helpers from outside that fail. */
class OddSettingsTest {
  @Test
  void a_unix_socket_whose_server_name_is_not_said_is_refused_at_once(@TempDir Path folder) {
    var address = UnixDomainSocketAddress.of(folder.resolve("s"));
    Loops.runInline(loop -> {
      assertThatThrownBy(() -> Ssl.connect(loop, address).trust(Pki.TRUST).open())
          .isInstanceOf(SslConfigException.class)
          .hasMessageContaining("serverName");
      assertThat(loop.stats().isEmpty()).isTrue();
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "-x-.example", "..", "a..b", "ünï.example"})
  void a_strange_server_name_is_refused_as_any_wrong_one(String name) {
    Pair pair = new Pair().client(c -> c.serverName(name)).run();
    pair.client.ssl(Side.OURS, Stage.CERTIFICATE, "the certificate is for 'localhost'", "not for");
  }

  @Test
  void a_foreign_trust_manager_that_throws_fails_its_own_connection_only() throws Exception {
    SSLContext outside = SSLContext.getInstance("TLS");
    outside.init(null, new TrustManager[] {new Broken()}, null);
    Heard client = new Heard();
    Heard server = new Heard();
    Loops.runInline(loop -> {
      var listening = Pair.serve(loop, server);
      Ssl.connect(loop, "127.0.0.1", listening.port())
          .context(SslContext.of(outside))
          .onEvent(client::event)
          .onClose(client::close)
          .open();
    });
    TcpError error = client.only(TcpError.class);
    assertThat(error.message()).contains("on this side", "a broken trust manager");
    assertThat(server.only(SslError.class).alert()).hasValue("internal_error");
  }

  @Test
  void plain_text_that_comes_after_the_upgrade_is_no_ssl() {
    Heard client = new Heard();
    Loops.runInline(loop -> {
      int port = InjectionTest.greeter(loop, "220 late\r\n", new StringBuilder());
      Tcp.connect(loop, "127.0.0.1", port)
          .onEvent(client::event)
          .onClose(client::close)
          .onConnect(plain -> Ssl.wrap(plain).asClient("localhost").trust(Pki.TRUST).open())
          .open();
    });
    client.ssl(Side.PEER, Stage.HELLO, "speaks plain SMTP");
  }

  private static final class Broken extends X509ExtendedTrustManager {
    private static void fail() {
      throw new IllegalStateException("a broken trust manager");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      fail();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      fail();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
      fail();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
      fail();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      fail();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      fail();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
