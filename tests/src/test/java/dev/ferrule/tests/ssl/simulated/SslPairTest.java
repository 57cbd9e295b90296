package dev.ferrule.tests.ssl.simulated;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.event.Event;
import dev.ferrule.event.TcpReset;
import dev.ferrule.event.TcpTimeout;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.testkit.End;
import dev.ferrule.testkit.Fault;
import dev.ferrule.testkit.Faults;
import dev.ferrule.testkit.SslPair;
import dev.ferrule.testkit.ThrowawayCa;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SslPairTest {
  private final StringBuilder heard = new StringBuilder();
  private final List<Event> events = new ArrayList<>();

  /** The server says a line and closes; the client hears. */
  private SslPair telling() {
    return SslPair.create()
        .server(server ->
            server.onSecure((socket, session) -> {
              socket.write("a line of text");
              socket.close();
            }))
        .client(client ->
            client.onRead((socket, data) -> heard.append(UTF_8.decode(data))).onEvent(events::add));
  }

  @Test
  void a_line_comes_back() {
    SslPair.create()
        .server(server -> server.onRead((socket, data) -> socket.write(data)))
        .client(client ->
            client
                .data("hello")
                .onRead((socket, data) -> {
                  heard.append(UTF_8.decode(data));
                  socket.close();
                }))
        .run();
    assertThat(heard).hasToString("hello");
  }

  @Test
  void both_sockets_are_at_hand_once_they_are_open() {
    List<Boolean> secure = new ArrayList<>();
    SslPair.create()
        .onOpen((client, server) -> {
          secure.add(client.session() != null);
          secure.add(server.session() != null);
          client.onRead((socket, data) -> heard.append(UTF_8.decode(data)));
          server.write("at once");
          server.close();
        })
        .run();
    assertThat(heard).hasToString("at once");
    assertThat(secure).containsExactly(true, true);
  }

  @Test
  void own_contexts_take_the_place_of_the_throw_away_ones() {
    ThrowawayCa ca = ThrowawayCa.create();
    telling().contexts(ca.clientContext(), ca.serverContext("localhost")).run();
    assertThat(heard).hasToString("a line of text");
    assertThatThrownBy(() ->
            SslPair.create()
                .contexts(ca.clientContext(), ca.serverContext("other.example"))
                .server(server -> server.onEvent(event -> {}))
                .run())
        .isInstanceOf(SslError.class);
  }

  @Test
  void a_limit_of_an_hour_takes_no_time() {
    SslPair pair =
        SslPair.create()
            .client(client -> client.readTimeout(Duration.ofHours(1)).onEvent(events::add));
    pair.run();
    assertThat(events).singleElement().isInstanceOf(TcpTimeout.class);
    assertThat(pair.network().links()).allMatch(link -> link.isClosed());
  }

  @Test
  void sides_that_wait_for_each_other_for_ever_are_an_error() {
    assertThatThrownBy(() -> SslPair.create().run())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("waits for ever");
  }

  @Test
  void bytes_that_come_one_by_one_and_stall_are_the_same_bytes() {
    telling().faults(Faults.of(3).splitEveryByte().stall()).run();
    telling().faults(Faults.of(3).split().stall()).run();
    assertThat(heard).hasToString("a line of texta line of text");
  }

  @ParameterizedTest
  @EnumSource(
      value = Protocol.class,
      names = {"TLS_1_2", "TLS_1_3"})
  void a_lost_close_notify_is_a_truncated_end(Protocol version) {
    assertThat(toldUnder(Faults.of(1).dropCloseNotify(End.SERVER), version))
        .containsExactly(Fault.LOST_CLOSE_NOTIFY);
    assertThat(heard).hasToString("a line of text");
    assertThat(events).singleElement().isInstanceOf(SslTruncated.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = Protocol.class,
      names = {"TLS_1_2", "TLS_1_3"})
  void a_changed_record_gives_no_byte(Protocol version) {
    int record = version == Protocol.TLS_1_2 ? 0 : firstRecordOfData();
    assertThat(toldUnder(Faults.of(1).corruptRecord(End.SERVER, record), version))
        .containsExactly(Fault.CORRUPTED_RECORD);
    assertThat(heard).isEmpty();
    assertThat(events)
        .singleElement()
        .isInstanceOfSatisfying(
            SslError.class,
            error -> assertThat(error.failure()).isEqualTo(SslFailure.BAD_RECORD_MAC));
  }

  /** The encrypted handshake counts, in as many records as the provider likes. */
  private static int firstRecordOfData() {
    for (int record = 0; ; record++) {
      List<Boolean> secure = new ArrayList<>();
      SslPair.create()
          .faults(Faults.of(1).corruptRecord(End.SERVER, record))
          .server(server -> server.onSecure((socket, session) -> socket.close()).onEvent(e -> {}))
          .client(client -> client.onSecure((socket, session) -> secure.add(true)).onEvent(e -> {}))
          .run();
      if (!secure.isEmpty()) {
        return record;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 100, 1_000})
  void a_reset_in_the_handshake_is_told_as_one(long bytes) {
    assertThat(toldUnder(Faults.of(1).reset(End.SERVER, bytes), Protocol.TLS_1_3))
        .containsExactly(Fault.RESET);
    assertThat(events).singleElement().isInstanceOf(TcpReset.class);
  }

  /** What became of what the server wrote. */
  private Set<Fault> toldUnder(Faults faults, Protocol version) {
    SslPair pair =
        SslPair.create()
            .faults(faults)
            .server(server ->
                server
                    .onSecure((socket, session) -> {
                      socket.write("a line of text");
                      socket.close();
                    })
                    .onEvent(event -> {}))
            .client(client ->
                client
                    .maxProtocol(version)
                    .onRead((socket, data) -> heard.append(UTF_8.decode(data)))
                    .onEvent(events::add));
    pair.run();
    return pair.network().links().get(1).faults();
  }

  @Test
  void a_failure_says_how_it_is_had_again() {
    Faults faults = Faults.of(7).split().corruptRecord(End.CLIENT, 0).reset(End.SERVER, 9);
    assertThat(faults)
        .hasToString("Faults.of(7L).split().corruptRecord(End.CLIENT, 0).reset(End.SERVER, 9L)");
    assertThat(Faults.random(-8)).hasToString("Faults.random(-8L)");
    assertThatThrownBy(() ->
            SslPair.create()
                .faults(Faults.of(7).split())
                .client(
                    client -> client.onSecure((socket, session) -> assertThat(heard).isNotEmpty()))
                .run())
        .satisfies(failure ->
            assertThat(failure.getSuppressed())
                .singleElement()
                .asString()
                .contains("Faults.of(7L).split()"));
  }

  @Test
  void what_cannot_be_is_refused() {
    assertThatThrownBy(() -> Faults.of(1).reset(End.CLIENT, -1)).hasMessageContaining("-1");
    assertThatThrownBy(() -> Faults.of(1).corruptRecord(End.CLIENT, -2)).hasMessageContaining("-2");
    SslPair pair = telling();
    assertThatThrownBy(pair::network).isInstanceOf(IllegalStateException.class);
    pair.run();
    assertThatThrownBy(pair::run).isInstanceOf(IllegalStateException.class);
  }
}
