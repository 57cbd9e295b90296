package dev.ferrule.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.EventLoop;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.testkit.Loops;
import dev.ferrule.tests.Provided;
import java.util.function.BiConsumer;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is received is what was sent, however it is cut up on the way. */
class SameBytesTest {
  private static final long MIB = 1024 * 1024;

  private Relay relay;
  private RecordLayer clientRecords;
  private RecordLayer serverRecords;

  private void closeRelay() {
    if (relay != null) {
      relay.close();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void sixty_four_mebibytes_each_way_at_once_arrive_as_they_were_sent(Protocol protocol) {
    Torrent client = new Torrent(64 * MIB, 1);
    Torrent server = new Torrent(64 * MIB, 2);
    exchange(protocol, client, server, Torrent::send, port -> port);
    assertThat(server.received()).isEqualTo(client.sent());
    assertThat(client.received()).isEqualTo(server.sent());
    assertThat(client.longestQueue).isLessThan(2 * MIB);
  }

  @Test
  void a_sender_that_does_not_heed_what_write_answers_loses_nothing() {
    Torrent client = new Torrent(32 * MIB, 3);
    Torrent server = new Torrent(32 * MIB, 4);
    exchange(Protocol.TLS_1_3, client, server, Torrent::sendAll, port -> port);
    assertThat(server.received()).isEqualTo(client.sent());
    assertThat(client.received()).isEqualTo(server.sent());
  }

  @ParameterizedTest
  @CsvSource({
    "TLS_1_2,1,20000",
    "TLS_1_3,1,20000",
    "TLS_1_2,3000,4000000",
    "TLS_1_3,40000,8000000"
  })
  void a_relay_that_cuts_the_stream_up_anew_changes_nothing(
      Protocol protocol, int largest, long size) {
    Torrent client = new Torrent(size, 5);
    Torrent server = new Torrent(size, 6);
    exchange(protocol, client, server, Torrent::send, port -> relayTo(port, largest));
    assertThat(server.received()).isEqualTo(client.sent());
    assertThat(client.received()).isEqualTo(server.sent());
  }

  @ParameterizedTest
  @CsvSource({"JAVA,LIBRARY", "LIBRARY,JAVA", "JAVA,JAVA", "LIBRARY,LIBRARY"})
  void whoever_serves_the_records_of_a_side_the_bytes_are_the_same(
      RecordLayer ofClient, RecordLayer ofServer) {
    assumeTrue(Provided.NAME.equals("boringssl"), "the jdk provider does not tell its secrets");
    clientRecords = ofClient;
    serverRecords = ofServer;
    Torrent client = new Torrent(16 * MIB, 7);
    Torrent server = new Torrent(16 * MIB, 8);
    exchange(Protocol.TLS_1_3, client, server, Torrent::send, port -> port);
    assertThat(server.received()).isEqualTo(client.sent());
    assertThat(client.received()).isEqualTo(server.sent());
  }

  private int relayTo(int port, int largest) {
    relay = new Relay(port, largest);
    return relay.port();
  }

  private void exchange(
      Protocol protocol,
      Torrent client,
      Torrent server,
      BiConsumer<Torrent, TcpSocket> send,
      IntUnaryOperator way) {
    Loops.runUntilExit(
        EventLoop.setup(),
        loop -> {
          loop.onExit(this::closeRelay);
          int port = serve(loop, protocol, server, send);
          var setup =
              Ends.client(loop, way.applyAsInt(port))
                  .onSecure((socket, session) -> {
                    assertRecords(session, clientRecords);
                    send.accept(client, socket);
                  })
                  .onDrain(client::send)
                  .onRead(client::receive);
          if (clientRecords != null) {
            setup.records(clientRecords);
          }
          setup.open();
        });
  }

  private static void assertRecords(SslSession session, RecordLayer asked) {
    if (asked != null) {
      assertThat(session.records()).isEqualTo(asked);
    }
  }

  private int serve(
      EventLoop loop, Protocol protocol, Torrent server, BiConsumer<Torrent, TcpSocket> send) {
    SslServer[] listening = new SslServer[1];
    var setup =
        Ends.server(loop, protocol)
            .onSecure((socket, session) -> {
              assertRecords(session, serverRecords);
              listening[0].close();
              send.accept(server, socket);
            })
            .onDrain(server::send)
            .onRead(server::receive);
    if (serverRecords != null) {
      setup.records(serverRecords);
    }
    listening[0] = setup.open();
    return listening[0].port();
  }
}
