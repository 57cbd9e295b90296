package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.EventError;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslAdmission;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.ssl.SslTicketFile;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Flight;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the Flight Recorder gets of SSL. */
class FlightTest {
  private SslSession agreed;

  private static List<RecordedEvent> recorded(Runnable code) {
    return Flight.of(code, "Handshake", "Close", "Admission", "Reload");
  }

  private static RecordedEvent handshake(List<RecordedEvent> events, String side) {
    return Flight.named(events, "Handshake").stream()
        .filter(event -> side.equals(event.getString("side")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no handshake of a " + side + " in " + events));
  }

  @ParameterizedTest
  @EnumSource(
      value = Protocol.class,
      names = {"TLS_1_2", "TLS_1_3"})
  void a_handshake_is_recorded_by_both_sides_with_what_they_agreed_on(Protocol version) {
    List<RecordedEvent> events =
        recorded(() ->
            agreed =
                new Pair()
                    .server(s -> s.alpn("h2").minProtocol(version).maxProtocol(version))
                    .client(c -> c.alpn("h2").serverName("localhost"))
                    .onSecure(SslSocket::close)
                    .run()
                    .seen);
    for (String side : List.of("client", "server")) {
      RecordedEvent event = handshake(events, side);
      assertThat(event.getString("protocol")).isEqualTo(version.toString());
      assertThat(event.getString("cipherSuite")).isEqualTo(agreed.cipher());
      assertThat(event.getBoolean("postQuantum")).isEqualTo(agreed.postQuantum());
      assertThat(event.getString("group")).isEqualTo(agreed.group().orElse(null));
      assertThat(event.getBoolean("resumed")).isFalse();
      assertThat(event.getString("serverName")).isEqualTo("localhost");
      assertThat(event.getString("alpn")).isEqualTo("h2");
      assertThat(event.getString("provider")).isEqualTo(Provided.NAME);
      assertThat(event.getString("peer")).startsWith("127.0.0.1:");
      assertThat(event.getString("failure")).isNull();
      assertThat(event.getDuration("computing")).isPositive();
      assertThat(event.getDuration("waiting")).isPositive();
      assertThat(event.getDuration()).isGreaterThanOrEqualTo(event.getDuration("waiting"));
    }
  }

  @Test
  void a_resumed_handshake_says_so() {
    SslContext clients = SslContext.client().trust(Pki.TRUST).maxProtocol(Protocol.TLS_1_2).build();
    List<RecordedEvent> events = recorded(() -> Loops.run(loop -> twice(loop, clients)));
    assertThat(Flight.named(events, "Handshake"))
        .extracting(event -> event.getBoolean("resumed"))
        .containsExactlyInAnyOrder(false, false, true, true);
  }

  private static void twice(EventLoop loop, SslContext clients) {
    SslServer server = Ssl.server(loop, "127.0.0.1", 0).credentials(Pki.LOCAL).open();
    Runnable second = () -> visit(loop, clients, server.port(), server::close);
    visit(loop, clients, server.port(), second);
  }

  private static void visit(EventLoop loop, SslContext clients, int port, Runnable closed) {
    Ssl.connect(loop, "127.0.0.1", port)
        .context(clients)
        .onSecure((socket, session) -> socket.close())
        .onClose(closed)
        .open();
  }

  @Test
  void a_handshake_that_fails_is_recorded_by_both_sides_with_their_codes() {
    Pair pair = new Pair().client(c -> c.trust(List.of(ThrowawayCa.create().certificate())));
    List<RecordedEvent> events = recorded(pair::run);
    RecordedEvent client = handshake(events, "client");
    assertThat(client.getString("failure")).isEqualTo(code(pair.client));
    assertThat(client.getString("protocol")).isNull();
    RecordedEvent server = handshake(events, "server");
    if (server.getString("failure") != null) { // in TLS 1.3 a server may be done before it hears
      assertThat(server.getString("failure")).isEqualTo(code(pair.server));
    }
    assertThat(closed(events, "client").getString("reason")).isEqualTo(code(pair.client));
    assertThat(closed(events, "client").getString("endedBy")).isEqualTo("failure");
  }

  private static String code(Heard side) {
    return side.only(EventError.class).code();
  }

  private static RecordedEvent closed(List<RecordedEvent> events, String side) {
    return Flight.named(events, "Close").stream()
        .filter(event -> event.getString("side").equals(side))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void one_that_a_server_refuses_shows_the_name_that_was_asked_for() {
    Pair pair =
        new Pair()
            .server(s -> s.maxProtocol(Protocol.TLS_1_2))
            .client(c -> c.minProtocol(Protocol.TLS_1_3).serverName("some.example"));
    List<RecordedEvent> events = recorded(pair::run);
    for (String side : List.of("client", "server")) {
      RecordedEvent event = handshake(events, side);
      assertThat(event.getString("serverName")).isEqualTo("some.example");
      assertThat(event.getString("failure")).isNotBlank();
    }
  }

  @Test
  void one_that_is_given_up_is_closed_and_one_without_an_answer_is_over_its_limit() {
    List<RecordedEvent> given = silent((socket, port) -> socket.abort(), Duration.ofSeconds(20));
    assertThat(handshake(given, "client").getString("failure")).isEqualTo("CLOSED");
    List<RecordedEvent> late = silent((socket, port) -> {}, Duration.ofMillis(20));
    RecordedEvent event = handshake(late, "client");
    assertThat(event.getString("failure")).isEqualTo("ETIMEDOUT");
    assertThat(event.getDuration("waiting")).isPositive();
    assertThat(event.getDuration()).isGreaterThan(Duration.ofMillis(10));
    assertThat(closed(late, "client").getString("endedBy")).isEqualTo("limit");
  }

  /** A client of a server that says nothing. */
  private static List<RecordedEvent> silent(BiConsumer<SslSocket, Integer> begun, Duration limit) {
    return recorded(() ->
        Loops.run(loop -> {
          var server = Tcp.server(loop, "127.0.0.1", 0).onRead((s, data) -> {}).open();
          SslSocket socket =
              Ssl.connect(loop, "127.0.0.1", server.port())
                  .trust(Pki.TRUST)
                  .handshakeTimeout(limit)
                  .onEvent(event -> {})
                  .onConnect(up ->
                      loop.delay(
                          Duration.ofMillis(5),
                          () -> {
                            if (!up.isClosed()) {
                              begun.accept((SslSocket) (TcpSocket) up, server.port());
                            }
                          }))
                  .onClose(server::close)
                  .open();
          assertThat(socket.isClosed()).isFalse();
        }));
  }

  @Test
  void an_end_of_ssl_tells_bytes_and_records() {
    List<RecordedEvent> events =
        recorded(() ->
            new Pair()
                .server(s -> s.onRead(TcpSocket::write))
                .client(c ->
                    c.data("hello")
                        .onRead((socket, data) -> {
                          data.position(data.limit());
                          socket.close();
                        }))
                .run());
    RecordedEvent client = closed(events, "client");
    RecordedEvent server = closed(events, "server");
    assertThat(client.getLong("dataSent")).isEqualTo(5).isEqualTo(server.getLong("dataReceived"));
    assertThat(client.getLong("sent")).isEqualTo(server.getLong("received")).isGreaterThan(100);
    assertThat(client.getLong("recordsSent")).isEqualTo(server.getLong("recordsReceived"));
    assertThat(client.getLong("recordsSent")).isIn(-1L, 1L, 2L);
    assertThat(client.getString("reason")).isEqualTo("CLOSED");
    assertThat(server.getString("reason")).isEqualTo("EOF");
  }

  // ---- admission

  @Test
  void clients_that_wait_for_a_place_are_recorded() {
    SslAdmission admission = SslAdmission.limits().handshakes(1).build();
    List<RecordedEvent> events = Flight.named(crowd(admission, 6), "Admission");
    assertThat(events).isNotEmpty().allMatch(e -> e.getString("outcome").equals("admitted"));
    assertThat(events).allMatch(e -> e.getString("reason").equals("handshakes"));
    assertThat(events).allMatch(e -> e.getDuration("waited").isPositive());
    assertThat(events).hasSize((int) admission.stats().delayed());
  }

  @Test
  void clients_without_a_place_and_over_a_budget_are_told_apart() {
    SslAdmission full = SslAdmission.limits().handshakes(1).queue(0).build();
    List<RecordedEvent> refused = Flight.named(crowd(full, 6), "Admission");
    assertThat(refused).hasSize((int) full.stats().refused()).isNotEmpty();
    assertThat(refused).allMatch(e -> e.getString("outcome").equals("refused"));
    assertThat(refused).allMatch(e -> e.getString("reason").equals("handshakes"));
    SslAdmission few = SslAdmission.limits().perAddress(2, Duration.ofHours(1)).build();
    List<RecordedEvent> over = Flight.named(crowd(few, 6), "Admission");
    assertThat(over).hasSize(4).allMatch(e -> e.getString("reason").equals("address"));
    assertThat(over).allMatch(e -> e.getString("peer").startsWith("127.0.0.1:"));
  }

  private static List<RecordedEvent> crowd(SslAdmission admission, int clients) {
    SslContext trusting = SslContext.client().trust(Pki.TRUST).build();
    int[] left = {clients};
    return recorded(() ->
        Loops.run(loop -> {
          SslServer server =
              Ssl.server(loop, "127.0.0.1", 0)
                  .credentials(Pki.LOCAL)
                  .admission(admission)
                  .onEvent(event -> {})
                  .open();
          for (int i = 0; i < clients; i++) {
            Ssl.connect(loop, "127.0.0.1", server.port())
                .context(trusting)
                .onSecure((socket, session) -> socket.close())
                .onEvent(event -> {})
                .onClose(() -> {
                  if (--left[0] == 0) {
                    server.close();
                  }
                })
                .open();
          }
        }));
  }

  // ---- reload

  @Test
  void a_reload_is_recorded_with_its_outcome(@TempDir Path folder) {
    List<RecordedEvent> events = recorded(() -> reload(folder));
    assertThat(events)
        .filteredOn(event -> event.getString("what").equals("context"))
        .extracting(event -> event.getString("outcome"))
        .containsExactly("Reloaded", "Kept");
    assertThat(events).as("reading takes its time").allMatch(e -> e.getDuration().isPositive());
    assertThat(events)
        .allMatch(event -> !event.getString("message").isBlank())
        .noneMatch(event -> event.getString("message").contains("PRIVATE KEY"));
    if (Provided.SHARES_TICKET_KEYS) {
      assertThat(events)
          .filteredOn(event -> event.getString("what").equals("ticket keys"))
          .extracting(event -> event.getString("outcome"))
          .containsExactly("Reloaded");
    }
  }

  private static void reload(Path folder) {
    try {
      Pki.CA.issue("localhost").write(folder);
      Path chain = folder.resolve("chain.pem");
      Path key = folder.resolve("key.pem");
      try (SslReload reload =
          SslReload.of(() -> SslContext.server().certificate(chain).key(key).build())
              .files(chain, key)
              .build()) {
        Pki.CA.issue("localhost").write(folder);
        reload.look();
        Files.writeString(chain, "nothing");
        reload.look();
      }
      if (Provided.SHARES_TICKET_KEYS) {
        tickets(folder.resolve("ticket.keys"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void tickets(Path file) throws IOException {
    byte[] one = new byte[48];
    new Random(1).nextBytes(one);
    Files.write(file, one);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    try (SslTicketFile tickets = SslTicketFile.of(file).build()) {
      byte[] two = new byte[96];
      new Random(2).nextBytes(two);
      Files.write(file, two);
      tickets.look();
    }
  }

  // ---- stalls

  /** A callback with a name. */
  private static final class Slowly implements BiConsumer<SslSocket, SslSession> {
    @Override
    public void accept(SslSocket socket, SslSession session) {
      long began = System.nanoTime();
      while (System.nanoTime() - began < 30_000_000) {
        Thread.onSpinWait();
      }
      socket.close();
    }
  }

  @Test
  void the_callback_behind_a_handshake_is_named() {
    List<RecordedEvent> events =
        Flight.of(
            recording -> recording.enable("dev.ferrule.LoopStall"),
            () -> new Pair().client(c -> c.onSecure(new Slowly())).run());
    assertThat(Flight.named(events, "LoopStall"))
        .anyMatch(event -> event.getString("type").equals(Slowly.class.getName()));
  }
}
