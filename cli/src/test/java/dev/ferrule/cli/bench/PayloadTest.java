package dev.ferrule.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PayloadTest {
  private static byte[] bytes(Payload payload, long at, int length) {
    byte[] bytes = new byte[length];
    for (int from = 0; from < length; ) {
      int part = Math.min(length - from, Payload.CHUNK);
      payload.part(at + from, part).get(bytes, from, part);
      from += part;
    }
    return bytes;
  }

  @ParameterizedTest
  @EnumSource
  void what_was_sent_is_known_again_in_pieces_of_any_size(Payload.Memory memory) {
    Payload payload = new Payload(memory);
    long at = Payload.beginning(3, 7);
    byte[] sent = bytes(payload, at, 300_000);
    assertThat(payload.matches(at, ByteBuffer.wrap(sent))).isTrue();
    for (int from = 0, length = 1; from < sent.length; from += length, length = length * 3 % 4099) {
      int part = Math.min(length, sent.length - from);
      ByteBuffer piece = ByteBuffer.allocateDirect(part).put(sent, from, part).flip();
      assertThat(payload.matches(at + from, piece)).isTrue();
      assertThat(piece.hasRemaining()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void one_other_bit_is_seen_wherever_it_is(Payload.Memory memory) {
    Payload payload = new Payload(memory);
    for (int wrong : new int[] {0, 1, 131_071, 131_072, 199_999}) {
      byte[] sent = bytes(payload, 5, 200_000);
      sent[wrong] ^= 1;
      ByteBuffer answer = ByteBuffer.wrap(sent);
      assertThat(payload.matches(5, answer)).isFalse();
      assertThat(answer.hasRemaining()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_answer_to_the_message_before_or_to_another_connection_is_wrong(Payload.Memory memory) {
    Payload payload = new Payload(memory);
    byte[] first = bytes(payload, Payload.beginning(0, 0), 16);
    assertThat(payload.matches(Payload.beginning(0, 1), ByteBuffer.wrap(first))).isFalse();
    assertThat(payload.matches(Payload.beginning(1, 0), ByteBuffer.wrap(first))).isFalse();
  }
}
