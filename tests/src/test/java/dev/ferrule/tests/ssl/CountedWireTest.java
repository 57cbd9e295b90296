package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.EventLoop;
import dev.ferrule.SocketInfo;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.event.TcpEof;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import dev.ferrule.ssl.SslSocket;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code info} says of bytes and records is what somebody in between has counted. */
class CountedWireTest {
  /** A version, and what protects its records. */
  record Kind(Protocol version, RecordLayer records) {
    SslContextBuilder on(SslContextBuilder builder) {
      return builder.records(records).minProtocol(version).maxProtocol(version);
    }
  }

  private static Stream<Kind> kinds() {
    Stream<Kind> own =
        Stream.of(Protocol.TLS_1_2, Protocol.TLS_1_3).map(v -> new Kind(v, RecordLayer.LIBRARY));
    return Provided.RECORDS == RecordLayer.JAVA
        ? Stream.concat(own, Stream.of(new Kind(Protocol.TLS_1_3, RecordLayer.JAVA)))
        : own;
  }

  /** One moment of both sockets and of the wire between them. */
  private record Moment(
      SocketInfo client,
      SocketInfo server,
      long upBytes,
      long downBytes,
      long up,
      long down,
      long sinceFinished) {}

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final List<Moment> moments = new ArrayList<>();
  private WireCount up = new WireCount();
  private WireCount down = new WireCount();
  private SslSocket client;
  private SslSocket served;
  private long expected;
  private long got;

  @ParameterizedTest
  @MethodSource("kinds")
  void bytes_and_records_are_those_of_the_wire(Kind kind) {
    SslContext clients = kind.on(SslContext.client().trust(Pki.TRUST)).build();
    SslContext servers = kind.on(SslContext.server().credentials(Pki.LOCAL)).build();
    Loops.runInline(loop -> {
      TcpServer server =
          Ssl.server(loop, "127.0.0.1", 0)
              .context(servers)
              .onRead(TcpSocket::write)
              .onEvent(event -> {})
              .onConnect(socket -> served = socket)
              .open();
      TcpServer relay = relay(loop, server.port());
      Runnable end =
          () -> {
            server.close();
            relay.close();
          };
      visit(loop, kind, clients, relay.port(), () -> visit(loop, kind, clients, relay.port(), end));
    });
    assertThat(client.session().orElseThrow().resumed()).isTrue();
  }

  /** Somebody between all clients and their server. */
  private TcpServer relay(EventLoop loop, int port) {
    return Tcp.server(loop, "127.0.0.1", 0)
        .halfOpen()
        .onConnect(accepted -> {
          accepted.disableReading();
          accepted.attach(
              Tcp.connect(loop, "127.0.0.1", port)
                  .halfOpen()
                  .onConnect(socket -> accepted.enableReading())
                  .onRead((socket, data) -> pass(down, data, accepted))
                  .onEvent(event -> ended(accepted))
                  .open());
        })
        .onRead((accepted, data) -> pass(up, data, (TcpSocket) accepted.attachment()))
        .onEvent(event -> ended((TcpSocket) ((TcpEof) event).socket().attachment()))
        .open();
  }

  /** What the other side still says is counted. */
  private static void ended(TcpSocket other) {
    if (!other.isClosed()) {
      other.shutdownOutput();
    }
  }

  private static void pass(WireCount count, ByteBuffer data, TcpSocket to) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    count.pass(bytes);
    if (!to.isClosed()) {
      to.write(bytes);
    }
  }

  private void visit(EventLoop loop, Kind kind, SslContext clients, int port, Runnable then) {
    moments.clear();
    up = new WireCount();
    down = new WireCount();
    expected = 0;
    got = 0;
    Ssl.connect(loop, "127.0.0.1", port)
        .context(clients)
        .onRead((socket, data) -> echoed(kind, data))
        .onSecure((socket, session) -> {
          client = socket;
          write();
        })
        .onClose(() ->
            loop.delay(
                Duration.ofMillis(20), // the other side has ended too
                () -> {
                  note(kind);
                  check(kind);
                  then.run();
                }))
        .open();
  }

  private void pass(Relay relay, boolean fromClient, byte[] bytes) {
    (fromClient ? up : down).pass(bytes);
    relay.forward(fromClient, bytes);
  }

  private void write() {
    for (int pieces = 1 + random.nextInt(8); pieces > 0; pieces--) {
      byte[] piece = new byte[1 + random.nextInt(40_000)];
      expected += piece.length;
      client.write(piece);
    }
  }

  private void echoed(Kind kind, ByteBuffer data) {
    got += data.remaining();
    data.position(data.limit());
    if (got == expected) {
      note(kind);
      if (moments.size() < 4) {
        write();
      } else {
        client.close();
      }
    }
  }

  private void note(Kind kind) {
    boolean tls13 = kind.version == Protocol.TLS_1_3;
    long sinceFinished = (tls13 ? up.protectedRecords : up.behindChange) - 1;
    moments.add(
        new Moment(
            client.info(),
            served.info(),
            up.bytes,
            down.bytes,
            up.records,
            down.records,
            sinceFinished));
  }

  private void check(Kind kind) {
    Moment first = moments.getFirst();
    for (Moment each : moments) {
      String when = kind + ", moment " + moments.indexOf(each) + ", seed " + seed;
      assertThat(each.client.sent()).as(when).isEqualTo(each.upBytes);
      assertThat(each.server.received()).as(when).isEqualTo(each.upBytes);
      assertThat(each.server.sent()).as(when).isEqualTo(each.downBytes);
      assertThat(each.client.received()).as(when).isEqualTo(each.downBytes);
      assertThat(each.client.recordsSent()).as(when).hasValue(each.sinceFinished);
      assertThat(each.server.recordsReceived()).as(when).hasValue(each.sinceFinished);
      long answers = each.down - first.down;
      assertThat(since(each.server.recordsSent(), first.server.recordsSent()))
          .as(when)
          .isEqualTo(answers);
      assertThat(since(each.client.recordsReceived(), first.client.recordsReceived()))
          .as(when)
          .isEqualTo(answers);
    }
  }

  private static long since(java.util.OptionalLong now, java.util.OptionalLong before) {
    return now.orElseThrow() - before.orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 20})
  void key_updates_are_records(int updates) {
    AtomicReference<SocketInfo> info = new AtomicReference<>();
    Loops.runInline(loop -> {
      var listening =
          Pair.serve(
              loop,
              new Heard(),
              s ->
                  s.onRead((socket, data) -> {
                    data.position(data.limit());
                    socket.write("pong");
                    info.set(socket.info());
                    socket.close();
                  }));
      int between = Relay.open(loop, listening.port(), this::pass);
      EnginePeer.connect(loop, between, engine -> engine.keyUpdates(updates));
    });
    assertThat(info.get().received()).isEqualTo(up.bytes);
    assertThat(info.get().recordsReceived().getAsLong())
        .isGreaterThanOrEqualTo(updates + 1)
        .isEqualTo(up.protectedRecords - 1);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void bytes_are_counted_on_when_a_socket_is_plain_again(Protocol version) {
    List<TcpSocket> plain = new ArrayList<>();
    Pair pair = new Pair();
    pair.through((loop, port) -> Relay.open(loop, port, this::pass));
    pair.server(s ->
        s.onEvent(event -> {
          if (event instanceof TcpEof eof) {
            ((SslSocket) eof.socket())
                .unwrap()
                .onConnect(socket -> {
                  plain.add(socket);
                  socket.write("220 plain");
                })
                .onEvent(e -> {})
                .open();
          }
        }));
    pair.client(c -> c.maxProtocol(version));
    pair.onSecure(socket -> {
      socket.write("CCC");
      socket
          .unwrap()
          .onConnect(plain::add)
          .onRead((again, data) -> {
            data.position(data.limit());
            again.write("bye");
            again.close();
          })
          .open();
    });
    pair.run();
    TcpSocket ours = plain.get(plain.get(0).localAddress() == null ? 1 : 0);
    assertThat(plain).hasSize(2);
    assertThat(ours.info().recordsSent()).as("there are none any more").isEmpty();
    for (TcpSocket each : plain) {
      assertThat(List.of(each.info().sent(), each.info().received()))
          .containsExactlyInAnyOrder(up.bytes, down.bytes);
    }
  }
}
