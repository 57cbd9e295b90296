package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.CipherString;
import dev.ferrule.ssl.ClientAuth;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslSettings;
import dev.ferrule.ssl.SslTruncated;
import dev.ferrule.ssl.Verify;
import dev.ferrule.ssl.spi.WireFactory;
import dev.ferrule.testkit.contract.WireEnd;
import dev.ferrule.testkit.contract.WirePair;
import dev.ferrule.tests.Pki;
import dev.ferrule.tests.Provided;
import dev.ferrule.tests.ServerWires;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The alert that an error names is the one that was sent or received, whichever record of a
 * connection is forged in whichever way. What is in the clear is read from the record, what is
 * encrypted is what the other side says it received.
 */
class AlertsOnTheWireTest {
  /** Records of one side: its handshake, data and close_notify. */
  private static final int RECORDS = 8;

  @ParameterizedTest
  @CsvSource({"TLS_1_2, client", "TLS_1_2, server", "TLS_1_3, client", "TLS_1_3, server"})
  void errors_name_the_alert_that_was_sent(Protocol version, String forged) throws IOException {
    WireFactory clients = wires(false, version);
    WireFactory servers = wires(true, version);
    for (Forgery forgery : Forgery.values()) {
      for (int index = 0; index < RECORDS; index++) {
        Meeting meeting = new Meeting(clients, servers, forged.equals("client"), index, forgery);
        meeting.run();
        if (!meeting.forged()) {
          break;
        }
        meeting.check(forgery + " at record " + index + " of the " + forged);
      }
    }
  }

  private static WireFactory wires(boolean server, Protocol version) {
    return SslContext.provider(Provided.NAME)
        .open(
            new SslSettings(
                server,
                server ? Pki.LOCAL : null,
                Pki.ANCHORS,
                Verify.CHAIN_AND_HOST,
                ClientAuth.NONE,
                Set.of(version),
                CipherString.parse(CipherString.MODERN),
                Set.of(),
                List.of(),
                null));
  }

  /** A client and a server in memory, with a tap on each side. */
  private static final class Meeting {
    private final WireFactory clients;
    private final WireFactory servers;
    private final boolean up;
    private final int index;
    private final Forgery forgery;
    private RecordTap client;
    private RecordTap server;
    private WireEnd clientEnd;
    private WireEnd serverEnd;

    Meeting(WireFactory clients, WireFactory servers, boolean up, int index, Forgery forgery) {
      this.clients = clients;
      this.servers = servers;
      this.up = up;
      this.index = index;
      this.forgery = forgery;
    }

    void run() throws IOException {
      try (WirePair pair =
          WirePair.of(
              (link, buffers, owner) ->
                  clients.wire(link, owner.open(clients.memory()), buffers, "localhost", 0),
              link -> client = new RecordTap(link, up ? index : -1, forgery::of),
              ServerWires.of(servers),
              link -> server = new RecordTap(link, up ? -1 : index, forgery::of))) {
        clientEnd = pair.client();
        serverEnd = pair.server();
        clientEnd.send("hello".getBytes(UTF_8));
        pair.pump();
        serverEnd.send("welcome".getBytes(UTF_8));
        pair.pump();
        (up ? clientEnd : serverEnd).close();
        pair.pump();
      }
    }

    boolean forged() {
      return (up ? client : server).hasChanged();
    }

    void check(String what) {
      // The side that got a forged alert tells of that one.
      boolean misled = forgery.isAlert();
      check(what + ", client", clientEnd, client, misled && up ? null : serverEnd);
      check(what + ", server", serverEnd, server, misled && !up ? null : clientEnd);
    }

    private static void check(String what, WireEnd end, RecordTap tap, WireEnd other) {
      if (!(end.failure() instanceof SslError ours) || ours.side() != Side.OURS) {
        return;
      }
      String told = what + ": " + ours.code() + ", " + ours.message();
      assertThat(ours.code()).as(told).isNotEqualTo("BROKEN");
      if (ours.failure() == SslFailure.OTHER) {
        assertThat(ours.alert()).as(told).isPresent();
        assertThat(ours.detail()).as(told).isPresent();
      }
      List<String> plain = tap.plainAlerts();
      if (!plain.isEmpty()) {
        assertThat(ours.alert()).as(told).hasValue(plain.getLast());
      }
      if (other != null && other.failure() instanceof SslError heard && heard.side() == Side.PEER) {
        assertThat(heard).as(told + ": the peer is told").isNotInstanceOf(SslTruncated.class);
        assertThat(ours.alert()).as(told).isEqualTo(heard.alert());
      }
    }
  }
}
