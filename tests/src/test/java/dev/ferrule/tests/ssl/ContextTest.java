package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.tests.Using;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Contexts: shared, foreign, misplaced; and the facts of the sessions made with them. */
class ContextTest {
  private static final SslContext CLIENTS = SslContext.client().trust(Pki.TRUST).build();
  private static final SslContext SERVERS = SslContext.server().credentials(Pki.LOCAL).build();

  @Test
  void a_context_together_with_settings_of_its_own_is_refused() {
    Loops.run(loop -> {
      refused(() -> Ssl.server(loop, "127.0.0.1", 0).context(SERVERS).alpn("h2").open(), "context");
      refused(
          () -> Ssl.connect(loop, "localhost", 1).trust(Pki.TRUST).context(CLIENTS).open(),
          "put the settings into the context");
      assertThat(loop.stats().isEmpty()).isTrue();
    });
  }

  @Test
  void a_clients_context_serves_no_server_nor_the_other_way_round() {
    Loops.run(loop -> {
      refused(() -> Ssl.server(loop, "127.0.0.1", 0).context(CLIENTS).open(), "for clients");
      refused(() -> Ssl.connect(loop, "localhost", 1).context(SERVERS).open(), "for servers");
      assertThat(loop.stats().isEmpty()).isTrue();
    });
  }

  @Test
  void an_unknown_provider_is_refused_and_the_known_named() {
    Loops.run(loop ->
        refused(() -> Ssl.connect(loop, "localhost", 1).provider("nss").open(), "'nss'", "jdk"));
  }

  @Test
  void a_context_made_outside_serves_both_roles() {
    SslContext outside = SslContext.of(JdkPeers.CONTEXT);
    List<SslSession> facts = connections(1, outside, outside, c -> c);
    assertThat(facts.get(0).protocol()).isEqualTo(Protocol.TLS_1_3);
  }

  @Test
  void a_client_on_a_context_made_outside_still_verifies_the_host() {
    Heard client = new Heard();
    Loops.run(loop -> {
      var server = Pair.serve(loop, new Heard(), s -> {}, s -> {}, (socket, session) -> {});
      Ssl.connect(loop, "127.0.0.1", server.port())
          .serverName("elsewhere.example")
          .context(SslContext.of(JdkPeers.CONTEXT))
          .onEvent(client::event)
          .onClose(client::close)
          .open();
    });
    client.ssl(Side.OURS, Stage.CERTIFICATE, "certificate was not accepted", "elsewhere.example");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_second_connection_with_a_shared_context_resumes(Protocol version) {
    SslContext own = SslContext.client().trust(Pki.TRUST).maxProtocol(version).build();
    List<SslSession> facts = connections(2, SERVERS, own, c -> c);
    assertThat(facts).extracting(SslSession::resumed).containsExactly(false, false, true, true);
    assertThat(facts).extracting(SslSession::protocol).containsOnly(version);
  }

  @Test
  void a_second_connection_with_a_context_of_its_own_does_not_resume() {
    List<SslSession> facts =
        connections(2, SERVERS, null, c -> SslContext.client().trust(Pki.TRUST).build());
    assertThat(facts).extracting(SslSession::resumed).containsOnly(false);
  }

  @Test
  void a_name_is_sent_to_the_server_and_an_address_is_not() {
    Pair named = new Pair().client(c -> c.serverName("localhost")).onSecure(s -> s.close()).run();
    assertThat(named.served.serverName()).hasValue("localhost");
    assertThat(named.seen.serverName()).hasValue("localhost");
    Pair bare = new Pair().onSecure(s -> s.close()).run();
    assertThat(bare.served.serverName()).isEmpty();
    assertThat(bare.seen.serverName()).isEmpty();
  }

  @Test
  void a_session_tells_what_was_agreed() {
    Pair pair = new Pair();
    pair.onSecure(s -> {
      assertThat(s.session()).hasValue(pair.seen);
      s.close();
    });
    pair.client(c -> c.onConnect(s -> assertThat(s.session()).isEmpty()));
    pair.run();
    SslSession seen = pair.seen;
    assertThat(seen.peerChain()).isEqualTo(Pki.LOCAL.chain());
    assertThat(pair.served.peerChain()).isEmpty();
    assertThat(seen.provider()).isEqualTo(Using.provider());
    assertThat(seen.cipher()).isEqualTo(pair.served.cipher()).startsWith("TLS_");
    assertThat(seen.group()).isPresent().isEqualTo(pair.served.group());
    assertThat(seen.toString())
        .contains("TLSv1.3", "by " + Using.provider())
        .doesNotContain("resumed");
    pair.server.only(TcpEof.class);
  }

  /** The facts that server and client report, in turn, of connections one after the other. */
  private static List<SslSession> connections(
      int number, SslContext serving, SslContext shared, UnaryOperator<SslContext> each) {
    List<SslSession> facts = new ArrayList<>();
    Loops.run(loop -> {
      var server =
          Ssl.server(loop, "127.0.0.1", 0)
              .context(serving)
              .onSecure((s, session) -> {
                facts.add(session);
                s.write("!");
              })
              .onRead((s, data) -> data.position(data.limit()))
              .onEvent(event -> {})
              .open();
      int[] left = {number};
      Runnable[] next = new Runnable[1];
      next[0] =
          () ->
              Ssl.connect(loop, "127.0.0.1", server.port())
                  .context(each.apply(shared))
                  .onRead((SslSocket s, java.nio.ByteBuffer data) -> {
                    facts.add(s.session().orElseThrow());
                    s.onRead((same, more) -> {});
                    s.close();
                  })
                  .onClose(() -> {
                    if (--left[0] > 0) {
                      next[0].run();
                    } else {
                      server.close();
                    }
                  })
                  .open();
      next[0].run();
    });
    return facts;
  }

  private static void refused(Runnable call, String... words) {
    assertThatThrownBy(call::run)
        .isInstanceOf(SslConfigException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }
}
