package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.event.TcpEof;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Provided;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ends that need the peer, and peers that do not help. */
class EndingTest {
  @Test
  void a_peer_that_never_answers_our_close_is_dropped_after_the_close_timeout() {
    Pair pair = new Pair().client(c -> c.closeTimeout(Duration.ofMillis(60)));
    Relay[] relay = new Relay[1];
    boolean[] closing = new boolean[1];
    long[] nanos = new long[1];
    pair.onSecure(s -> {
      closing[0] = true;
      nanos[0] = System.nanoTime();
      s.onClose(() -> {
        nanos[0] = System.nanoTime() - nanos[0];
        relay[0].cut(true);
      });
      s.close();
    });
    // From then on nothing passes in either direction, and no end does.
    pair.through((loop, port) ->
        Relay.open(
            loop,
            port,
            (passing, up, bytes) -> {
              relay[0] = passing;
              if (closing[0]) {
                passing.hold();
              } else {
                passing.forward(up, bytes);
              }
            }));
    pair.run();
    assertThat(pair.client.events).isEmpty();
    assertThat(Duration.ofNanos(nanos[0])).isBetween(Duration.ofMillis(55), Duration.ofSeconds(3));
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void the_peers_close_notify_is_answered_with_ours(Protocol version) throws Exception {
    Heard server = new Heard();
    int[] end = {-2};
    Loops.runInline(loop -> {
      var listening = Pair.serve(loop, server);
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try (SSLSocket socket = JdkPeers.connect(listening.port())) {
              socket.setEnabledProtocols(new String[] {version.toString()});
              socket.getOutputStream().write("hello".getBytes(UTF_8));
              socket.shutdownOutput();
              // The JDK throws here when the connection ends without a close_notify.
              end[0] = socket.getInputStream().read();
            } catch (java.io.IOException e) {
              end[0] = -3;
            }
          });
    });
    server.only(TcpEof.class);
    assertThat(server.text).hasToString("hello");
    Loops.eventually(() -> end[0] == -1);
  }

  @Test
  void a_large_answer_is_whole_before_the_clean_end() {
    byte[] large = new byte[3_000_000];
    long[] got = new long[1];
    Pair pair = new Pair();
    pair.client(c ->
        c.onRead((s, data) -> {
          got[0] += data.remaining();
          data.position(data.limit());
        }));
    pair.onServed(s -> {
      s.write(large);
      s.close();
    });
    pair.run();
    pair.client.only(TcpEof.class);
    assertThat(got[0]).isEqualTo(large.length);
  }

  @Test
  void data_in_flight_towards_a_closing_side_does_not_spoil_its_end() {
    Pair pair = new Pair();
    pair.onServed(s -> s.close()).onSecure(s -> s.write("x".repeat(200_000)));
    pair.run();
    pair.client.only(TcpEof.class);
    assertThat(pair.server.events).isEmpty();
  }

  @Test
  void a_read_timeout_over_ssl_says_goodbye() {
    Pair pair = new Pair().client(c -> c.readTimeout(Duration.ofMillis(60)));
    pair.run();
    TcpTimeout timeout = pair.client.only(TcpTimeout.class);
    assertThat(timeout.limit()).isEqualTo(TcpTimeout.Limit.READ);
    pair.server.only(TcpEof.class);
  }

  @Test
  void a_close_in_the_handshake_is_no_clean_end_for_the_peer() {
    Pair pair = new Pair();
    pair.client(c -> c.onConnect(s -> s.loop().execute(s::close)));
    pair.run();
    assertThat(pair.client.events).isEmpty();
    assertThat(pair.server.order).doesNotContain("secure", "TcpEof");
    assertThat(pair.server.events).hasSize(1);
  }

  @Test
  void what_was_written_before_a_close_in_the_handshake_still_arrives() {
    Pair pair = new Pair();
    pair.client(c ->
        c.onConnect(s -> {
          s.write("last words");
          s.close();
        }));
    pair.run();
    pair.server.only(TcpEof.class);
    assertThat(pair.server.text).hasToString("last words");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_half_close_asked_for_in_the_handshake_comes_when_it_is_done(Protocol version) {
    Pair pair = new Pair();
    pair.client(c -> c.maxProtocol(version).onConnect(s -> s.shutdownOutput()));
    pair.run();
    pair.server.only(TcpEof.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_half_open_socket_may_answer_after_the_peers_end(Protocol version) {
    if (version == Protocol.TLS_1_2 && !Provided.HALF_CLOSES_BEFORE_TLS_1_3) {
      return; // the next test says what happens instead
    }
    Pair pair = new Pair();
    pair.server(s -> s.halfOpen());
    pair.client(c -> c.halfOpen().maxProtocol(version));
    pair.onSecure(s -> {
      s.write("question");
      s.shutdownOutput();
    });
    pair.onServed(s ->
        s.onEvent(event -> {
          pair.server.event(event);
          s.write("answer", done -> done.close());
        }));
    pair.run();
    assertThat(pair.server.text).hasToString("question");
    assertThat(pair.client.text).hasToString("answer");
    pair.client.only(TcpEof.class);
    assertThat(pair.client.events).noneMatch(SslTruncated.class::isInstance);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_server_may_end_its_side_first_and_go_on_reading(Protocol version) {
    if (version == Protocol.TLS_1_2 && !Provided.HALF_CLOSES_BEFORE_TLS_1_3) {
      return; // there close_notify ends both sides
    }
    Pair pair = new Pair();
    String much = "x".repeat(500_000);
    pair.server(s -> s.halfOpen());
    pair.client(c -> c.halfOpen().maxProtocol(version));
    pair.onServed(s -> {
      s.write("that is all");
      s.shutdownOutput();
    });
    pair.onSecure(s ->
        s.onEvent(event -> {
          pair.client.event(event);
          s.write(much, SslSocket::close);
        }));
    pair.run();
    assertThat(pair.client.text).hasToString("that is all");
    assertThat(pair.server.text).hasToString(much);
    pair.server.only(TcpEof.class);
    pair.client.only(TcpEof.class);
  }

  @Test
  void before_tls_1_3_an_answer_after_the_peers_end_arrives_or_its_loss_is_told() {
    Pair pair = new Pair();
    pair.server(s -> s.halfOpen());
    pair.client(c -> c.halfOpen().maxProtocol(Protocol.TLS_1_2));
    pair.onSecure(SslSocket::shutdownOutput);
    pair.onServed(s ->
        s.onEvent(event -> {
          pair.server.event(event);
          if (event instanceof TcpEof) {
            s.loop().execute(() -> s.loop().execute(() -> s.write("answer", done -> done.close())));
          }
        }));
    pair.run();
    if (!Provided.HALF_CLOSES_BEFORE_TLS_1_3) {
      assertThat(pair.server.order).endsWith("TcpEof", "SslError", "close");
      assertThat(((SslError) pair.server.events.getLast()).code()).isEqualTo("OUTPUT_CLOSED");
    } else {
      assertThat(pair.client.text).hasToString("answer");
      assertThat(pair.server.order).endsWith("TcpEof", "close");
    }
  }

  /** Who closes first, and what it says in its close callback. */
  private static boolean confirmed(Pair pair, Protocol version) {
    boolean[] confirmed = new boolean[1];
    pair.client(c -> c.maxProtocol(version));
    pair.onSecure(socket -> {
      socket.write("last words");
      socket.onClose(() -> confirmed[0] = socket.closeConfirmed());
      socket.close();
      assertThat(socket.closeConfirmed()).isFalse();
    });
    pair.run();
    return confirmed[0];
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_close_is_confirmed_by_the_peers_close_notify(Protocol version) {
    Pair pair = new Pair();
    assertThat(confirmed(pair, version)).isTrue();
    assertThat(pair.server.text).hasToString("last words");
    pair.server.only(TcpEof.class);
  }

  @Test
  void a_close_is_confirmed_behind_data_of_the_peer_too() {
    Pair pair = new Pair();
    pair.onServed(socket -> socket.write("x".repeat(1_000_000)));
    assertThat(confirmed(pair, Protocol.TLS_1_3)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_close_is_confirmed_where_the_peer_talks_before_all_is_sent(Protocol version) {
    Pair pair = new Pair();
    SslSocket[] slow = new SslSocket[1];
    pair.server(s -> s.onRead((socket, data) -> data.position(data.limit())));
    pair.onServed(socket -> {
      slow[0] = socket;
      socket.disableReading();
    });
    pair.through((loop, port) -> {
      loop.delay(Duration.ofMillis(80), () -> slow[0].write("not yet"));
      loop.delay(Duration.ofMillis(160), () -> slow[0].enableReading());
      return port;
    });
    byte[] much = new byte[20_000_000]; // more than the system's buffers take
    boolean[] confirmed = new boolean[1];
    pair.onSecure(socket -> {
      socket.write(much);
      socket.onClose(() -> confirmed[0] = socket.closeConfirmed());
      socket.close();
    });
    pair.client(c -> c.maxProtocol(version)).run();
    assertThat(confirmed[0]).isTrue();
    assertThat(pair.client.events).isEmpty();
    pair.server.only(TcpEof.class);
  }

  @Test
  void a_close_is_not_confirmed_by_a_cut() {
    Pair pair = new Pair();
    pair.server(s -> s.onEvent(event -> ((TcpEof) event).socket().abort()));
    assertThat(confirmed(pair, Protocol.TLS_1_3)).isFalse();
    assertThat(pair.client.events).isEmpty();
  }

  @Test
  void a_close_after_the_peers_is_not_confirmed_by_that() {
    Pair pair = new Pair();
    boolean[] confirmed = {true};
    pair.onServed(socket -> socket.onClose(() -> confirmed[0] = socket.closeConfirmed()));
    pair.onSecure(SslSocket::close);
    pair.run();
    assertThat(confirmed[0]).isFalse();
  }
}
