package dev.ferrule.tests.ssl;

import static dev.ferrule.tests.ssl.RawHello.hex;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.records.RecordInput;
import dev.ferrule.testkit.ThrowawayCa;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server of TLS 1.2 whose first flight has something behind it that does not belong there, in the
 * same bytes: a library may have made the client's answer by then.
 */
class HeldBackFlightTest {
  private static final byte[] HELLO_DONE = hex("0e000000");
  private static final int HANDSHAKE = 22;
  private static final int ALERT = 21;

  private final ByteArrayOutputStream ofClient = new ByteArrayOutputStream();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "160303 0004 0e000000", // a second ServerHelloDone
        "160303 0010 1400000c 000000000000000000000000", // a Finished
        "160303 0001 ff", // of an unknown message
        "170303 0005 68656c6c6f", // data
        "150303 0002 0228", // a fatal alert
        "180303 0001 00", // of an unknown type
        "140303 0001 01" // a change of keys
      })
  void a_server_that_is_not_trusted_gets_no_answer_to_its_flight(String behind) {
    Pair pair = meet(behind, List.of(ThrowawayCa.create().certificate()));
    assertThat(pair.seen).isNull();
    assertThat(pair.client.only(SslError.class).code()).isNotEqualTo("BROKEN");
    assertThat(behindTheHello()).allMatch(record -> record[0] == ALERT).hasSizeLessThan(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "160303 0004 0e000000",
        "160303 0010 1400000c 000000000000000000000000",
        "160303 0001 ff",
        "170303 0005 68656c6c6f",
        "150303 0002 0228",
        "180303 0001 00",
        "140303 0001 01"
      })
  void a_server_that_is_trusted_is_left_as_well(String behind) {
    Pair pair = meet(behind, dev.ferrule.tests.Pki.TRUST);
    assertThat(pair.seen).isNull();
    assertThat(pair.client.only(SslError.class).code()).isNotEqualTo("BROKEN");
  }

  private Pair meet(String behind, List<X509Certificate> trusted) {
    return new Pair()
        .client(c -> c.maxProtocol(Protocol.TLS_1_2).trust(trusted))
        .through((loop, port) ->
            Relay.open(
                loop,
                port,
                (relay, up, bytes) -> {
                  if (up) {
                    ofClient.writeBytes(bytes);
                  }
                  boolean flight = !up && endsWith(bytes, HELLO_DONE);
                  relay.forward(up, flight ? RawHello.join(bytes, hex(behind)) : bytes);
                }))
        .run();
  }

  private static boolean endsWith(byte[] bytes, byte[] end) {
    return bytes.length > end.length
        && Arrays.equals(bytes, bytes.length - end.length, bytes.length, end, 0, end.length);
  }

  /** The records that the client sent, without the first, its hello. */
  private List<byte[]> behindTheHello() {
    ByteBuffer all = ByteBuffer.wrap(ofClient.toByteArray());
    List<byte[]> records = new ArrayList<>();
    while (all.hasRemaining()) {
      int length = RecordInput.HEADER + Short.toUnsignedInt(all.getShort(all.position() + 3));
      byte[] record = new byte[length];
      all.get(record);
      records.add(record);
    }
    assertThat(records.getFirst()[0]).isEqualTo((byte) HANDSHAKE);
    return records.subList(1, records.size());
  }
}
