package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslClientSetup;
import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslServer;
import dev.ferrule.ssl.SslServerSetup;
import dev.ferrule.testkit.Loops;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Connections of one loop that fail in different ways, while others go well and contexts are
 * refused: each hears of its own failure alone, whatever a library keeps for each thread.
 */
class FailuresApartTest {
  private static final int CONNECTIONS = 120;
  private static final List<SslFailure> NONE = List.of();
  private static final ThrowawayCa STRANGER = ThrowawayCa.create();

  /** What goes wrong, and what each side says of it. */
  @SuppressWarnings("ImmutableEnumChecker") // the lists are of List.of
  private enum Fate {
    NOTHING(NONE, NONE),
    ISSUER(List.of(SslFailure.UNKNOWN_ISSUER), List.of(SslFailure.PEER_REFUSED_CERTIFICATE)),
    NAME(List.of(SslFailure.HOST_MISMATCH), List.of(SslFailure.PEER_REFUSED_CERTIFICATE)),
    CIPHER(List.of(SslFailure.PEER_REFUSED_OFFER), List.of(SslFailure.NO_SHARED_CIPHER)),
    VERSION(List.of(SslFailure.PEER_REFUSED_PROTOCOL), List.of(SslFailure.NO_SHARED_PROTOCOL)),
    APPLICATION(
        List.of(SslFailure.PEER_REFUSED_APPLICATION), List.of(SslFailure.NO_SHARED_APPLICATION)),
    NO_SSL(NONE, List.of(SslFailure.NOT_SSL));

    private final List<SslFailure> ofClient;
    private final List<SslFailure> ofServer;

    Fate(List<SslFailure> ofClient, List<SslFailure> ofServer) {
      this.ofClient = ofClient;
      this.ofServer = ofServer;
    }
  }

  private record Ends(Fate fate, Heard client, Heard server) {}

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);
  private final List<Ends> all = new ArrayList<>();

  @Test
  void each_connection_of_a_loop_hears_of_its_own_failure_alone() {
    Loops.run(loop -> {
      for (int i = 0; i < CONNECTIONS; i++) {
        Fate fate = Fate.values()[random.nextInt(Fate.values().length)];
        Ends ends = new Ends(fate, new Heard(), new Heard());
        all.add(ends);
        meet(loop, ends);
        if (random.nextInt(4) == 0) {
          refuseContext();
        }
      }
    });
    for (Ends ends : all) {
      String what =
          "seed " + seed + ", " + ends.fate + ": " + ends.client.events + ends.server.events;
      assertThat(failures(ends.client)).as(what).isEqualTo(ends.fate.ofClient);
      assertThat(failures(ends.server)).as(what).isEqualTo(ends.fate.ofServer);
      boolean well = ends.fate == Fate.NOTHING;
      assertThat(ends.client.text.toString()).as(what).isEqualTo(well ? "hello" : "");
    }
  }

  private static List<SslFailure> failures(Heard side) {
    return side.events.stream()
        .filter(SslError.class::isInstance)
        .map(event -> ((SslError) event).failure())
        .toList();
  }

  private static void refuseContext() {
    assertThatThrownBy(() ->
            SslContext.client()
                .maxProtocol(Protocol.TLS_1_2)
                .ciphers("ECDHE-ECDSA-AES128-GCM-SHA256:!ECDHE")
                .build())
        .isInstanceOf(SslConfigException.class);
  }

  private void meet(EventLoop loop, Ends ends) {
    SslServer server =
        Pair.serve(
            loop,
            ends.server,
            s -> {
              serving(s, ends.fate);
              s.onRead((socket, data) -> {
                socket.write(data);
                if (random.nextInt(4) == 0) {
                  refuseContext(); // in the turn of a connection that goes well
                }
              });
            });
    if (ends.fate == Fate.NO_SSL) {
      Tcp.connect(loop, "127.0.0.1", server.port())
          .data("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII))
          .onRead((socket, data) -> {})
          .onEvent(event -> {})
          .open();
      return;
    }
    SslClientSetup client =
        Ssl.connect(loop, "127.0.0.1", server.port())
            .trust(Pki.TRUST)
            .data("hello")
            .onRead((socket, data) -> {
              ends.client.read(data);
              socket.close();
            })
            .onEvent(ends.client::event);
    connecting(client, ends.fate);
    client.open();
  }

  private static void serving(SslServerSetup server, Fate fate) {
    switch (fate) {
      case CIPHER -> server.maxProtocol(Protocol.TLS_1_2).ciphers("ECDHE-ECDSA-AES256-GCM-SHA384");
      case VERSION -> server.minProtocol(Protocol.TLS_1_3);
      case APPLICATION -> server.alpn("h2");
      default -> {}
    }
  }

  private void connecting(SslClientSetup client, Fate fate) {
    if (fate != Fate.VERSION && random.nextBoolean()) {
      client.maxProtocol(Protocol.TLS_1_2);
    }
    switch (fate) {
      case ISSUER -> client.trust(List.of(STRANGER.certificate()));
      case NAME -> client.serverName("other.example");
      case CIPHER -> client.ciphers("ECDHE-ECDSA-AES128-GCM-SHA256");
      case VERSION -> client.maxProtocol(Protocol.TLS_1_2);
      case APPLICATION -> client.alpn("mqtt");
      default -> {}
    }
  }
}
