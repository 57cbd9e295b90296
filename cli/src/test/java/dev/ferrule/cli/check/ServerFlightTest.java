package dev.ferrule.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.cli.check.ServerAnswer.Chosen;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerFlightTest {
  /** ServerHello of TLS 1.2, two certificates of three bytes, ECDHE by x25519, the end. */
  private static final byte[] MESSAGES =
      HexFormat.of()
          .parseHex(
              "0200002d0303"
                  + "11".repeat(32)
                  + "00c02f000005ff01000100"
                  + "0b00000f00000c000003010203000003040506"
                  + "0c00002b03001d20"
                  + "22".repeat(32)
                  + "08040003aabbcc"
                  + "0e000000");

  private static ServerAnswer read(byte[] bytes) {
    return ServerFlight.read(new ByteArrayInputStream(bytes), Duration.ofSeconds(5));
  }

  private static byte[] records(byte[] messages, int longest) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < messages.length; at += longest) {
      int length = Math.min(longest, messages.length - at);
      out.writeBytes(new byte[] {22, 3, 3, (byte) (length >> 8), (byte) length});
      out.write(messages, at, length);
    }
    return out.toByteArray();
  }

  @Property(tries = 60)
  void a_flight_is_read_however_it_is_split(@ForAll @IntRange(min = 1, max = 200) int longest) {
    Chosen answer = (Chosen) read(records(MESSAGES, longest));
    assertThat(answer.version()).isEqualTo(0x0303);
    assertThat(answer.suite()).isEqualTo(0xC02F);
    assertThat(answer.group()).isEqualTo(0x001D);
    assertThat(answer.scheme()).isEqualTo(0x0804);
    assertThat(answer.chain()).containsExactly(new byte[] {1, 2, 3}, new byte[] {4, 5, 6});
    assertThat(answer.has(ClientHelloDraft.RENEGOTIATION_INFO)).isTrue();
  }

  @Property(tries = 2000)
  void damaged_flights_are_answers_too(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = records(MESSAGES, 1 + random.nextInt(100));
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    assertThat(read(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)))).isNotNull();
  }

  @Property(tries = 500)
  void garbage_is_an_answer(@ForAll byte[] bytes) {
    assertThat(read(bytes)).isNotInstanceOf(Chosen.class);
  }

  @ParameterizedTest
  @CsvSource({
    "'HTTP/1.1 400 Bad Request\r\n', speaks plain HTTP",
    "'SSH-2.0-OpenSSH_9.2\r\n', speaks SSH",
    "'* OK ready\r\n', speaks plain IMAP"
  })
  void what_is_no_tls_is_named(String said, String description) {
    assertThat(read(said.getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(new ServerAnswer.NotTls(description));
  }

  @Test
  void an_alert_is_a_refusal_with_its_name() {
    ServerAnswer answer = read(new byte[] {21, 3, 3, 0, 2, 2, 70});
    assertThat(answer).isEqualTo(new ServerAnswer.Refused(70));
    assertThat(answer).hasToString("the alert protocol_version");
  }

  @Test
  void a_flight_without_end_is_bounded() {
    byte[] record = new byte[5 + 16_000];
    record[0] = 22;
    record[1] = 3;
    record[2] = 3;
    record[3] = 16_000 >> 8;
    record[4] = (byte) 16_000;
    record[5] = 11; // a certificate message of 16 MiB
    record[6] = (byte) 0xFF;
    InputStream endless =
        new InputStream() {
          private int at;

          @Override
          public int read() {
            return record[at++ % record.length] & 0xFF;
          }

          @Override
          public int read(byte[] to, int from, int length) throws IOException {
            return super.read(to, from, Math.min(length, 4096));
          }
        };
    ServerAnswer answer = ServerFlight.read(endless, Duration.ofSeconds(60));
    assertThat(answer.toString()).startsWith("sends more than 262144 bytes");
  }

  @Test
  void records_without_end_and_content_are_given_up() {
    byte[] record = {20, 3, 3, 0, 0};
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    InputStream endless =
        new InputStream() {
          private int at;

          @Override
          public int read() {
            return System.nanoTime() > end ? -1 : record[at++ % record.length];
          }

          @Override
          public int read(byte[] to, int from, int length) throws IOException {
            return super.read(to, from, length);
          }
        };
    assertThat(ServerFlight.read(endless, Duration.ofMillis(20)))
        .isInstanceOf(ServerAnswer.Silent.class);
  }
}
