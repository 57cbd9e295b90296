package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.spi.Buffers;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys and records are those of the trace in RFC 8448, section 3. */
class Rfc8448Test {
  private static final int ALERT = 21;
  private static final int HANDSHAKE = 22;
  private static final int APPLICATION_DATA = 23;

  private final CipherPool pool = CipherPool.of(new Buffers(), Rfc8448.SUITE);
  private final RecordProtection server = new RecordProtection(pool, Rfc8448.secrets(true));
  private final RecordProtection client = new RecordProtection(pool, Rfc8448.secrets(false));

  @ParameterizedTest
  @CsvSource({
    Rfc8448.CLIENT_SECRET + "," + Rfc8448.CLIENT_KEY + "," + Rfc8448.CLIENT_IV,
    Rfc8448.SERVER_SECRET + "," + Rfc8448.SERVER_KEY + "," + Rfc8448.SERVER_IV
  })
  void keys_and_initialization_vectors_are_derived(String secret, String key, String iv)
      throws Exception {
    byte[] keys = Arrays.copyOf(Rfc8448.bytes(secret), Rfc8448.SUITE.direction());
    new KeySchedule(Rfc8448.SUITE).expand(keys, 0);
    assertThat(HexFormat.of().formatHex(keys)).isEqualTo(secret + key + iv);
  }

  @Test
  void the_server_makes_its_records() {
    assertThat(sealed(server, HANDSHAKE, Rfc8448.TICKET)).isEqualTo(Rfc8448.TICKET_RECORD);
    assertThat(sealed(server, APPLICATION_DATA, Rfc8448.DATA))
        .isEqualTo(Rfc8448.SERVER_DATA_RECORD);
    assertThat(sealed(server, ALERT, Rfc8448.CLOSE_NOTIFY)).isEqualTo(Rfc8448.SERVER_ALERT_RECORD);
  }

  @Test
  void the_client_makes_its_records() {
    assertThat(sealed(client, APPLICATION_DATA, Rfc8448.DATA))
        .isEqualTo(Rfc8448.CLIENT_DATA_RECORD);
    assertThat(sealed(client, ALERT, Rfc8448.CLOSE_NOTIFY)).isEqualTo(Rfc8448.CLIENT_ALERT_RECORD);
  }

  @Test
  void the_client_opens_the_servers_records() {
    assertOpens(client, Rfc8448.TICKET_RECORD, HANDSHAKE, Rfc8448.TICKET);
    assertOpens(client, Rfc8448.SERVER_DATA_RECORD, APPLICATION_DATA, Rfc8448.DATA);
    assertOpens(client, Rfc8448.SERVER_ALERT_RECORD, ALERT, Rfc8448.CLOSE_NOTIFY);
  }

  @Test
  void the_server_opens_the_clients_records() {
    assertOpens(server, Rfc8448.CLIENT_DATA_RECORD, APPLICATION_DATA, Rfc8448.DATA);
    assertOpens(server, Rfc8448.CLIENT_ALERT_RECORD, ALERT, Rfc8448.CLOSE_NOTIFY);
  }

  @Test
  void a_record_out_of_its_order_is_not_authentic() {
    byte[] to = new byte[Rfc8448.SERVER_DATA_RECORD.length];
    assertThat(client.open(Rfc8448.SERVER_DATA_RECORD, 0, to.length, to, 0)).isEqualTo(-1);
  }

  private static byte[] sealed(RecordProtection protection, int type, byte[] content) {
    ByteBuffer room = ByteBuffer.allocate(content.length + 100).position(7);
    ByteBuffer source = ByteBuffer.wrap(content);
    protection.seal(type, source, content.length, room);
    assertThat(source.hasRemaining()).isFalse();
    return Arrays.copyOfRange(room.array(), 7, room.position());
  }

  private static void assertOpens(
      RecordProtection protection, byte[] record, int type, byte[] content) {
    byte[] plain = new byte[record.length];
    int n = protection.open(record, 0, record.length, plain, 0);
    assertThat(Arrays.copyOf(plain, Math.max(0, n)))
        .startsWith(content)
        .endsWith(type)
        .hasSize(content.length + 1);
  }
}
