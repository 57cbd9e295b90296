package dev.ferrule.cli.starttls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
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
      case LMTP -> ascii("220 hello\r\n250-me\r\n250 STARTTLS\r\n220 go\r\n");
      case IMAP -> ascii("* OK hello\r\n* CAPABILITY IMAP4rev1\r\na1 OK go\r\n");
      case POP3 -> ascii("+OK hello\r\n+OK\r\n");
      case SIEVE ->
          ascii("\"A\" {1}\r\nb\r\n\"starttls\"\r\nOK {4}\r\nwait\r\nOK (X) {4}\r\nOK\r\n\r\n");
      case NNTP -> ascii("201 hello\r\n101 list\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n382 go\r\n");
      case IRC -> ascii("NOTICE * :*** 670\r\n:me NOTICE * :wait\r\n:me 670 joe :go\r\n");
      case MYSQL -> mysql(0x0800);
      case XMPP, XMPP_SERVER ->
          ascii(
              "<?xml version='1.0'?>\n<stream:stream from='a>b' xmlns:stream=\"" // in quotes
                  + "http://etherx.jabber.org/streams\" version='1.0'><stream:features>"
                  + "<a xmlns='b'>c</a><t:starttls xmlns:t='urn:ietf:params:xml:ns:xmpp-tls'>"
                  + "<required xmlns='' /></t:starttls></stream:features>\n"
                  + "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'></proceed>");
      case FTP -> ascii("220-hello\r\n 220 not yet\r\n220 there\r\n234 go\r\n");
      case POSTGRES -> ascii("S");
      case LDAP -> HexFormat.of().parseHex(LDAP_YES);
    };
  }

  /** A handshake packet with these capabilities, the lower half of them. */
  private static byte[] mysql(int capabilities) {
    byte[] payload = ("\n8.0\0iiiichalleng\0" + "ccxssuu" + "rest").getBytes(ISO_8859_1);
    payload[18] = (byte) capabilities;
    payload[19] = (byte) (capabilities >>> 8);
    return MysqlPacket.of(0, payload);
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
    Dialogue dialogue = protocol.dialogue("a&b");
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
    Dialogue dialogue = protocol.dialogue("a&b");
    dialogue.begin(this::say);
    byte[] all = agreement(protocol);
    ByteBuffer data = ByteBuffer.allocate(all.length + 3).put(all).put(ascii("evi")).flip();
    assertThat(dialogue.hear(data, this::say)).isTrue();
    assertThat(data.remaining()).isEqualTo(3);
  }

  /** Several lines at once, and lines in pieces: as a network likes it. */
  @ParameterizedTest
  @EnumSource(StartTls.class)
  void it_agrees_and_says_the_same_in_whatever_pieces_the_bytes_come(StartTls protocol) {
    Random random = new Random(20_26);
    byte[] all = agreement(protocol);
    String whole = saidTo(protocol, all, all.length);
    for (int i = 0; i < 200; i++) {
      said.setLength(0);
      assertThat(saidTo(protocol, all, 1 + random.nextInt(all.length))).isEqualTo(whole);
    }
  }

  /** Hears {@code all} in pieces of up to so many bytes, the last of which must be agreement. */
  private String saidTo(StartTls protocol, byte[] all, int longest) {
    Random random = new Random(longest);
    Dialogue dialogue = protocol.dialogue("a&b");
    dialogue.begin(this::say);
    for (int at = 0; at < all.length; ) {
      int size = Math.min(all.length - at, 1 + random.nextInt(longest));
      at += size;
      boolean agreed = dialogue.hear(ByteBuffer.wrap(all, at - size, size), this::say);
      assertThat(agreed).isEqualTo(at == all.length);
    }
    return said.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          SMTP | EHLO localhost\\r\\nSTARTTLS\\r\\n
          LMTP | LHLO localhost\\r\\nSTARTTLS\\r\\n
          IMAP | a1 STARTTLS\\r\\n
          POP3 | STLS\\r\\n
          FTP | AUTH TLS\\r\\n
          NNTP | CAPABILITIES\\r\\nSTARTTLS\\r\\n
          SIEVE | STARTTLS\\r\\n
          IRC | STARTTLS\\r\\n
          """)
  void each_protocol_of_lines_says_its_words(StartTls protocol, String words) {
    byte[] all = agreement(protocol);
    assertThat(saidTo(protocol, all, all.length)).isEqualTo(words.translateEscapes());
  }

  @Test
  void each_protocol_of_messages_says_its_bytes() {
    String all =
        saidTo(StartTls.POSTGRES, ascii("S"), 1)
            + saidTo(StartTls.LDAP, HexFormat.of().parseHex(LDAP_YES), 99)
            + saidTo(StartTls.MYSQL, mysql(0x0800), 99);
    assertThat(all)
        .endsWith(
            latin("0000000804d2162f")
                + latin("301d02010177188016")
                + "1.3.6.1.4.1.1466.20037"
                + latin("20000001008a0800000000012d" + "00".repeat(23)));
  }

  @Test
  void xmpp_asks_for_the_host_and_escapes_it() {
    byte[] all = agreement(StartTls.XMPP);
    assertThat(saidTo(StartTls.XMPP, all, all.length))
        .isEqualTo(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:client'"
                + " xmlns:stream='http://etherx.jabber.org/streams' to='a&amp;b' version='1.0'>"
                + "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    said.setLength(0);
    assertThat(saidTo(StartTls.XMPP_SERVER, all, all.length)).contains(" xmlns='jabber:server' ");
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
          LMTP | 421 busy\\r\\n | did not greet as an LMTP server
          LMTP | 220 hi\\r\\n250 8BITMIME\\r\\n | offers no STARTTLS
          NNTP | 400 busy\\r\\n | did not greet as an NNTP server: it said '400 busy'
          NNTP | 200 hi\\r\\n500 what?\\r\\n | offers no STARTTLS: it said '500 what?'
          NNTP | 200 hi\\r\\n101 list\\r\\nVERSION 2\\r\\n.\\r\\n | offers no STARTTLS
          NNTP | 200 hi\\r\\n101 list\\r\\nSTARTTLS\\r\\n.\\r\\n580 no\\r\\n | refused STARTTLS: it said '580 no'
          SIEVE | BYE\\r\\n | offers no STARTTLS
          SIEVE | "SASL" "PLAIN"\\r\\nOK\\r\\n | offers no STARTTLS
          SIEVE | "STARTTLS"\\r\\nOK\\r\\nNO "never"\\r\\n | refused STARTTLS: it said 'NO "never"'
          IRC | :me 691 * :no\\r\\n | refused STARTTLS: it said ':me 691 * :no'
          IRC | :me 421 * STARTTLS :what?\\r\\n | refused STARTTLS
          IRC | ERROR :banned\\r\\n | refused STARTTLS: it said 'ERROR :banned'
          MYSQL | SSH-2.0 | does not speak MySQL
          XMPP | HTTP/1.1 400 | does not speak XMPP
          XMPP | <stream xmlns="other"> | does not speak XMPP
          """)
  void a_refusal_says_what_the_server_said(StartTls protocol, String answer, String reason) {
    Dialogue dialogue = protocol.dialogue("a&b");
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
    Dialogue dialogue = StartTls.LDAP.dialogue("");
    ByteBuffer data = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    assertThatThrownBy(() -> dialogue.hear(data, this::say))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(reason);
  }

  @Test
  void a_mysql_server_that_does_not_agree_is_refused() {
    assertRefused(StartTls.MYSQL, mysql(0xf7ff), "offers no TLS");
    byte[] error = ascii("x\u0012\u0004#08004Too many connections");
    error[0] = (byte) 0xff;
    assertRefused(StartTls.MYSQL, MysqlPacket.of(0, error), "error 1042: 'Too many connections'");
    assertRefused(StartTls.MYSQL, MysqlPacket.of(0, ascii("\t8.0\0")), "version 9");
    assertRefused(StartTls.MYSQL, MysqlPacket.of(0, ascii("\n8.0")), "damaged");
    assertRefused(StartTls.MYSQL, MysqlPacket.of(0, ascii("\n8.0\0")), "damaged");
    assertRefused(StartTls.MYSQL, MysqlPacket.of(1, ascii("\n8.0\0")), "does not speak MySQL");
  }

  private void assertRefused(StartTls protocol, byte[] answer, String reason) {
    Dialogue dialogue = protocol.dialogue("");
    dialogue.begin(this::say);
    assertThatThrownBy(() -> dialogue.hear(ByteBuffer.wrap(answer), this::say))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(reason);
  }

  private static final String STREAM =
      "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          <stream:features></stream:features> | offers no STARTTLS
          <stream:features/> | offers no STARTTLS
          <stream:features><starttls xmlns='x'/></stream:features> | offers no STARTTLS
          <stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/> | host-unknown
          </stream:stream> | ended the stream
          </other> | does not speak XMPP
          <a></b> | does not speak XMPP
          <a b> | does not speak XMPP
          <a b='1' b='2'> | does not speak XMPP
          <a:b> | does not speak XMPP
          <a <b>> | does not speak XMPP
          <!DOCTYPE a [<!ENTITY b 'c'>]> | does not speak XMPP
          <!ENTITY b 'c'> | XML that XMPP does not allow
          <!--> | XML that XMPP does not allow
          <?xml version='1.0'?> | XML that XMPP does not allow
          """)
  void an_xmpp_server_that_does_not_agree_is_refused(String answer, String reason) {
    assertRefused(StartTls.XMPP, ascii(STREAM + answer), reason);
  }

  @Test
  void an_xmpp_server_is_bounded() {
    assertRefused(StartTls.XMPP, ascii(STREAM + "<a b='" + "c".repeat(5000)), "a tag of more than");
    assertRefused(StartTls.XMPP, ascii(STREAM + "<a>".repeat(50)), "does not speak XMPP");
    assertRefused(StartTls.XMPP, ascii(STREAM + " ".repeat(70_000)), "more than 65536 bytes");
  }

  @Test
  void an_xmpp_server_that_refuses_in_the_end_is_refused() {
    String offer =
        STREAM
            + "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"
            + "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
    assertRefused(StartTls.XMPP, ascii(offer), "refused STARTTLS");
  }

  @Test
  void a_literal_of_ManageSieve_is_bounded() {
    assertRefused(StartTls.SIEVE, ascii("OK {999999999}\r\n"), "a line of more than 8192 bytes");
    assertRefused(
        StartTls.SIEVE, ascii("\"a\" {8000}\r\n" + "x".repeat(9000)), "more than 8192 bytes");
  }

  @Test
  void what_greets_again_inside_TLS_has_no_greeting_for_the_tunnel_s_client() {
    for (StartTls protocol : StartTls.values()) {
      Dialogue dialogue = protocol.dialogue("");
      dialogue.begin(this::say);
      dialogue.hear(ByteBuffer.wrap(agreement(protocol)), this::say);
      boolean once =
          protocol.limitation() == null && protocol.greets() && protocol != StartTls.SIEVE;
      assertThat(dialogue.greeting().length > 0).as(protocol.toString()).isEqualTo(once);
    }
  }

  @Test
  void a_line_without_end_is_refused() {
    Dialogue dialogue = StartTls.SMTP.dialogue("");
    ByteBuffer data = ByteBuffer.wrap(ascii("220 " + "x".repeat(9000)));
    assertThatThrownBy(() -> dialogue.hear(data, this::say))
        .hasMessageContaining("a line of more than 8192 bytes");
  }

  @Test
  void an_answer_without_end_is_refused() {
    Dialogue dialogue = StartTls.FTP.dialogue("");
    ByteBuffer data = ByteBuffer.wrap(ascii("220-and\r\n".repeat(300)));
    assertThatThrownBy(() -> dialogue.hear(data, this::say))
        .hasMessageContaining("does not end after 200 lines");
  }

  @Test
  void what_a_server_says_cannot_steer_the_terminal() {
    Dialogue dialogue = StartTls.POP3.dialogue("");
    ByteBuffer data = ByteBuffer.wrap(ascii("-ERR \033[2Jx\r\n"));
    assertThatThrownBy(() -> dialogue.hear(data, this::say)).hasMessageContaining("'-ERR ?[2Jx'");
  }
}
