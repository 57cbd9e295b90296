package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.spi.Buffers;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Wire;
import dev.ferrule.ssl.SslError;
import dev.ferrule.testkit.contract.MemoryLink;
import dev.ferrule.testkit.contract.StallingLink;
import dev.ferrule.testkit.contract.WireEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a peer may do at most, and what is done to it then. */
@Tag("once")
class BoundsTest {
  private static final int MOST_IDLE = 32;
  private static final int OVERHEAD = 5 + 1 + 16;
  private static final byte[] CLOSE_NOTIFY = {1, 0};

  private final Sides sides = Sides.random(RecordSuite.TLS_AES_128_GCM_SHA256, new Random(1));
  private final MemoryLink.Pair links = MemoryLink.pair(400_000);
  private final StallingLink stalling = new StallingLink(links.server());
  private final Buffers buffers = new Buffers();
  private final CopiedTickets tickets = new CopiedTickets();
  private final WireEnd wire;
  private final RecordPeer peer;

  BoundsTest() throws IOException {
    wire =
        new WireEnd(
            links.server(), stalling, buffers, HandingOver.maker(sides, false, 0, 0, tickets));
    peer =
        new RecordPeer(
            links.client(), links.client(), sides.behind(false, 0), sides.towards(false, 0));
    wire.step();
  }

  private void pump() throws IOException {
    boolean moved = true;
    while (moved) {
      moved = wire.step();
      moved |= peer.step();
    }
  }

  private void assertRefused(String alert, String detail, int number) throws IOException {
    pump();
    assertThat(wire.failure()).isInstanceOf(SslError.class);
    SslError error = (SslError) wire.failure();
    assertThat(error.side()).isEqualTo(SslError.Side.OURS);
    assertThat(error.alert()).hasValue(alert);
    assertThat(error.detail().orElseGet(error::code)).isEqualTo(detail);
    assertThat(peer.alerts()).containsExactly(new byte[] {2, (byte) number});
    assertThat(peer.finSeen()).isTrue();
  }

  /** As many as are allowed, between data, then one more. */
  private void flood(Inner inner, String code) throws IOException {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < MOST_IDLE; i++) {
        peer.send(inner);
      }
      pump();
      assertThat(wire.failure()).isNull();
      if (round < 2) {
        peer.send(Inner.of(Inner.DATA, (byte) 7));
      }
    }
    peer.send(inner);
    assertRefused("unexpected_message", code, 10);
    assertThat(wire.received()).containsExactly(7, 7);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void key_updates_without_data(boolean request) throws IOException {
    flood(Inner.keyUpdate(request), "TOO_MANY_KEY_UPDATES");
    assertThat(peer.updates()).as("answers without data").isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16_384})
  void records_without_content(int padding) throws IOException {
    flood(Inner.padded(Inner.DATA, new byte[0], padding), "TOO_MANY_EMPTY_FRAGMENTS");
  }

  @Test
  void announcements_that_it_cancels() throws IOException {
    flood(Inner.of(Inner.ALERT, (byte) 1, (byte) 90), "TOO_MANY_WARNING_ALERTS");
  }

  @Test
  void many_requests_get_one_answer_in_front_of_the_next_data() throws IOException {
    for (int i = 0; i < MOST_IDLE; i++) {
      peer.send(Inner.keyUpdate(true));
    }
    pump();
    wire.send(new byte[50_000]);
    pump();
    assertThat(peer.updates()).isEqualTo(1);
    assertThat(peer.received()).hasSize(50_000);
  }

  @Test
  void a_request_is_answered_although_an_update_that_asks_for_nothing_follows() throws IOException {
    peer.send(Inner.keyUpdate(true));
    peer.send(Inner.keyUpdate(false));
    pump();
    wire.send(new byte[1]);
    pump();
    assertThat(peer.updates()).isEqualTo(1);
    wire.send(new byte[1]);
    pump();
    assertThat(peer.updates()).isEqualTo(1);
    assertThat(peer.received()).hasSize(2);
  }

  /** It is so at the end of the buffer, where a record alone would fit. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 26, 27})
  void an_answer_has_room_in_front_of_its_record(int spare) throws IOException {
    int full = 16 * 16_384;
    int last = Buffers.OUTPUT - 16 * (16_384 + OVERHEAD) - OVERHEAD - spare;
    peer.send(Inner.keyUpdate(true));
    peer.step();
    wire.writeNow(new byte[full]);
    assertThat(wire.wire().read(buffers.plain(Memory.HEAP))).isEqualTo(Wire.READ);
    wire.writeNow(new byte[last]);
    pump();
    assertThat(wire.failure()).isNull();
    assertThat(peer.updates()).isEqualTo(1);
    assertThat(peer.received()).hasSize(full + last);
  }

  @Test
  void a_long_message_is_refused_when_its_length_is_read() throws IOException {
    peer.send(Inner.of(Inner.HANDSHAKE, (byte) 4, (byte) 0, (byte) 0x40, (byte) 1));
    assertRefused("illegal_parameter", "EXCESSIVE_MESSAGE_SIZE", 47);
  }

  @Test
  void the_longest_message_is_taken() throws IOException {
    byte[] message = ticket(16_384 - 13);
    peer.send(Inner.of(Inner.HANDSHAKE, Arrays.copyOf(message, 16_384)));
    peer.send(Inner.of(Inner.HANDSHAKE, Arrays.copyOfRange(message, 16_384, message.length)));
    peer.send(Inner.of(Inner.DATA, (byte) 3));
    pump();
    assertThat(wire.failure()).isNull();
    assertThat(wire.received()).containsExactly(3);
  }

  @Test
  void a_ticket_without_bytes_is_refused() throws IOException {
    peer.send(Inner.of(Inner.HANDSHAKE, ticket(1)));
    pump();
    assertThat(wire.failure()).isNull();
    peer.send(Inner.of(Inner.HANDSHAKE, ticket(0)));
    assertRefused("decode_error", "DECODE_ERROR", 50);
  }

  /** With neither nonce nor extensions. */
  private static byte[] ticket(int length) {
    ByteBuffer message = ByteBuffer.allocate(4 + 13 + length);
    message.putInt(4 << 24 | 13 + length).putInt(7_200).putInt(1).put((byte) 0);
    return message.putShort((short) length).array();
  }

  @Test
  void a_message_that_is_not_for_this_side_is_refused_at_its_first_byte() throws IOException {
    peer.send(Inner.of(Inner.HANDSHAKE, (byte) 13));
    assertRefused("unexpected_message", "UNEXPECTED_MESSAGE", 10);
  }

  @ParameterizedTest
  @ValueSource(ints = {16_384 + 257, 16_384 + 2_048, 65_535})
  void a_long_record_is_refused_at_its_header(int length) throws IOException {
    peer.sendRaw(PeerKeys.header(Inner.DATA, length));
    assertRefused("record_overflow", "RECORD_TOO_LONG", 22);
  }

  @Test
  void the_longest_record_is_waited_for_and_its_inner_plaintext_is_too_long() throws IOException {
    byte[] record = new FirstRecord(sides).next(new byte[16_384 + 256 - 17]);
    peer.sendRaw(Arrays.copyOf(record, 5));
    pump();
    assertThat(wire.failure()).isNull();
    peer.sendRaw(Arrays.copyOfRange(record, 5, record.length));
    assertRefused("record_overflow", "DATA_LENGTH_TOO_LONG", 22);
  }

  /** Makes the first record beside the peer. */
  private record FirstRecord(Sides sides) {
    byte[] next(byte[] content) {
      return sides.towards(false, 0).seal(Inner.DATA, content, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 200, 16_384})
  void full_inner_plaintext_is_taken_and_a_byte_more_is_not(int padding) throws IOException {
    byte[] content = new byte[16_384 - padding];
    Arrays.fill(content, (byte) 5);
    peer.send(Inner.padded(Inner.DATA, content, padding));
    pump();
    assertThat(wire.failure()).isNull();
    assertThat(wire.received()).isEqualTo(content);
    peer.send(Inner.padded(Inner.DATA, content, padding + 1));
    assertRefused("record_overflow", "DATA_LENGTH_TOO_LONG", 22);
    assertThat(wire.received()).isEqualTo(content);
  }

  @Test
  void a_fatal_alert_waits_for_room_and_goes_out_behind_the_data() throws IOException {
    stalling.stallWrites();
    wire.send(new byte[100_000]);
    wire.step();
    peer.sendRaw(Expected.joined(PeerKeys.header(Inner.DATA, 20), new byte[20]));
    pump();
    assertThat(wire.failure()).isInstanceOf(SslError.class);
    assertThat(wire.wire().closeOutput()).isEqualTo(Wire.WRITE);
    assertThat(peer.alerts()).isEmpty();
    stalling.resume();
    assertRefused("bad_record_mac", "DECRYPTION_FAILED_OR_BAD_RECORD_MAC", 20);
    assertThat(peer.received()).hasSize(100_000);
    assertThat(wire.wire().closeOutput()).isEqualTo(Wire.DONE);
  }

  @Test
  void close_notify_waits_for_room_and_goes_out_behind_the_data() throws IOException {
    stalling.stallWrites();
    wire.send(new byte[100_000]);
    wire.close();
    pump();
    assertThat(wire.wire().closeOutput()).isEqualTo(Wire.WRITE);
    stalling.resume();
    pump();
    assertThat(peer.received()).hasSize(100_000);
    assertThat(peer.alerts()).containsExactly(CLOSE_NOTIFY);
  }

  @Test
  void no_alert_follows_close_notify() throws IOException {
    peer.sendRaw(Expected.joined(PeerKeys.header(Inner.DATA, 20), new byte[20]));
    peer.step();
    assertThat(wire.wire().closeOutput()).isEqualTo(Wire.DONE);
    pump();
    assertThat(wire.failure()).isInstanceOf(SslError.class);
    assertThat(peer.alerts()).containsExactly(CLOSE_NOTIFY);
  }

  @Test
  void what_follows_close_notify_is_no_record_and_kept_for_who_goes_on_in_plain_text()
      throws IOException {
    peer.send(Inner.closeNotify());
    peer.send(Inner.of(Inner.DATA, (byte) 3));
    pump();
    assertThat(wire.isEnded()).isTrue();
    assertThat(wire.received()).isEmpty();
    ByteBuffer rest = ByteBuffer.allocate(1_000);
    assertThat(wire.wire().takeRest(rest)).isPositive();
    assertThat(wire.wire().takeRest(rest)).isZero();
  }

  @Test
  void a_released_wire_has_no_keys() throws IOException {
    wire.release();
    assertThatThrownBy(() -> wire.wire().write(ByteBuffer.wrap(new byte[] {1})))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the keys are erased");
  }

  @Test
  void tickets_are_told_until_the_first_data_and_then_released() throws IOException {
    Random random = new Random(2);
    byte[] ticket = Inner.ticket(random);
    peer.send(Inner.of(Inner.HANDSHAKE, Arrays.copyOf(ticket, 9)));
    pump();
    assertThat(tickets.records()).isEqualTo(1);
    assertThat(tickets.releases()).isZero();
    peer.send(Inner.of(Inner.HANDSHAKE, Arrays.copyOfRange(ticket, 9, ticket.length)));
    pump();
    assertThat(tickets.records()).isEqualTo(2);
    assertThat(tickets.releases()).isEqualTo(1);
    peer.send(Inner.of(Inner.HANDSHAKE, Inner.ticket(random)));
    peer.send(Inner.of(Inner.DATA, (byte) 3));
    pump();
    wire.release();
    assertThat(wire.received()).containsExactly(3);
    assertThat(tickets.records()).isEqualTo(2);
    assertThat(tickets.releases()).isEqualTo(1);
  }

  @Test
  void an_alert_before_the_tickets_is_told_too() throws IOException {
    peer.send(Inner.of(Inner.ALERT, (byte) 1, (byte) 90));
    pump();
    assertThat(tickets.records()).isEqualTo(1);
    assertThat(tickets.releases()).isZero();
  }

  @Test
  void a_second_ticket_is_told_to_its_end() throws IOException {
    Random random = new Random(3);
    byte[] second = Inner.ticket(random);
    byte[] start = Arrays.copyOf(second, 9);
    peer.send(Inner.of(Inner.HANDSHAKE, Expected.joined(Inner.ticket(random), start)));
    pump();
    assertThat(tickets.records()).isEqualTo(1);
    assertThat(tickets.releases()).isZero();
    peer.send(Inner.of(Inner.HANDSHAKE, Arrays.copyOfRange(second, 9, second.length)));
    pump();
    assertThat(tickets.records()).isEqualTo(2);
    assertThat(tickets.releases()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void no_tickets_are_waited_for_behind_data_or_a_key_update(boolean data) throws IOException {
    peer.send(data ? Inner.of(Inner.DATA, (byte) 3) : Inner.keyUpdate(false));
    pump();
    assertThat(tickets.releases()).isEqualTo(1);
  }
}
