package dev.ferrule.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrlfInputTest {
  private static String read(String text, int length) throws IOException {
    byte[] some = new byte[length];
    StringBuilder all = new StringBuilder();
    try (InputStream in = new CrlfInput(new ByteArrayInputStream(text.getBytes(ISO_8859_1)))) {
      for (int n; (n = in.read(some, 0, length)) >= 0; ) {
        all.append(new String(some, 0, n, ISO_8859_1));
      }
    }
    return all.toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 7, 100})
  void a_line_feed_becomes_CRLF_and_CRLF_stays_however_it_is_read(int length) throws IOException {
    assertThat(read("a\n\nb\r\nc\rd\r\r\n\ne", length)).isEqualTo("a\r\n\r\nb\r\nc\rd\r\r\n\r\ne");
  }

  @Test
  void connect_sends_it_where_it_is_asked_for() throws Exception {
    for (String[] each : new String[][] {{"--crlf", "a\r\nb\r\n"}, {"--quiet", "a\nb\r\n"}}) {
      try (var server =
          ScriptedServer.plain(socket ->
              assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo(each[1]))) {
        Tool.Result result =
            Tool.runWith(
                "a\nb\r\n", "connect", server.address(), "--plain", "--shutdown-after=0s", each[0]);
        assertThat(result.status()).isZero();
        server.await();
      }
    }
  }

  @Test
  void a_byte_at_a_time_is_the_same() throws java.io.IOException {
    var in =
        new CrlfInput(
            new java.io.ByteArrayInputStream(
                "a\nb\r\n\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    StringBuilder all = new StringBuilder();
    for (int octet; (octet = in.read()) >= 0; ) {
      all.append((char) octet);
    }
    assertThat(all).hasToString("a\r\nb\r\n\r\n");
  }
}
