package dev.ferrule.tests.ssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslKeyLog;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.tests.Provided;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records in a row that are authentic and bring no data: some are taken, a flood is refused. */
class EmptyRecordsTest {
  private static final int RANDOM = 5 + 4 + 2; // where it stands in a hello

  private final Map<String, String> secrets = new HashMap<>();
  private byte[] clientRandom;
  private byte[] serverRandom;

  @BeforeEach
  void secretsAreTold() {
    assumeTrue(Provided.TELLS_SECRETS, () -> Provided.NAME + " tells no secrets");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void thirty_two_of_them_are_taken(Protocol version) {
    Pair pair = meet(version, sealed -> RawHello.join(sealed.empty(32), sealed.data("behind")));
    assertThat(pair.server.text).hasToString("behind");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void data_between_them_begins_the_count_anew(Protocol version) {
    Pair pair =
        meet(
            version,
            sealed ->
                RawHello.join(
                    sealed.empty(30),
                    sealed.data("first, "),
                    sealed.empty(30),
                    sealed.data("second, "),
                    sealed.empty(30),
                    sealed.data("behind")));
    assertThat(pair.server.text).hasToString("first, second, behind");
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
  void more_of_them_end_the_connection_with_the_documented_code(Protocol version) {
    Pair pair = meet(version, sealed -> RawHello.join(sealed.empty(40), sealed.data("behind")));
    SslError error = pair.server.only(SslError.class);
    assertThat(error.side()).isEqualTo(Side.OURS);
    assertThat(error.failure()).isEqualTo(SslFailure.TOO_MANY_IDLE_RECORDS);
    assertThat(pair.server.text).isEmpty();
    SslError heard = Faults.heard(pair.client); // behind a notice about the key log
    assertThat(heard.side()).isEqualTo(Side.PEER);
    assertThat(heard.alert()).isEqualTo(error.alert());
  }

  /** What the client would send is made by hand, and put in by somebody in between. */
  private Pair meet(Protocol version, Function<SealedByHand, byte[]> records) {
    AtomicReference<Relay> between = new AtomicReference<>();
    Pair pair = new Pair();
    pair.server(s ->
        s.onRead((socket, data) -> {
          pair.server.read(data);
          if (pair.server.text.toString().endsWith("behind")) {
            socket.abort();
          }
        }));
    return pair.client(c -> c.maxProtocol(version).keyLog(SslKeyLog.of("a test", this::told)))
        .onServed(socket -> between.get().forward(true, records.apply(sealed(pair.served))))
        .through((loop, port) ->
            Relay.open(
                loop,
                port,
                (relay, up, bytes) -> {
                  between.set(relay);
                  hellos(up, bytes);
                  relay.forward(up, bytes);
                }))
        .run();
  }

  private void told(byte[] line) {
    String[] words = new String(line, US_ASCII).split(" ", -1);
    secrets.put(words[0], words[2]);
  }

  private void hellos(boolean up, byte[] bytes) {
    byte[] random = Arrays.copyOfRange(bytes, RANDOM, RANDOM + 32);
    if (up && clientRandom == null) {
      clientRandom = random;
    } else if (!up && serverRandom == null) {
      serverRandom = random;
    }
  }

  private SealedByHand sealed(SslSession session) {
    boolean tls13 = session.protocol() == Protocol.TLS_1_3;
    String label = tls13 ? "CLIENT_TRAFFIC_SECRET_0" : "CLIENT_RANDOM";
    byte[] secret = HexFormat.of().parseHex(secrets.get(label));
    return tls13
        ? SealedByHand.of13(session.cipher(), secret)
        : SealedByHand.of12(session.cipher(), secret, clientRandom, serverRandom);
  }
}
