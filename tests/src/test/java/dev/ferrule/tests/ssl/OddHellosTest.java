package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.Tcp;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Provided;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hellos that are long, split, or none. Each is decided before a provider sees it. */
class OddHellosTest {
  private static final int LONGEST = 64 * 1024;

  private final Heard server = new Heard();
  private SslHello seen;
  private int alert;

  @ParameterizedTest
  @ValueSource(ints = {64, 1_000, 16_384})
  void a_hello_of_64_KiB_is_read_however_it_is_split(int record) {
    says(RawHello.usual().names("long.example").padded(LONGEST).records(record));
    assertThat(seen.serverName()).hasValue("long.example");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 200})
  void a_hello_as_long_as_the_provider_takes_gets_a_handshake(int less) {
    assertThat(answer(Provided.LONGEST_HELLO - less)).as("a record of the handshake").isEqualTo(22);
    assertThat(server.events).noneMatch(SslError.class::isInstance);
  }

  @ParameterizedTest
  @ValueSource(ints = {16_385, 17_000, 32_769, 33_000, 60_000, LONGEST})
  void a_hello_that_is_longer_than_the_provider_takes_is_refused_as_such(int bytes) {
    assumeTrue(bytes > Provided.LONGEST_HELLO, () -> Provided.NAME + " takes it");
    assertThat(answer(bytes)).as("an alert").isEqualTo(21);
    SslError error = server.ssl(Side.OURS, Stage.HELLO, "hello was refused: it is too long for");
    assertThat(error.message()).contains(String.valueOf(Provided.LONGEST_HELLO));
    assertThat(error.alert()).hasValue(Provided.LONG_HELLO_ALERT);
    assertThat(error.hello()).isPresent();
  }

  /** The first byte of what a client gets whose hello is so long. */
  private int answer(int bytes) {
    int[] first = {-1};
    Loops.runInline(loop -> {
      var listening = Pair.serve(loop, server, s -> {});
      Tcp.connect(loop, "127.0.0.1", listening.port())
          .data(RawHello.usual().padded(bytes).records(16_384))
          .onRead((socket, data) -> {
            first[0] = data.get(data.position());
            socket.abort();
          })
          .onEvent(event -> {})
          .open();
    });
    return first[0];
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 1_000, 16_384})
  void a_byte_more_is_refused(int record) {
    says(RawHello.usual().padded(LONGEST + 1).records(record));
    refused("illegal_parameter", "more than 65536 bytes");
    assertThat(alert).isEqualTo(47);
  }

  @Test
  void too_many_records_are_refused() {
    says(RawHello.usual().padded(40_000).records(1));
    refused("illegal_parameter", "too many records");
  }

  @Test
  void two_hundred_extensions_are_read() {
    RawHello hello = RawHello.usual();
    for (int i = 0; i < 200; i++) {
      hello.extension(0x4000 + i, new byte[i % 7]);
    }
    says(hello.records(16_384));
    assertThat(seen.ja4()).startsWith("t13i0199"); // 204 are shown as 99
  }

  @Test
  void a_name_of_255_bytes_is_read_and_one_of_256_is_none() {
    says(RawHello.usual().names("a".repeat(255)).records(16_384));
    assertThat(seen.serverName()).hasValue("a".repeat(255));
    says(RawHello.usual().names("a".repeat(256)).records(16_384));
    refused("decode_error", "malformed");
    assertThat(alert).isEqualTo(50);
  }

  @Test
  void two_names_are_refused() {
    says(RawHello.usual().names("one.example", "two.example").records(16_384));
    refused("decode_error", "malformed");
  }

  @Test
  void no_name_is_no_name() {
    says(RawHello.usual().records(16_384));
    assertThat(seen.serverName()).isEmpty();
  }

  @Test
  void an_extension_twice_is_refused() {
    says(RawHello.usual().names("a").names("b").records(16_384));
    refused("decode_error", "malformed");
  }

  @Test
  void another_message_first_is_refused() {
    says(RawHello.records(RawHello.hex("0b000003000000"), 16_384));
    refused("unexpected_message", "does not begin with a client's hello");
  }

  @Test
  void an_alert_first_is_the_peers() {
    says(RawHello.hex("1503010002022a"));
    SslError error = server.only(SslError.class);
    assertThat(error.side()).isEqualTo(Side.PEER);
    assertThat(error.alert()).hasValue("bad_certificate");
    assertThat(alert).as("an answer").isEqualTo(-1);
  }

  @Test
  void half_an_alert_is_not_blamed_on_this_side() {
    says(RawHello.hex("150301000202"));
    assertThat(server.only(TcpTimeout.class).limit()).isEqualTo(TcpTimeout.Limit.HANDSHAKE);
  }

  @Test
  void data_first_is_refused() {
    says(RawHello.hex("1703030003616263"));
    refused("unexpected_message", "does not begin with a client's hello");
  }

  @Test
  void half_a_hello_is_a_handshake_timeout() {
    byte[] whole = RawHello.usual().records(16_384);
    says(Arrays.copyOf(whole, whole.length - 1));
    assertThat(seen).isNull();
    assertThat(server.only(TcpTimeout.class).limit()).isEqualTo(TcpTimeout.Limit.HANDSHAKE);
  }

  /** What the handshake signs are messages, not records: so both sides agree all the same. */
  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_real_hello_may_be_split_over_records_and_segments_anywhere(Protocol version) {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    for (int i = 0; i < 20; i++) {
      Random random = new Random(seed + i);
      boolean[] first = {true};
      Pair pair =
          new Pair()
              .client(c -> c.maxProtocol(version).serverName("localhost"))
              .through((loop, port) ->
                  Relay.open(
                      loop,
                      port,
                      (relay, up, bytes) -> {
                        byte[] passed = up && first[0] ? resplit(bytes, random) : bytes;
                        first[0] &= !up;
                        relay.forward(up, passed);
                      }))
              .onSecure(SslSocket::close)
              .run();
      assertThat(pair.served.serverName()).as("seed %s + %s", seed, i).hasValue("localhost");
    }
  }

  private static byte[] resplit(byte[] record, Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 5; at < record.length; ) {
      int n = Math.min(1 + random.nextInt(random.nextBoolean() ? 4 : 200), record.length - at);
      out.writeBytes(RawHello.records(Arrays.copyOfRange(record, at, at + n), n));
      at += n;
    }
    return out.toByteArray();
  }

  private void refused(String alertName, String words) {
    SslError error = server.ssl(Side.OURS, Stage.HELLO, words);
    assertThat(error.alert()).hasValue(alertName);
    assertThat(seen).as("the program was asked").isNull();
  }

  /** A client that says this, in segments of its kernel, and notes the alert that it gets. */
  private void says(byte[] bytes) {
    server.events.clear();
    server.closed = 0;
    seen = null;
    alert = -1;
    Loops.runInline(loop -> {
      var listening =
          Pair.serve(
              loop,
              server,
              s ->
                  s.handshakeTimeout(Duration.ofMillis(300))
                      .onHello((socket, hello, choice) -> {
                        seen = hello;
                        socket.abort();
                      }));
      Tcp.connect(loop, "127.0.0.1", listening.port())
          .data(bytes)
          .onRead((socket, data) -> alert = data.get(data.limit() - 1))
          .onEvent(event -> {})
          .open();
    });
  }
}
