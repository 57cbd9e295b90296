package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.event.CallbackError;
import dev.ferrule.event.TcpError;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslChoice;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program decides what a client gets, by its hello. */
class OnHelloTest {
  private static final SslContext OTHER =
      SslContext.server().credentials(Pki.credentials(Pki.CA.issue("other.example"))).build();

  @Test
  void the_program_sees_what_the_client_offers() {
    AtomicReference<SslHello> seen = new AtomicReference<>();
    Pair pair =
        new Pair()
            .server(s ->
                s.alpn("two")
                    .onHello((socket, hello, choice) -> {
                      seen.set(hello);
                      choice.proceed();
                    }))
            .client(c -> c.serverName("localhost").alpn("one", "two"))
            .onSecure(SslSocket::close)
            .run();
    SslHello hello = seen.get();
    assertThat(hello.serverName()).hasValue("localhost");
    assertThat(hello.alpn()).containsExactly("one", "two");
    assertThat(hello.versions()).contains("TLSv1.3", "TLSv1.2");
    assertThat(hello.cipherSuites()).contains(pair.seen.cipher());
    assertThat(hello.groups()).contains(Provided.GROUP);
    assertThat(hello.keyShares()).isNotEmpty().isSubsetOf(hello.groups());
    assertThat(hello.signatureSchemes()).contains("ecdsa_secp256r1_sha256");
    assertThat(hello.offersSession()).isFalse();
    assertThat(hello.earlyData()).isFalse();
    assertThat(hello.ja4()).matches("t13d[0-9]{4}oe_[0-9a-f]{12}_[0-9a-f]{12}");
    assertThat(hello.toString()).contains("localhost", "two", hello.ja4());
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void the_program_chooses_a_context_at_once(Protocol version) {
    Pair pair =
        new Pair()
            .server(s -> s.onHello((socket, hello, choice) -> choice.context(OTHER)))
            .client(c -> c.serverName("other.example").maxProtocol(version))
            .onSecure(SslSocket::close)
            .run();
    assertThat(pair.seen.peerChain().getFirst().getSubjectX500Principal().getName())
        .isEqualTo("CN=other.example");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void the_program_chooses_later_on_another_thread(Protocol version) {
    AtomicReference<Thread> looking = new AtomicReference<>();
    Pair pair =
        new Pair()
            .server(s ->
                s.onHello((socket, hello, choice) ->
                    looking.set(Thread.startVirtualThread(() -> choice.context(OTHER)))))
            .client(c -> c.serverName("other.example").maxProtocol(version).data("early"))
            .onSecure(SslSocket::close)
            .run();
    assertThat(pair.seen.peerChain().getFirst().getSubjectX500Principal().getName())
        .isEqualTo("CN=other.example");
    assertThat(pair.server.text.toString()).isEqualTo("early");
  }

  @Test
  void the_program_chooses_later_by_a_timer() {
    Pair pair =
        new Pair()
            .server(s ->
                s.onHello((socket, hello, choice) ->
                    socket.loop().delay(Duration.ofMillis(10), choice::proceed)))
            .client(c -> c.serverName("localhost"))
            .onSecure(SslSocket::close)
            .run();
    assertThat(pair.seen.peerChain().getFirst().getSubjectX500Principal().getName())
        .isEqualTo("CN=localhost");
  }

  @ParameterizedTest
  @ValueSource(strings = {"access_denied", "unrecognized_name", "internal_error"})
  void the_program_refuses_with_an_alert(String alert) {
    Pair pair =
        new Pair().server(s -> s.onHello((socket, hello, choice) -> choice.refuse(alert))).run();
    SslError error = pair.server.ssl(Side.OURS, Stage.HELLO, "this program refused");
    assertThat(error.alert()).hasValue(alert);
    assertThat(pair.client.only(SslError.class).alert()).hasValue(alert);
  }

  @Test
  void the_program_refuses_later() {
    Pair pair =
        new Pair()
            .server(s ->
                s.onHello((socket, hello, choice) ->
                    Thread.startVirtualThread(() -> choice.refuse("access_denied"))))
            .run();
    assertThat(pair.client.only(SslError.class).alert()).hasValue("access_denied");
    assertThat(pair.server.only(SslError.class).alert()).hasValue("access_denied");
  }

  @Test
  void an_answer_that_never_comes_is_a_handshake_timeout() {
    Pair pair =
        new Pair()
            .server(s ->
                s.handshakeTimeout(Duration.ofMillis(60)).onHello((socket, hello, choice) -> {}))
            .run();
    assertThat(pair.server.only(TcpTimeout.class).limit()).isEqualTo(TcpTimeout.Limit.HANDSHAKE);
  }

  @Test
  void an_answer_after_the_end_does_nothing() {
    AtomicReference<SslChoice> late = new AtomicReference<>();
    Pair pair =
        new Pair()
            .server(s ->
                s.onHello((socket, hello, choice) -> {
                  late.set(choice);
                  socket.abort();
                  choice.proceed();
                }))
            .run();
    assertThat(pair.server.closed).isEqualTo(1);
    assertThat(pair.served).isNull();

    AtomicReference<SslChoice> later = new AtomicReference<>();
    Pair gone =
        new Pair()
            .server(s ->
                s.onHello((socket, hello, choice) -> {
                  later.set(choice);
                  socket.loop().delay(Duration.ofMillis(5), socket::abort);
                }))
            .run();
    later.get().context(OTHER); // the loop has ended, too
    assertThat(gone.served).isNull();
  }

  @Test
  void a_close_while_the_program_decides_is_a_close() {
    Pair pair =
        new Pair()
            .server(s ->
                s.onHello((socket, hello, choice) ->
                    socket.loop().delay(Duration.ofMillis(5), socket::close)))
            .run();
    assertThat(pair.server.closed).isEqualTo(1);
    assertThat(pair.server.events).isEmpty();
    assertThat(pair.served).isNull();
  }

  @Test
  void what_was_written_before_the_answer_goes_out_behind_the_handshake() {
    Pair pair =
        new Pair()
            .server(s ->
                s.onHello((socket, hello, choice) ->
                    socket.loop().delay(Duration.ofMillis(5), choice::proceed)))
            .onAccept(socket -> socket.write("first", SslSocket::close))
            .run();
    assertThat(pair.client.text.toString()).isEqualTo("first");
    assertThat(pair.server.events).isEmpty();
  }

  @Test
  void a_client_that_goes_while_the_program_decides_is_told_to_it() {
    Pair pair =
        new Pair()
            .server(s ->
                s.onHello((socket, hello, choice) ->
                    socket.loop().delay(Duration.ofMillis(60), choice::proceed)))
            .client(c -> c.handshakeTimeout(Duration.ofMillis(20)))
            .run();
    assertThat(pair.client.only(TcpTimeout.class)).isNotNull();
    assertThat(pair.server.closed).isEqualTo(1);
    assertThat(pair.served).isNull();
  }

  @Test
  void a_client_that_goes_while_nobody_answers_is_noticed_long_before_the_time_limit() {
    Pair pair =
        new Pair()
            .server(s ->
                s.handshakeTimeout(Duration.ofMinutes(5)).onHello((socket, hello, choice) -> {}))
            .client(c -> c.handshakeTimeout(Duration.ofMillis(20)))
            .run();
    assertThat(pair.client.only(TcpTimeout.class)).isNotNull();
    assertThat(pair.server.only(TcpError.class)).isNotInstanceOf(TcpTimeout.class);
    assertThat(pair.server.closed).isEqualTo(1);
  }

  @Test
  void the_error_of_a_handshake_shows_what_the_client_has_said() {
    Pair before =
        new Pair().server(s -> s.alpn("h2")).client(c -> c.alpn("acme").serverName("a.test")).run();
    SslHello hello = before.server.only(SslError.class).hello().orElseThrow();
    assertThat(hello.alpn()).containsExactly("acme");
    Pair within =
        new Pair()
            .server(s -> s.trust(Pki.TRUST).clientAuth(ClientAuth.REQUIRED))
            .client(c -> c.maxProtocol(Protocol.TLS_1_2))
            .run();
    assertThat(within.server.only(SslError.class).hello().orElseThrow().versions())
        .containsExactly("TLSv1.2");
    assertThat(within.client.only(SslError.class).hello()).isEmpty();
  }

  @Test
  void a_second_answer_is_a_mistake() {
    AtomicReference<Throwable> second = new AtomicReference<>();
    new Pair()
        .server(s ->
            s.onHello((socket, hello, choice) -> {
              choice.proceed();
              try {
                choice.refuse("access_denied");
              } catch (IllegalStateException e) {
                second.set(e);
              }
            }))
        .onSecure(SslSocket::close)
        .run();
    assertThat(second.get()).hasMessageContaining("answered before");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_callback_that_throws_refuses_the_client(boolean answered) {
    Pair pair =
        new Pair()
            .loop(Loops.inline().catchCallbackErrors())
            .server(s ->
                s.onHello((socket, hello, choice) -> {
                  if (answered) {
                    choice.proceed();
                  }
                  throw new IllegalStateException("no database");
                }))
            .run();
    assertThat(pair.server.events.getFirst()).isInstanceOf(CallbackError.class);
    assertThat(pair.server.events.get(1)).isInstanceOf(SslError.class);
    assertThat(pair.client.only(SslError.class).alert()).hasValue("internal_error");
  }

  @Test
  void a_callback_that_throws_ends_the_loop_as_any_other() {
    Pair pair =
        new Pair()
            .server(s ->
                s.onHello((socket, hello, choice) -> {
                  throw new IllegalStateException("no database");
                }));
    assertThatThrownBy(pair::runUntilExit).hasMessage("no database");
  }

  @Test
  void an_answer_that_cannot_be_is_refused() {
    AtomicReference<SslChoice> kept = new AtomicReference<>();
    new Pair()
        .server(s ->
            s.onHello((socket, hello, choice) -> {
              kept.set(choice);
              assertThatThrownBy(() -> choice.refuse("no_such_alert"))
                  .isInstanceOf(IllegalArgumentException.class);
              assertThatThrownBy(() -> choice.refuse("close_notify"))
                  .isInstanceOf(IllegalArgumentException.class);
              assertThatThrownBy(() -> choice.context(SslContext.client().build()))
                  .isInstanceOf(SslConfigException.class);
              choice.proceed();
            }))
        .onSecure(SslSocket::close)
        .run();
    assertThat(kept.get()).isNotNull();
  }

  @Test
  void a_client_that_resumes_says_so() {
    SslContext clients = SslContext.client().trust(Pki.TRUST).build();
    SslContext servers = SslContext.server().credentials(Pki.LOCAL).build();
    StringBuilder offered = new StringBuilder();
    Loops.runInline(loop -> {
      var server =
          Ssl.server(loop, "127.0.0.1", 0)
              .context(servers)
              .onHello((socket, hello, choice) -> {
                offered.append(hello.offersSession() ? "S" : "-");
                choice.proceed();
              })
              .onSecure((socket, session) -> socket.write("hello"))
              .open();
      new Object() {
        void next(int left) {
          if (left == 0) {
            server.close();
            return;
          }
          Ssl.connect(loop, "localhost", server.port())
              .context(clients)
              .onRead((socket, data) -> socket.close())
              .onClose(() -> next(left - 1))
              .open();
        }
      }.next(3);
    });
    assertThat(offered.toString()).isEqualTo("-SS");
  }
}
