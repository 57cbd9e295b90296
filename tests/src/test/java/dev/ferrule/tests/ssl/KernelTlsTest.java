package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.Event;
import dev.ferrule.event.Notice;
import dev.ferrule.ssl.KernelTls;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.SentFiles;
import dev.ferrule.tests.SentFiles.Expected;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kernel protects the records. Skipped where it cannot; {@code ./build ktls} runs it in a
 * machine where it can.
 */
class KernelTlsTest {
  private static final int LARGE = 6 << 20;
  private static final byte[] CONTENT = SentFiles.bytes(LARGE, 4);

  @TempDir private Path folder;
  private final List<String> log = new ArrayList<>();
  private final Expected expected = new Expected();
  private boolean changes;
  private KernelTls last;

  @BeforeAll
  static void hasKernelTls() {
    KernelTlsHere.assumeThere();
  }

  /** A server on the kernel, and a client that has records of its own: the JDK's. */
  private void serve(
      Consumer<SslServerSetup> setup,
      Consumer<SslSocket> serving,
      Consumer<SslClientSetup> client) {
    Loops.run(loop -> {
      SslServerSetup serverSetup =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .kernelTls()
              .onSecure((s, session) -> {
                log.add(session.kernel().toString());
                serving.accept(s);
              })
              .onEvent(e -> log.add("server " + e.getClass().getSimpleName()));
      setup.accept(serverSetup);
      SslServer server = serverSetup.open();
      SslClientSetup clientSetup =
          Ssl.connect(loop, "127.0.0.1", server.port())
              .trust(Pki.TRUST)
              .provider("jdk")
              .onEvent(e -> log.add("client " + e.getClass().getSimpleName()))
              .onClose(((TcpServer) server)::close);
      client.accept(clientSetup);
      clientSetup.open();
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256"
      })
  void a_server_echoes_much_to_a_client_of_another_library_and_both_end_cleanly(String suite) {
    expected.then(CONTENT);
    serve(
        setup ->
            setup.onRead((s, data) -> {
              last = s.session().orElseThrow().kernel();
              s.write(data);
            }),
        s -> {},
        client ->
            client
                .ciphers(suite)
                .onSecure((s, session) -> s.write(CONTENT))
                .onRead((s, data) -> {
                  expected.read(data);
                  if (expected.arrived() == LARGE) {
                    s.close();
                  }
                }));
    expected.assertWhole();
    assertThat(last).isEqualTo(KernelTls.BOTH);
    assertThat(log).element(1).isEqualTo("server TcpEof");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"})
  void a_client_gives_its_records_to_the_kernel_when_its_tickets_have_come(String suite) {
    expected.then(CONTENT);
    Expected served = new Expected();
    served.then(CONTENT);
    Loops.run(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .provider("jdk")
              .ciphers(suite)
              .onRead((s, data) -> {
                served.read(data);
                if (served.arrived() == LARGE) {
                  s.write(CONTENT);
                  s.close();
                }
              })
              .onEvent(e -> log.add("server " + e))
              .open();
      Ssl.connect(loop, "127.0.0.1", server.port())
          .trust(Pki.TRUST)
          .kernelTls()
          .onSecure((s, session) -> s.write(CONTENT))
          .onRead((s, data) -> {
            expected.read(data);
            last = s.session().orElseThrow().kernel();
          })
          .onEvent(e -> log.add("client " + e.getClass().getSimpleName()))
          .onClose(((TcpServer) server)::close)
          .open();
    });
    served.assertWhole();
    expected.assertWhole();
    assertThat(last).isEqualTo(KernelTls.BOTH);
    assertThat(log).containsExactly("client TcpEof");
  }

  @Test
  void a_file_is_sent_between_what_was_written_before_and_behind_it() {
    Path file = SentFiles.file(folder, CONTENT);
    expected.then("head".getBytes(UTF_8));
    expected.then(Arrays.copyOfRange(CONTENT, 7, LARGE - 3));
    expected.then("tail".getBytes(UTF_8));
    serve(
        setup -> {},
        s -> {
          s.write("head");
          s.sendFile(file, 7, LARGE - 10, x -> log.add("sent"));
          s.write("tail", TcpSocket::close);
        },
        client -> client.onRead((s, data) -> expected.read(data)));
    expected.assertWhole();
    assertThat(log).containsExactly("BOTH", "sent", "client TcpEof");
  }

  /** The end must not overtake what the kernel still holds. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothing_is_lost_when_it_closes_while_its_peer_does_not_read(boolean file) {
    Path path = SentFiles.file(folder, CONTENT);
    expected.then(CONTENT);
    serve(
        setup -> {},
        s -> {
          if (file) {
            s.sendFile(path, 0, LARGE);
          } else {
            s.write(CONTENT);
          }
          s.close();
        },
        client ->
            client
                .onSecure((s, session) -> {
                  s.disableReading();
                  s.loop().delay(Duration.ofMillis(300), s::enableReading);
                })
                .onRead((s, data) -> expected.read(data)));
    expected.assertWhole();
    assertThat(log).containsExactly("BOTH", "client TcpEof");
  }

  @Test
  void small_writes_of_one_turn_go_out_in_order_and_both_directions_at_once() {
    byte[] part = Arrays.copyOf(CONTENT, 1000);
    Expected served = new Expected();
    for (int i = 0; i < 500; i++) {
      expected.then(part);
      served.then(part);
    }
    serve(
        setup ->
            setup.onRead((s, data) -> {
              served.read(data);
              if (served.arrived() == 500_000) {
                s.close();
              }
            }),
        s -> many(s, part),
        client ->
            client
                .onSecure((s, session) -> many(s, part))
                .onRead((s, data) -> expected.read(data)));
    served.assertWhole();
    expected.assertWhole();
    assertThat(log).element(0).isIn("SENDING", "BOTH"); // its data may have come at once
    assertThat(log).element(1).isEqualTo("client TcpEof");
  }

  private static void many(TcpSocket socket, byte[] part) {
    for (int i = 0; i < 500; i++) {
      socket.write(part);
    }
  }

  /** In TLS 1.3 the JDK's second handshake is a KeyUpdate that asks for one. */
  @Test
  void a_peer_that_replaces_its_keys_is_served_on_where_the_kernel_can_and_else_it_is_told() {
    StringBuilder got = new StringBuilder();
    TcpServer[] own = new TcpServer[1];
    Loops.run(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .kernelTls()
              .onConnect(s -> own[0].close())
              .onRead((s, data) -> {
                got.append(UTF_8.decode(data));
                log.add(s.session().orElseThrow().kernel().toString());
                s.write("x");
                if (got.toString().endsWith("behind")) {
                  s.close();
                }
              })
              .onEvent(e -> log.add(e.toString()))
              .open();
      own[0] = server;
      Thread.ofPlatform().start(() -> updateKeys(server.port()));
    });
    if (KernelTlsHere.replacesKeys()) {
      assertThat(got).hasToString("beforebehind");
    } else {
      assertThat(got).hasToString("before");
      assertThat(log.getLast()).contains("KeyUpdate", "this kernel cannot replace keys");
    }
  }

  private static void updateKeys(int port) {
    try (SSLSocket peer = JdkPeers.connect(port)) {
      peer.getOutputStream().write("before".getBytes(UTF_8));
      assertThat(peer.getInputStream().read()).isEqualTo('x');
      peer.startHandshake();
      peer.getOutputStream().write("behind".getBytes(UTF_8));
      peer.getInputStream().readAllBytes();
    } catch (IOException e) {
      return; // the server has told what happened
    }
  }

  @ParameterizedTest
  @CsvSource({"last,bad_record_mac", "length,record_overflow", "version,unexpected_message"})
  void a_record_that_was_changed_on_its_way_is_refused_with_the_alert_for_that(
      String place, String alert) {
    Loops.run(loop -> {
      SslServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .credentials(Pki.LOCAL)
              .kernelTls()
              .onRead((s, data) -> s.write("x"))
              .onEvent(this::alert)
              .open();
      TcpServer relay =
          Tcp.server(loop, "127.0.0.1", 0)
              .onConnect(near -> {
                TcpSocket far =
                    Tcp.connect(loop, "127.0.0.1", server.port()).onEvent(e -> {}).open();
                near.onRead((s, data) -> far.write(changed(data, place)));
                far.onRead((s, data) -> near.write(data));
                near.onClose(far::close);
                far.onClose(near::close);
              })
              .onEvent(e -> {})
              .open();
      Ssl.connect(loop, "127.0.0.1", relay.port())
          .trust(Pki.TRUST)
          .provider("jdk")
          .onSecure((s, session) -> s.write("before"))
          .onRead((s, data) -> {
            changes = true;
            s.write("behind");
          })
          .onEvent(this::alert)
          .onClose(() -> {
            relay.close();
            ((TcpServer) server).close();
          })
          .open();
    });
    assertThat(log).containsExactly("OURS " + alert, "PEER " + alert);
  }

  private void alert(Event event) {
    if (event instanceof SslError error) {
      log.add(error.side() + " " + error.alert().orElse("none"));
    }
  }

  private byte[] changed(ByteBuffer data, String place) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    if (changes) {
      switch (place) {
        case "version" -> bytes[2] = 2;
        case "length" -> bytes[3] = 0x50;
        default -> bytes[bytes.length - 1] ^= 1;
      }
    }
    return bytes;
  }

  @Test
  void it_cannot_be_unwrapped_and_says_so() {
    serve(
        setup -> {},
        s -> {
          assertThatThrownBy(s::unwrap)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("kernel protects this connection to its end");
          s.close();
        },
        client -> {});
    assertThat(log).containsExactly("BOTH", "client TcpEof");
  }

  @Test
  void in_tls_1_2_it_is_not_used_and_a_notice_says_why() {
    expected.then(CONTENT);
    List<String> notices = new ArrayList<>();
    serve(
        setup ->
            setup
                .maxProtocol(Protocol.TLS_1_2)
                .onEvent(e -> {
                  if (e instanceof Notice notice) {
                    notices.add(notice.message());
                  }
                }),
        s -> {
          s.write(CONTENT);
          s.close();
        },
        client -> client.onRead((s, data) -> expected.read(data)));
    expected.assertWhole();
    assertThat(notices).singleElement().asString().contains("is for TLS 1.3");
  }
}
