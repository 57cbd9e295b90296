package dev.ferrule.boringssl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Messages of TLS 1.2 in the clear, as far as they are looked at. */
@Tag("once")
class HandshakeSignaturesTest {
  private static final String HELLO = message(2, "0303" + "00".repeat(32) + "00c02f00");

  private final HandshakeSignatures client = new HandshakeSignatures(null);

  @Test
  void a_server_that_signs_with_sha_1_is_seen() {
    assertThat(look(client, record(22, HELLO + keyExchange("0201")))).contains("SHA-1");
  }

  @Test
  void a_server_that_signs_with_sha_256_is_fine() {
    assertThat(look(client, record(22, HELLO + keyExchange("0401")))).isNull();
  }

  @Test
  void a_message_in_many_records_behind_a_warning_is_seen() {
    String all = HELLO + keyExchange("0203");
    StringBuilder records = new StringBuilder(record(21, "0170"));
    for (int at = 0; at < all.length(); at += 2) {
      records.append(record(22, all.substring(at, at + 2)));
    }
    assertThat(look(client, records.toString())).contains("the server signed");
  }

  @Test
  void an_older_version_has_no_scheme_there() {
    String older = message(2, "0302" + "00".repeat(32) + "00c01300");
    assertThat(look(client, record(22, older + keyExchange("0201")))).isNull();
  }

  @Test
  void a_client_that_signs_with_sha_1_is_seen() {
    HandshakeSignatures server = new HandshakeSignatures("EC");
    assertThat(look(server, record(22, message(15, "02030000")))).contains("the client signed");
  }

  @Test
  void a_server_that_takes_sha_1_only_gets_no_signature() {
    HandshakeSignatures own = new HandshakeSignatures("EC");
    String request = message(13, "0140" + "0004" + "02030401" + "0000");
    assertThat(look(own, record(22, HELLO + request))).contains("takes no signature");
  }

  private static String look(HandshakeSignatures reader, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return reader.look(ByteBuffer.wrap(bytes), 0, bytes.length, false);
  }

  private static String keyExchange(String scheme) {
    return message(12, "03001d" + "20" + "11".repeat(32) + scheme + "0000");
  }

  private static String message(int type, String body) {
    return "%02x%06x%s".formatted(type, body.length() / 2, body);
  }

  private static String record(int type, String body) {
    return "%02x0303%04x%s".formatted(type, body.length() / 2, body);
  }
}
