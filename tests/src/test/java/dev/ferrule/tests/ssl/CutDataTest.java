package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.event.TcpEof;
import dev.ferrule.event.TcpReset;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslTruncated;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a secure connection may end: cleanly, cut off, or reset; both roles. */
class CutDataTest {
  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_close_notify_is_a_clean_end_and_is_answered(Protocol version) {
    Pair pair = pair(version).onSecure(s -> s.write("bye", done -> done.close())).run();
    pair.server.only(TcpEof.class);
    assertThat(pair.server.text).hasToString("bye");
    assertThat(pair.client.events).isEmpty();
    assertThat(pair.client.closed).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_fin_without_close_notify_is_a_truncation(Protocol version) {
    Pair pair = cutAfterData(version, false);
    for (Heard side : new Heard[] {pair.server, pair.client}) {
      SslTruncated end = side.only(SslTruncated.class);
      assertThat(end.stage()).isEqualTo(Stage.DATA);
      assertThat(end.side()).isEqualTo(Side.PEER);
      assertThat(end.message()).contains("without close_notify", "not be all");
    }
    assertThat(pair.server.text).hasToString("whole");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void a_reset_is_a_reset(Protocol version) {
    Pair pair = cutAfterData(version, true);
    assertThat(pair.server.only(TcpReset.class).message()).contains("reset");
    assertThat(pair.client.only(TcpReset.class).message()).contains("reset");
    assertThat(pair.server.text).hasToString("whole");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void half_a_record_is_never_delivered(Protocol version) {
    AtomicBoolean armed = new AtomicBoolean();
    Pair pair = pair(version).onServed(s -> s.write("hello"));
    pair.client(c ->
        c.maxProtocol(version)
            .onRead((s, data) -> {
              armed.set(true);
              s.write("never whole");
            }));
    pair.through((loop, port) ->
        Relay.open(
            loop,
            port,
            (relay, up, bytes) -> {
              boolean cut = up && armed.get();
              relay.forward(up, cut ? Arrays.copyOf(bytes, bytes.length / 2) : bytes);
              if (cut) {
                relay.cut(false);
              }
            }));
    pair.run();
    assertThat(pair.server.text).isEmpty();
    assertThat(pair.server.only(SslTruncated.class).stage()).isEqualTo(Stage.DATA);
  }

  private static Pair cutAfterData(Protocol version, boolean reset) {
    Relay[] relay = new Relay[1];
    Pair pair = pair(version).onServed(s -> s.write("hello"));
    pair.client(c ->
        c.maxProtocol(version)
            .onRead((s, data) -> {
              pair.client.read(data);
              s.write("whole");
            }));
    pair.server(s ->
        s.onRead((socket, data) -> {
          pair.server.read(data);
          relay[0].cut(reset);
        }));
    pair.through((loop, port) ->
        Relay.open(
            loop,
            port,
            (passing, up, bytes) -> {
              relay[0] = passing;
              passing.forward(up, bytes);
            }));
    return pair.run();
  }

  private static Pair pair(Protocol version) {
    return new Pair().client(c -> c.maxProtocol(version));
  }
}
