package dev.ferrule.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OverheardSocketTest {
  /** ServerHelloDone, and a NewSessionTicket of 300 s with the ticket "ab" in two records. */
  private static final String TICKET =
      "16 0303 0004 0e000000  16 0303 0006 04000008 0000  16 0303 0006 012c 0002 6162";

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  @Test
  void the_lifetime_of_a_ticket_is_heard_though_it_comes_in_two_records() {
    assertThat(OverheardSocket.ticketLifetime(bytes(TICKET))).contains(Duration.ofMinutes(5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "16 0303 0004 0e000000", // no ticket
        "16 0303 000a 04000006 00000000 0000", // a lifetime that is not said
        "14 0303 0001 01 16 0303 000a 04000006 0000012c 0000" // that is encrypted
      })
  void without_a_ticket_in_the_clear_there_is_no_lifetime(String records) {
    assertThat(OverheardSocket.ticketLifetime(bytes(records))).isEmpty();
  }

  @Test
  void what_ends_within_the_ticket_has_none() {
    byte[] whole = bytes(TICKET);
    for (int length = 0; length < whole.length - 4; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThat(OverheardSocket.ticketLifetime(part)).as("%d bytes", length).isEmpty();
    }
  }
}
