package dev.ferrule.cli.starttls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DialogueTest {
  private static final String LDAP_YES = "300c02010178070a010004000400";
  private static final String LDAP_NO = "3012020101780d0a0102040004066e6f20544c53";

  private final StringBuilder said = new StringBuilder();

  private void say(byte[] bytes) {
    said.append(new String(bytes, ISO_8859_1));
  }

  private static byte[] agreement(StartTls protocol) {
    return switch (protocol) {
      case SMTP ->
          ascii("220-hello\r\n220 there\r\n250-me\r\n250-starttls\r\n250 HELP\r\n220 go\r\n");
      case IMAP -> ascii("* OK hello\r\n* CAPABILITY IMAP4rev1\r\na1 OK go\r\n");
      case POP3 -> ascii("+OK hello\r\n+OK\r\n");
      case FTP -> ascii("220-hello\r\n 220 not yet\r\n220 there\r\n234 go\r\n");
      case POSTGRES -> ascii("S");
      case LDAP -> HexFormat.of().parseHex(LDAP_YES);
    };
  }

  private static String latin(String hex) {
    return new String(HexFormat.of().parseHex(hex), ISO_8859_1);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  @ParameterizedTest
  @EnumSource(StartTls.class)
  void it_agrees_however_the_bytes_are_cut(StartTls protocol) {
    Dialogue dialogue = protocol.dialogue();
    dialogue.begin(this::say);
    byte[] all = agreement(protocol);
    for (int i = 0; i < all.length; i++) {
      boolean last = i == all.length - 1;
      assertThat(dialogue.hear(ByteBuffer.wrap(all, i, 1), this::say)).isEqualTo(last);
    }
  }

  @ParameterizedTest
  @EnumSource(StartTls.class)
  void what_comes_behind_the_upgrade_is_left(StartTls protocol) {
    Dialogue dialogue = protocol.dialogue();
    dialogue.begin(this::say);
    byte[] all = agreement(protocol);
    ByteBuffer data = ByteBuffer.allocate(all.length + 3).put(all).put(ascii("evi")).flip();
    assertThat(dialogue.hear(data, this::say)).isTrue();
    assertThat(data.remaining()).isEqualTo(3);
  }

  @Test
  void each_protocol_says_its_words() {
    for (StartTls protocol : StartTls.values()) {
      Dialogue dialogue = protocol.dialogue();
      dialogue.begin(this::say);
      dialogue.hear(ByteBuffer.wrap(agreement(protocol)), this::say);
    }
    assertThat(said.toString())
        .isEqualTo(
            "EHLO localhost\r\nSTARTTLS\r\na1 STARTTLS\r\nSTLS\r\nAUTH TLS\r\n"
                + latin("0000000804d2162f")
                + latin("301d02010177188016")
                + "1.3.6.1.4.1.1466.20037");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SMTP | 554 go away\\r\\n | greet as an SMTP server: it said '554 go away'
          SMTP | 220 hi\\r\\n250-me\\r\\n250 HELP\\r\\n | offers no STARTTLS
          SMTP | 220 hi\\r\\n250 STARTTLS\\r\\n | offers no STARTTLS
          SMTP | 220 hi\\r\\n250-me\\r\\n250 STARTTLS\\r\\n454 not now\\r\\n | refused STARTTLS: it said '454 not now'
          SMTP | HTTP/1.1 400\\r\\n | did not greet as an SMTP server
          IMAP | * BYE\\r\\n | did not greet as an IMAP server
          IMAP | * OK\\r\\na1 NO never\\r\\n | refused STARTTLS: it said 'a1 NO never'
          IMAP | * OKAY\\r\\n | did not greet as an IMAP server
          POP3 | -ERR\\r\\n | did not greet as a POP3 server
          POP3 | +OK\\r\\n-ERR never\\r\\n | refused STLS: it said '-ERR never'
          FTP | 421 busy\\r\\n | did not greet as an FTP server
          FTP | 220 hi\\r\\n502 what?\\r\\n | refused AUTH TLS: it said '502 what?'
          POSTGRES | N | refused SSL
          POSTGRES | E | answered the SSL request with an error
          POSTGRES | H | its first byte was 0x48
          LDAP | HTTP | did not answer as an LDAP server
          """)
  void a_refusal_says_what_the_server_said(StartTls protocol, String answer, String reason) {
    Dialogue dialogue = protocol.dialogue();
    dialogue.begin(this::say);
    ByteBuffer data = ByteBuffer.wrap(ascii(answer.translateEscapes()));
    assertThatThrownBy(() -> dialogue.hear(data, this::say))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({
    LDAP_NO + ", refused StartTLS with result code 2: 'no TLS'",
    "300c02010165070a010004000400, something else than was asked",
    "300c02010278070a010004000400, something else than was asked",
    "3003020101, damaged",
    "3080, a length that is none",
    "3084ffffffff, more than 8192 bytes",
    "30823000, more than 8192 bytes",
  })
  void an_ldap_server_that_does_not_agree_is_refused(String hex, String reason) {
    Dialogue dialogue = StartTls.LDAP.dialogue();
    ByteBuffer data = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    assertThatThrownBy(() -> dialogue.hear(data, this::say))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(reason);
  }

  @Test
  void a_line_without_end_is_refused() {
    Dialogue dialogue = StartTls.SMTP.dialogue();
    ByteBuffer data = ByteBuffer.wrap(ascii("220 " + "x".repeat(9000)));
    assertThatThrownBy(() -> dialogue.hear(data, this::say))
        .hasMessageContaining("a line of more than 8192 bytes");
  }

  @Test
  void an_answer_without_end_is_refused() {
    Dialogue dialogue = StartTls.FTP.dialogue();
    ByteBuffer data = ByteBuffer.wrap(ascii("220-and\r\n".repeat(300)));
    assertThatThrownBy(() -> dialogue.hear(data, this::say))
        .hasMessageContaining("does not end after 200 lines");
  }

  @Test
  void what_a_server_says_cannot_steer_the_terminal() {
    Dialogue dialogue = StartTls.POP3.dialogue();
    ByteBuffer data = ByteBuffer.wrap(ascii("-ERR \033[2Jx\r\n"));
    assertThatThrownBy(() -> dialogue.hear(data, this::say)).hasMessageContaining("'-ERR ?[2Jx'");
  }
}
