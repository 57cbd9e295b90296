package dev.ferrule.ssl.hello;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainPeerTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET / HTTP/1.1 | speaks plain HTTP",
        "OPTIO | speaks plain HTTP",
        "PRI * HTTP/2.0 | speaks plain HTTP",
        "SSH-2.0-OpenSSH_9.9 | speaks SSH",
        "PROXY TCP4 1.2.3.4 | sends a PROXY protocol header before SSL",
        "EHLO me | speaks plain SMTP",
        "*1\\r\\n$4\\r\\nPING | speaks plain Redis",
        "\\0\\0\\0\\b\\x04\\xD2\\x16\\x2F | speaks PostgreSQL's protocol, which asks for SSL first",
        "\\0\\0\\0\\x40\\0\\x03\\0\\0user | speaks plain PostgreSQL",
        "\\x10\\x20\\0\\x04MQTT\\x04 | speaks plain MQTT",
        "\\x80\\x2E\\x01\\x03\\x01\\0\\x15 |"
            + " sends a hello in the form of SSL 2.0, which is not supported",
        "\\x16\\x03\\x01\\x02 | speaks SSL",
      })
  void namesWhatAClientSpeaks(String bytes, String description) {
    assertThat(PlainPeer.describe(bytes(bytes), true)).isEqualTo(description);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 400 Bad Request | speaks plain HTTP",
        "<!DOCTYPE html> | speaks plain HTTP",
        "SSH-2.0-OpenSSH_9.9 | speaks SSH",
        "220 mail.example.com ESMTP | speaks plain SMTP",
        "220-ProFTPD Server | speaks plain FTP",
        "220 hello | speaks plain SMTP or FTP",
        "+OK ready | speaks plain POP3",
        "* OK IMAP4rev1 ready | speaks plain IMAP",
        "-ERR unknown command | speaks plain Redis",
        "\\x4A\\0\\0\\0\\x0A8.0.36\\0 | speaks plain MySQL",
        "\\x15\\x03\\x03\\0\\x02 | speaks SSL",
      })
  void namesWhatAServerSpeaks(String bytes, String description) {
    assertThat(PlainPeer.describe(bytes(bytes), false)).isEqualTo(description);
  }

  @Test
  void showsAtMostEightBytesOfTheUnknown() {
    assertThat(PlainPeer.describe(bytes("ABCDEFGHIJ"), true))
        .isEqualTo("does not speak SSL: it starts with the bytes 41 42 43 44 45 46 47 48");
    assertThat(PlainPeer.describe(bytes("\\xff"), false))
        .isEqualTo("does not speak SSL: it starts with the bytes FF");
    assertThat(PlainPeer.describe(bytes(""), false)).isEqualTo("sent nothing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "GET /", "POST /x", "CONNE", "PROPFIND /"})
  void aRequestIsKnownByItsFirstThreeBytes(String bytes) {
    assertThat(PlainPeer.isHttpRequest(bytes(bytes))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GE", "GETTING", "HTTP/1.1 200", "get /", "\\x16\\x03\\x01"})
  void anythingElseIsNoRequest(String bytes) {
    assertThat(PlainPeer.isHttpRequest(bytes(bytes))).isFalse();
  }

  @Test
  void theAnswerToHttpHasTheLengthOfItsBody() {
    String answer = ISO_8859_1.decode(PlainPeer.httpAnswer()).toString();
    String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
    assertThat(answer)
        .startsWith("HTTP/1.1 400 Bad Request\r\n")
        .contains("\r\nConnection: close\r\n")
        .contains("\r\nContent-Type: text/plain\r\n")
        .contains("\r\nContent-Length: " + body.length() + "\r\n");
    assertThat(body).isEqualTo("This port speaks SSL/TLS: use https.\n");
  }

  @Test
  void anyBytesAreDescribedAndTheBufferStaysAsItIs() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      assertThat(PlainPeer.describe(buffer, random.nextBoolean())).isNotBlank();
      assertThat(buffer.position()).isZero();
    }
  }

  private static ByteBuffer bytes(String escaped) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < escaped.length(); i++) {
      if (escaped.startsWith("\\x", i)) {
        text.append((char) Integer.parseInt(escaped, i + 2, i + 4, 16));
        i += 3;
      } else if (escaped.charAt(i) == '\\') {
        text.append("\0\b\r\n".charAt("0brn".indexOf(escaped.charAt(++i))));
      } else {
        text.append(escaped.charAt(i));
      }
    }
    return ISO_8859_1.encode(text.toString());
  }
}
