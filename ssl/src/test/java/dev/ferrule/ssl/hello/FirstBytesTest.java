package dev.ferrule.ssl.hello;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ferrule.ssl.Ssl;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslHello;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link Ssl#hello}, for connections that are passed on as they are. */
class FirstBytesTest {
  private static byte[] hello() throws Exception {
    return Hellos.of("TLSv1.2,TLSv1.3", "x25519", "x25519").client();
  }

  @Test
  void a_hello_is_there_when_its_last_byte_is_and_the_bytes_stay_as_they_are() throws Exception {
    byte[] bytes = hello();
    int record = 5 + ByteBuffer.wrap(bytes).getShort(3);
    for (int n = 0; n < record; n++) {
      assertThat(Ssl.hello(ByteBuffer.wrap(bytes, 0, n))).as("%d bytes", n).isEmpty();
    }
    ByteBuffer whole = ByteBuffer.wrap(bytes);
    assertThat(Ssl.hello(whole).flatMap(SslHello::serverName)).contains("www.example.com");
    assertThat(whole.remaining()).isEqualTo(bytes.length);
  }

  @ParameterizedTest
  @CsvSource({
    "GET / HTTP/1.1, NOT_SSL",
    "SSH-2.0-OpenSSH_9, NOT_SSL",
    "xyz, NOT_SSL",
  })
  void what_is_no_SSL_is_an_error_that_says_what_it_is(String first, SslFailure failure) {
    SslError error =
        catchThrowableOfType(
            SslError.class, () -> Ssl.hello(ByteBuffer.wrap(first.getBytes(US_ASCII))));
    assertThat(error.failure()).isEqualTo(failure);
  }

  @Test
  void a_record_that_begins_with_no_hello_or_a_damaged_one_is_an_error() throws Exception {
    byte[] other = hello();
    other[5] = 2; // a server's
    assertThat(failure(other)).isEqualTo(SslFailure.UNEXPECTED_MESSAGE);
    byte[] damaged = hello();
    damaged[43] = (byte) 255; // the length of the session id
    assertThat(failure(damaged)).isEqualTo(SslFailure.MALFORMED_MESSAGE);
    byte[] tooLong = {22, 3, 1, 0x40, 0, 1, 2, 0, 0};
    assertThat(failure(tooLong)).isEqualTo(SslFailure.MESSAGE_TOO_LONG);
  }

  private static SslFailure failure(byte[] bytes) {
    return catchThrowableOfType(SslError.class, () -> Ssl.hello(ByteBuffer.wrap(bytes))).failure();
  }
}
