package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.CipherString;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslOption;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.JdkContexts;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** :ssl-ctx, :ssl-options and :ciphers. */
class ClAsyncContextTest {
  private final List<SslSession> sessions = new ArrayList<>();

  private SslSession agreed(
      Function<EventLoop, SslServerSetup> serving,
      BiFunction<EventLoop, Integer, SslClientSetup> connecting) {
    Loops.run(loop -> {
      SslServer server = serving.apply(loop).open();
      SslSocket _ =
          connecting
              .apply(loop, server.port())
              .onSecure((socket, session) -> {
                sessions.add(session);
                socket.close();
                server.close();
              })
              .open();
    });
    return sessions.getLast();
  }

  @Test
  void ssl_ctx_is_one_that_was_made_outside_for_both_sides_and_used_again() {
    SSLContext forServers = JdkContexts.of(Pki.server());
    SSLContext forClients = JdkContexts.of(null);
    SslContext server = SslContext.of(forServers);
    SslContext client = SslContext.of(forClients);
    for (int i = 0; i < 2; i++) {
      SslSession session =
          agreed(
              loop -> Ssl.server(loop, "127.0.0.1", 0).context(server),
              (loop, port) -> Ssl.connect(loop, "localhost", port).context(client));
      assertThat(session.protocol()).isEqualTo(Protocol.TLS_1_3);
    }
    assertThat(sessions).hasSize(2);
    assertThat(forClients.getClientSessionContext()).isNotNull(); // never freed by the library
  }

  @Test
  void options_and_ciphers_beside_an_ssl_ctx_are_a_mistake_that_is_told() {
    SslContext context = SslContext.of(JdkContexts.of(null));
    Loops.run(loop -> {
      SslClientSetup setup = Ssl.connect(loop, "localhost", 1).context(context);
      setup.ciphers("HIGH");
      assertThatThrownBy(setup::open)
          .isInstanceOf(SslConfigException.class)
          .hasMessageContaining("context");
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no-query-mtu",
        "cookie-exchange",
        "cisco-anyconnect",
        "no-session-resumption-on-renegotiation",
        "no-compression",
        "single-ecdh-use",
        "single-dh-use",
        "ephemeral-rsa",
        "no-sslv2",
        "no-sslv3",
        "no-tlsv1",
        "no-tlsv1-1"
      })
  void ssl_options_that_are_always_so_or_mean_nothing_today_are_taken_by_name(String name) {
    SslSession session =
        agreed(
            loop -> Ends.server(loop).option(SslOption.of(name)),
            (loop, port) -> Ends.client(loop, port).option(SslOption.of(name)));
    assertThat(session.protocol()).isEqualTo(Protocol.TLS_1_3);
  }

  @ParameterizedTest
  @CsvSource({"no-tlsv1-3,TLS_1_2", "no-tlsv1-2,TLS_1_3"})
  void ssl_options_that_forbid_a_version_do_so(String name, Protocol left) {
    SslSession session =
        agreed(Ends::server, (loop, port) -> Ends.client(loop, port).option(SslOption.of(name)));
    assertThat(session.protocol()).isEqualTo(left);
  }

  static List<String> refused() {
    return Provided.REFUSED.stream().map(SslOption::toString).toList();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("refused")
  void ssl_options_that_the_provider_cannot_honour_are_an_error_and_not_silence(String name) {
    Loops.run(loop -> {
      SslServerSetup setup = Ends.server(loop).option(SslOption.of(name));
      assertThatThrownBy(setup::open)
          .isInstanceOf(SslConfigException.class)
          .hasMessageContaining(name);
    });
  }

  @Test
  void an_ssl_option_that_does_not_exist_is_an_error() {
    assertThatThrownBy(() -> SslOption.of("no-such")).isInstanceOf(SslConfigException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "ECDHE-ECDSA-AES128-GCM-SHA256,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "ECDHE+CHACHA20,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "HIGH:!RC4:!aNULL:!AESGCM:!CHACHA20:!AESCCM:!ARIA,"
  })
  void ciphers_are_an_openssl_cipher_string(String ciphers, String suite) {
    SslSession session =
        agreed(
            loop -> Ends.server(loop, Protocol.TLS_1_2).ciphers(CipherString.CL_ASYNC),
            (loop, port) -> Ends.client(loop, port).ciphers(ciphers));
    assertThat(session.cipher()).isEqualTo(suite == null ? Provided.BEST_CBC : suite);
  }

  @Test
  void the_originals_default_ciphers_are_a_constant_and_ours_is_a_modern_list() {
    SslSession old =
        agreed(
            Ends::server, (loop, port) -> Ends.client(loop, port).ciphers(CipherString.CL_ASYNC));
    SslSession ours = agreed(Ends::server, Ends::client);
    assertThat(old.protocol()).isEqualTo(Protocol.TLS_1_3);
    assertThat(ours.cipher()).isIn(Provided.FAVOURITES);
    assertThat(CipherString.CL_ASYNC)
        .isEqualTo("HIGH:!RC4:!MD5:!aNULL:!EDH:!EXP:+ECDHE-RSA-AES128-SHA256:+3DES");
  }
}
