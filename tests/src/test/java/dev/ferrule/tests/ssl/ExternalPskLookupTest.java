package dev.ferrule.tests.ssl;

import static dev.ferrule.tests.ssl.RawHello.hex;
import static dev.ferrule.tests.ssl.RawHello.join;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.event.EventError;
import dev.ferrule.event.TcpError;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.ExternalPsk;
import dev.ferrule.ssl.ExternalPskLookup;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server's lookup of external pre-shared keys that answers later, or never. */
@Tag("once")
class ExternalPskLookupTest {
  private static final ExternalPsk KEY = psk("meter 17");

  private final List<String> asked = new ArrayList<>();
  private final List<CompletableFuture<Optional<ExternalPsk>>> pending = new ArrayList<>();

  @BeforeEach
  void provider() {
    assumeTrue(
        SslContext.providers().stream()
            .anyMatch(each -> each.name().equals("openssl") && each.unavailable() == null),
        "there is no OpenSSL on this machine");
  }

  private static ExternalPsk psk(String identity) {
    return ExternalPsk.of(identity, ("the key of " + identity + ", which is long").getBytes(UTF_8));
  }

  private static Pair pair(Protocol version, ExternalPskLookup lookup) {
    return new Pair()
        .server(s -> s.provider("openssl").externalPskLookup(lookup))
        .client(c ->
            c.provider("openssl")
                .serverName("localhost")
                .minProtocol(version)
                .maxProtocol(version)
                .externalPsk(KEY))
        .onSecure(SslSocket::close);
  }

  /** One that notes what it is asked, and is answered elsewhere. */
  private CompletionStage<Optional<ExternalPsk>> unanswered(String identity) {
    asked.add(identity);
    pending.add(new CompletableFuture<>());
    return pending.getLast();
  }

  private static CompletionStage<Optional<ExternalPsk>> onAnotherThread(String identity) {
    return CompletableFuture.supplyAsync(() -> Optional.of(psk(identity)));
  }

  private static void secure(Pair pair) {
    assertThat(pair.client.events).noneMatch(EventError.class::isInstance);
    assertThat(pair.server.events).noneMatch(EventError.class::isInstance);
    assertThat(pair.seen.externalPsk()).hasValue("meter 17");
    assertThat(pair.served.externalPsk()).hasValue("meter 17");
  }

  private void givenUp(Pair pair) {
    assertThat(pair.served).isNull();
    assertThat(pair.server.closed).isEqualTo(1);
    assertThat(asked).containsExactly("meter 17");
    assertThat(pending.getFirst()).isCancelled();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void another_thread_answers(Protocol version) {
    secure(pair(version, ExternalPskLookupTest::onAnotherThread).run());
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void the_loop_goes_on_and_may_answer_itself(Protocol version) {
    AtomicReference<EventLoop> loop = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    Pair pair =
        pair(
                version,
                identity -> {
                  CompletableFuture<Optional<ExternalPsk>> answer = new CompletableFuture<>();
                  threads.add(Thread.currentThread());
                  loop.get()
                      .delay(
                          Duration.ofMillis(5),
                          () -> {
                            threads.add(Thread.currentThread());
                            answer.complete(Optional.of(KEY));
                          });
                  return answer;
                })
            .onAccept(socket -> loop.set(socket.loop()))
            .run();
    secure(pair);
    assertThat(threads).hasSize(2).containsOnly(Thread.currentThread());
  }

  @Test
  void an_identity_that_is_not_found_leaves_the_certificate_in_tls_1_3() {
    Pair pair =
        pair(Protocol.TLS_1_3, name -> CompletableFuture.supplyAsync(Optional::empty)).run();
    assertThat(pair.client.events).noneMatch(EventError.class::isInstance);
    assertThat(pair.seen.externalPsk()).isEmpty();
    assertThat(pair.seen.peerChain()).isNotEmpty();
  }

  @Test
  void an_identity_that_is_not_found_ends_tls_1_2() {
    Pair pair =
        pair(Protocol.TLS_1_2, name -> CompletableFuture.supplyAsync(Optional::empty)).run();
    assertThat(pair.client.only(SslError.class).failure()).isEqualTo(SslFailure.PEER_REFUSED_PSK);
    assertThat(pair.server.only(SslError.class).message())
        .contains("no pre-shared key (PSK) that is known here (it offers meter 17)");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_lookup_that_fails_later_is_told_and_ends_the_handshake(Protocol version) {
    broken(
        pair(
            version,
            identity ->
                CompletableFuture.supplyAsync(() -> {
                  throw new IllegalStateException("the table is away");
                })),
        "the table is away");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void one_that_throws_is_told(Protocol version) {
    broken(
        pair(
            version,
            identity -> {
              throw new IllegalStateException("the table is away");
            }),
        "the table is away");
  }

  @Test
  void an_answer_that_is_none_is_told() {
    broken(pair(Protocol.TLS_1_3, name -> null), "returned no CompletionStage");
    broken(
        pair(Protocol.TLS_1_3, name -> CompletableFuture.completedFuture(null)),
        "without an Optional");
    broken(
        pair(
            Protocol.TLS_1_2,
            name -> CompletableFuture.completedFuture(Optional.of(psk("meter 16")))),
        "gave one of another identity");
  }

  private static void broken(Pair pair, String words) {
    pair.run();
    SslError error = pair.server.only(SslError.class);
    assertThat(error.failure()).isEqualTo(SslFailure.BROKEN);
    assertThat(error.message()).contains(words);
    SslError told = pair.client.only(SslError.class);
    assertThat(told.failure()).isEqualTo(SslFailure.PEER_FAILED);
    assertThat(told.alert()).hasValue("internal_error");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void an_answer_that_never_comes_is_a_handshake_timeout(Protocol version) {
    Pair pair =
        new Pair()
            .server(s ->
                s.provider("openssl")
                    .handshakeTimeout(Duration.ofMillis(60))
                    .externalPskLookup(this::unanswered))
            .client(c -> c.provider("openssl").maxProtocol(version).externalPsk(KEY))
            .run();
    assertThat(pair.server.only(TcpTimeout.class).limit()).isEqualTo(TcpTimeout.Limit.HANDSHAKE);
    givenUp(pair);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_close_while_it_waits_is_a_close(Protocol version) {
    AtomicReference<SslSocket> socket = new AtomicReference<>();
    Pair pair =
        pair(
                version,
                identity -> {
                  socket.get().loop().delay(Duration.ofMillis(5), socket.get()::close);
                  return unanswered(identity);
                })
            .onAccept(socket::set)
            .run();
    assertThat(pair.server.events).isEmpty();
    givenUp(pair);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_client_that_goes_while_nobody_answers_is_noticed_long_before_the_limit(Protocol version) {
    Pair pair =
        new Pair()
            .server(s ->
                s.provider("openssl")
                    .handshakeTimeout(Duration.ofMinutes(5))
                    .externalPskLookup(this::unanswered))
            .client(c ->
                c.provider("openssl")
                    .maxProtocol(version)
                    .handshakeTimeout(Duration.ofMillis(60))
                    .externalPsk(KEY))
            .run();
    assertThat(pair.client.only(TcpTimeout.class)).isNotNull();
    assertThat(pair.server.only(TcpError.class)).isNotInstanceOf(TcpTimeout.class);
    givenUp(pair);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void an_answer_after_the_end_does_nothing(Protocol version) {
    CompletableFuture<Optional<ExternalPsk>> deaf =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean interrupts) {
            return false;
          }
        };
    AtomicReference<SslSocket> socket = new AtomicReference<>();
    Pair pair =
        pair(
                version,
                identity -> {
                  socket.get().loop().delay(Duration.ofMillis(5), socket.get()::abort);
                  socket.get().loop().delay(Duration.ofMillis(10), () -> answer(deaf));
                  return deaf;
                })
            .onAccept(socket::set)
            .run();
    assertThat(deaf).isCompleted();
    assertThat(pair.served).isNull();
    assertThat(pair.server.closed).isEqualTo(1);
  }

  private static void answer(CompletableFuture<Optional<ExternalPsk>> asked) {
    asked.complete(Optional.of(KEY));
  }

  /** A hello with these identities, and as many binders, which nobody has made by a key. */
  private static byte[] hello(List<byte[]> identities) {
    byte[] names = {};
    byte[] binders = {};
    for (byte[] identity : identities) {
      names = join(names, u16(identity.length), identity, new byte[4]);
      binders = join(binders, hex("20" + "00".repeat(32)));
    }
    return RawHello.usual()
        .extension(45, hex("01 01"))
        .extension(41, join(u16(names.length), names, u16(binders.length), binders))
        .records(16_000);
  }

  private static byte[] u16(int value) {
    return new byte[] {(byte) (value >> 8), (byte) value};
  }

  /** What a client of those identities makes a server ask. */
  private static void offer(List<byte[]> identities, ExternalPskLookup lookup) {
    Heard server = new Heard();
    Loops.runInline(loop -> {
      var listening =
          Pair.serve(loop, server, s -> s.provider("openssl").externalPskLookup(lookup));
      Tcp.connect(loop, "127.0.0.1", listening.port())
          .data(hello(identities))
          .onRead((socket, data) -> {
            data.position(data.limit());
            socket.close();
          })
          .onEvent(event -> {})
          .open();
    });
    assertThat(server.closed).isEqualTo(1);
  }

  @Test
  void of_many_identities_the_first_16_that_can_be_ones_are_asked_for_one_after_another() {
    List<byte[]> identities = new ArrayList<>();
    identities.add(new byte[300]); // a ticket
    identities.add(new byte[] {(byte) 0xFF}); // no text
    for (int i = 0; i < 100; i++) {
      identities.add(("meter " + i).getBytes(UTF_8));
    }
    Deque<CompletableFuture<?>> open = new ArrayDeque<>();
    offer(
        identities,
        identity -> {
          asked.add(identity);
          assertThat(open).allMatch(CompletableFuture::isDone);
          CompletableFuture<Optional<ExternalPsk>> answer =
              CompletableFuture.supplyAsync(Optional::empty);
          open.add(answer);
          return answer;
        });
    assertThat(asked).hasSize(15).startsWith("meter 0").endsWith("meter 14");
  }

  @Test
  void the_first_that_is_found_ends_the_questions() {
    offer(
        List.of("a".getBytes(UTF_8), "b".getBytes(UTF_8), "c".getBytes(UTF_8)),
        identity -> {
          asked.add(identity);
          return CompletableFuture.supplyAsync(
              () -> identity.equals("b") ? Optional.of(psk("b")) : Optional.empty());
        });
    assertThat(asked).containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100, 16_000})
  void a_hello_that_comes_in_small_records_is_asked_about_once(int size) {
    Heard server = new Heard();
    byte[] message = hello(List.of("a".getBytes(UTF_8)));
    byte[] pieces = RawHello.records(Arrays.copyOfRange(message, 5, message.length), size);
    Loops.runInline(loop -> {
      var listening =
          Pair.serve(
              loop,
              server,
              s ->
                  s.provider("openssl")
                      .externalPskLookup(identity -> {
                        asked.add(identity);
                        return CompletableFuture.supplyAsync(Optional::empty);
                      }));
      Tcp.connect(loop, "127.0.0.1", listening.port())
          .data(pieces)
          .onRead((socket, data) -> {
            data.position(data.limit());
            socket.close();
          })
          .onEvent(event -> {})
          .open();
    });
    assertThat(asked).containsExactly("a");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void many_clients_wait_at_once_and_each_gets_its_own_key(Protocol version) {
    int clients = 40;
    List<SslSession> served = new ArrayList<>();
    Deque<Runnable> answers = new ArrayDeque<>();
    Loops.runInline(loop -> {
      SslServer listening =
          Ssl.server(loop, "127.0.0.1", 0)
              .provider("openssl")
              .externalPskLookup(identity -> {
                CompletableFuture<Optional<ExternalPsk>> answer = new CompletableFuture<>();
                answers.push(() -> answer.complete(Optional.of(psk(identity))));
                if (answers.size() == clients) {
                  loop.execute(() -> answers.forEach(Runnable::run)); // the last is the first
                }
                return answer;
              })
              .onSecure((socket, session) -> {
                served.add(session);
                socket.close();
              })
              .open();
      for (int i = 0; i < clients; i++) {
        Ssl.connect(loop, "127.0.0.1", listening.port())
            .context(client(version, "meter " + i))
            .serverName("localhost")
            .onEvent(event -> {})
            .onClose(() -> {
              if (served.size() == clients) {
                listening.close();
              }
            })
            .open();
      }
    });
    Function<SslSession, String> identity = session -> session.externalPsk().orElseThrow();
    assertThat(served.stream().map(identity)).doesNotHaveDuplicates().hasSize(clients);
  }

  private static SslContext client(Protocol version, String identity) {
    return SslContext.client()
        .provider("openssl")
        .maxProtocol(version)
        .externalPsk(psk(identity))
        .build();
  }
}
