package dev.ferrule.tests.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.Ports;
import dev.ferrule.tests.Flight;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;

/** What the Flight Recorder gets of plain connections and of loops. */
class FlightTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  @Test
  void a_name_and_each_of_its_addresses_are_recorded() throws IOException {
    int free = Ports.free();
    List<RecordedEvent> events =
        Flight.of(
            () ->
                Loops.run(
                    EventLoop.setup()
                        .resolver(host ->
                            List.of(InetAddress.ofLiteral("127.0.0.2"), LOOPBACK, LOOPBACK)),
                    loop -> {
                      TcpServer server = Tcp.server(loop, "127.0.0.1", free).open();
                      Tcp.connect(loop, "some.test", free)
                          .onConnect(TcpSocket::close)
                          .onClose(server::close)
                          .open();
                    }),
            "NameLookup",
            "Connect");
    RecordedEvent lookup = Flight.only(events, "NameLookup");
    assertThat(lookup.getString("host")).isEqualTo("some.test");
    assertThat(lookup.getInt("addresses")).isEqualTo(3);
    assertThat(lookup.getString("found")).isEqualTo("127.0.0.2 127.0.0.1 127.0.0.1");
    assertThat(lookup.getString("failure")).isNull();
    List<RecordedEvent> tried = Flight.named(events, "Connect");
    assertThat(tried)
        .extracting(e -> e.getString("address"))
        .containsExactly("127.0.0.2:" + free, "127.0.0.1:" + free);
    assertThat(tried).extracting(e -> e.getString("failure")).containsExactly("ECONNREFUSED", null);
    assertThat(tried).allMatch(e -> !e.getDuration().isNegative());
  }

  @Test
  void a_name_without_an_address_is_recorded_with_its_failure_and_its_bad_characters_in_hex() {
    List<RecordedEvent> events =
        Flight.of(
            () ->
                Loops.run(
                    EventLoop.setup()
                        .resolver(host -> {
                          throw new UnknownHostException(host);
                        }),
                    loop -> loop.resolve("no\u202E\u001Bname", found -> {}, event -> {})),
            "NameLookup");
    RecordedEvent lookup = Flight.only(events, "NameLookup");
    assertThat(lookup.getString("failure")).isEqualTo("ENOTFOUND");
    assertThat(lookup.getString("host")).isEqualTo("no\\u202E\\x1Bname");
    assertThat(lookup.getInt("addresses")).isZero();
  }

  @Test
  void both_ends_of_a_connection_are_recorded_with_what_went_over_it() {
    List<RecordedEvent> events = Flight.of(FlightTest::exchange, "Accept", "Close");
    RecordedEvent accept = Flight.only(events, "Accept");
    assertThat(accept.getString("server")).startsWith("127.0.0.1:");
    assertThat(accept.getString("peer")).startsWith("127.0.0.1:");
    RecordedEvent client = closed(events, "client");
    assertThat(client.getString("reason")).isEqualTo("CLOSED");
    assertThat(client.getString("endedBy")).isEqualTo("program");
    assertThat(client.getString("peer")).isEqualTo(accept.getString("server"));
    assertThat(client.getLong("sent")).isEqualTo(5).isEqualTo(client.getLong("dataSent"));
    assertThat(client.getLong("received")).isEqualTo(5).isEqualTo(client.getLong("dataReceived"));
    assertThat(client.getLong("recordsSent")).isEqualTo(-1);
    assertThat(client.getDuration("open")).isPositive();
    RecordedEvent server = closed(events, "server");
    assertThat(server.getString("peer")).isEqualTo(accept.getString("peer"));
    assertThat(server.getString("reason")).isEqualTo("EOF");
    assertThat(server.getString("endedBy")).isEqualTo("peer");
  }

  private static void exchange() {
    Loops.run(loop -> {
      TcpServer server = Loopback.echo(loop);
      Loopback.client(loop, server)
          .data("hello")
          .onRead((socket, data) -> {
            data.position(data.limit());
            socket.close();
          })
          .open();
    });
  }

  private static RecordedEvent closed(List<RecordedEvent> events, String side) {
    return Flight.named(events, "Close").stream()
        .filter(event -> event.getString("side").equals(side))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void an_abort_a_time_limit_and_the_loops_end_are_told_apart() {
    List<RecordedEvent> events =
        Flight.of(
            () -> {
              end(socket -> socket.readTimeout(Duration.ofMillis(10)));
              end(TcpSocket::abort);
              Loops.runUntilExit(
                  EventLoop.setup(),
                  loop -> {
                    TcpServer server = Loopback.sink(loop);
                    Loopback.client(loop, server).onConnect(socket -> loop.exit()).open();
                  });
            },
            "Close");
    assertThat(
            Flight.named(events, "Close").stream()
                .filter(event -> event.getString("side").equals("client"))
                .map(event -> event.getString("reason") + " by " + event.getString("endedBy")))
        .containsExactly("ETIMEDOUT by limit", "ABORTED by program", "EXIT by loop");
    assertThat(closed(events, "server").getString("peer")).isNotNull();
  }

  private static void end(Consumer<TcpSocket> how) {
    Loops.run(loop -> {
      TcpServer server = Loopback.sink(loop);
      Loopback.client(loop, server).onConnect(how).onEvent(Loopback.ignored()).open();
    });
  }

  @Test
  void a_reset_was_the_peers() {
    List<RecordedEvent> events = Flight.of(() -> end(TcpSocket::abort), "Close");
    RecordedEvent server = closed(events, "server");
    assertThat(server.getString("reason")).isEqualTo("ECONNRESET");
    assertThat(server.getString("endedBy")).isEqualTo("peer");
  }

  @Test
  void what_never_was_connected_has_no_close() {
    List<RecordedEvent> events =
        Flight.of(
            () ->
                Loops.run(loop -> {
                  TcpServer server = Loopback.sink(loop);
                  int port = server.port();
                  server.close();
                  Tcp.connect(loop, "127.0.0.1", port).onEvent(Loopback.ignored()).open();
                }),
            "Close",
            "Connect");
    assertThat(Flight.named(events, "Close")).isEmpty();
    assertThat(Flight.only(events, "Connect").getString("failure")).isEqualTo("ECONNREFUSED");
  }

  // ---- stalls

  /** Holds its loop. */
  private static void hold() {
    long began = System.nanoTime();
    while (System.nanoTime() - began < 30_000_000) {
      Thread.onSpinWait();
    }
  }

  /** A callback with a name. */
  private static final class Slowly implements Consumer<TcpSocket> {
    @Override
    public void accept(TcpSocket socket) {
      hold();
      socket.close();
    }
  }

  @Test
  void a_callback_that_holds_its_loop_is_named() {
    List<RecordedEvent> events =
        Flight.of(recording -> recording.enable("dev.ferrule.LoopStall"), () -> end(new Slowly()));
    RecordedEvent stall = stallOf(events, Slowly.class.getName());
    assertThat(stall.getString("part")).isEqualTo("callback");
    assertThat(stall.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(30));
    assertThat(Flight.named(events, "LoopStall"))
        .as("what is around it is not told as well")
        .noneMatch(e -> e.getString("part").equals("connection"));
  }

  private static RecordedEvent stallOf(List<RecordedEvent> events, String type) {
    return Flight.named(events, "LoopStall").stream()
        .filter(event -> event.getString("type").equals(type))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no stall of " + type + " in " + events));
  }

  @Test
  void timers_actions_and_lambdas_are_named_after_who_made_them() {
    List<RecordedEvent> events =
        Flight.of(
            recording -> recording.enable("dev.ferrule.LoopStall"),
            () ->
                Loops.run(loop -> {
                  loop.delay(Duration.ofMillis(1), FlightTest::hold);
                  loop.execute(FlightTest::hold);
                }));
    String lambda = FlightTest.class.getName() + "$$Lambda";
    assertThat(
            Flight.named(events, "LoopStall").stream()
                .filter(event -> event.getString("type").equals(lambda))
                .map(event -> event.getString("part")))
        .containsExactlyInAnyOrder("timer", "action");
  }

  @Test
  void what_is_quick_is_no_stall() {
    List<RecordedEvent> events =
        Flight.of(
            recording ->
                recording.enable("dev.ferrule.LoopStall").withThreshold(Duration.ofSeconds(20)),
            () -> end(new Slowly()));
    assertThat(Flight.named(events, "LoopStall")).isEmpty();
  }

  @Test
  void nothing_is_recorded_of_what_is_off() {
    Flight.Settings off = recording -> Flight.NAMES.forEach(recording::disable);
    assertThat(Flight.of(off, () -> end(new Slowly()))).isEmpty();
  }

  @Test
  void a_recording_may_begin_and_end_while_the_loop_runs() {
    Loops.run(loop ->
        loop.delay(
            Duration.ofMillis(1),
            () -> {
              List<RecordedEvent> none =
                  Flight.of(r -> r.enable("dev.ferrule.LoopStall"), FlightTest::hold);
              assertThat(none).as("the callback that began it is not measured").isEmpty();
            }));
  }

  @Test
  void accepting_is_recorded_only_where_it_is_asked_for() {
    List<RecordedEvent> events =
        Flight.of(recording -> recording.setSettings(java.util.Map.of()), FlightTest::exchange);
    assertThat(events)
        .extracting(event -> event.getEventType().getName())
        .contains("dev.ferrule.Close", "dev.ferrule.Connect")
        .doesNotContain("dev.ferrule.Accept");
  }
}
