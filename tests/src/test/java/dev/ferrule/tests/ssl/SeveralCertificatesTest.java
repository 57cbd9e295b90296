package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several certificates in one context, and another context while a server serves. */
class SeveralCertificatesTest {
  private static final Credentials EC = Pki.server(KeyType.EC_P256).credentials();
  private static final Credentials RSA = Pki.server(KeyType.RSA_2048).credentials();

  @ParameterizedTest
  @CsvSource({
    "TLS_1_3, ECDHE+AESGCM, EC",
    "TLS_1_2, ECDHE+AESGCM, EC",
    "TLS_1_2, ECDHE-RSA-AES128-GCM-SHA256, RSA",
    "TLS_1_2, ECDHE-ECDSA-AES128-GCM-SHA256, EC",
  })
  void a_client_gets_the_certificate_whose_signature_it_can_verify(
      Protocol version, String ciphers, String kind) {
    for (Credentials[] order : new Credentials[][] {{EC, RSA}, {RSA, EC}}) {
      SslContext both = SslContext.server().credentials(order[0], order[1]).build();
      Pair pair =
          new Pair()
              .server(s -> s.onHello((socket, hello, choice) -> choice.context(both)))
              .client(c -> c.ciphers(ciphers).maxProtocol(version))
              .onSecure(SslSocket::close)
              .run();
      assertThat(pair.seen.peerChain().getFirst().getPublicKey().getAlgorithm()).isEqualTo(kind);
    }
  }

  @Test
  void two_of_a_kind_are_refused() {
    assertThatThrownBy(() -> SslContext.server().credentials(EC, Pki.LOCAL))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("different kinds");
    assertThatThrownBy(() -> SslContext.client().credentials(EC, RSA).build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("a client shows one certificate");
  }

  @Test
  void new_connections_get_the_next_context_and_old_ones_keep_theirs() {
    SslContext first = SslContext.server().credentials(EC).build();
    SslContext next = SslContext.server().credentials(RSA).build();
    List<String> kinds = new ArrayList<>();
    StringBuilder echoed = new StringBuilder();
    Loops.runInline(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .context(first)
              .onRead((socket, data) -> socket.write(data))
              .open();
      Ssl.connect(loop, "127.0.0.1", server.port())
          .trust(Pki.TRUST)
          .onSecure((socket, session) -> {
            kinds.add(session.peerChain().getFirst().getPublicKey().getAlgorithm());
            server.context(next);
            Ssl.connect(loop, "127.0.0.1", server.port())
                .trust(Pki.TRUST)
                .onSecure((second, other) -> {
                  kinds.add(other.peerChain().getFirst().getPublicKey().getAlgorithm());
                  second.close();
                })
                .onClose(() -> socket.write("still here"))
                .open();
          })
          .onRead((socket, data) -> {
            echoed.append(UTF_8.decode(data));
            socket.close();
            server.close();
          })
          .open();
      assertThatThrownBy(() -> server.context(SslContext.client().build()))
          .isInstanceOf(SslConfigException.class);
    });
    assertThat(kinds).containsExactly("EC", "RSA");
    assertThat(echoed.toString()).isEqualTo("still here");
  }

  @Test
  void the_next_context_counts_on_every_loop_that_serves_there() {
    SslContext first = SslContext.server().credentials(EC).build();
    SslContext next = SslContext.server().credentials(RSA).build();
    AtomicInteger opened = new AtomicInteger();
    Queue<String> kinds = new ConcurrentLinkedQueue<>();
    Loops.run(
        Loops.inline().loops(2),
        loop -> {
          SslServer server =
              Ssl.server(loop, "127.0.0.1", 0).context(first).onEvent(event -> {}).open();
          if (opened.incrementAndGet() == 2) {
            server.context(next);
            for (int i = 0; i < 24; i++) { // the system gives each to one loop or the other
              Ssl.connect(loop, "127.0.0.1", server.port())
                  .trust(Pki.TRUST)
                  .onSecure((socket, session) -> {
                    kinds.add(session.peerChain().getFirst().getPublicKey().getAlgorithm());
                    socket.close();
                  })
                  .onClose(() -> {
                    if (kinds.size() == 24) {
                      loop.group().execute(EventLoop::closeAll);
                    }
                  })
                  .open();
            }
          }
        });
    assertThat(kinds).hasSize(24).containsOnly("RSA");
  }
}
