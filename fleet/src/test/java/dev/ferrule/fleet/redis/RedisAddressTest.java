package dev.ferrule.fleet.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.SslConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisAddressTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "redis://a redis://a:6379",
        "rediss://user:secret@a:1 rediss://a:1",
        "redis://:secret@a,b:2 redis://a:6379,b:2",
        "redis://[::1]:3 redis://::1:3",
      })
  void an_address_is_shown_without_its_password(String text, String shown) {
    assertThat(RedisAddress.parse(text)).hasToString(shown);
  }

  @Test
  void user_and_password_may_be_escaped() {
    RedisAddress address = RedisAddress.parse("rediss://us%40r:p%2F+@a");
    assertThat(address.user()).isEqualTo("us@r");
    assertThat(address.password()).isEqualTo("p/+");
    assertThat(address.isSecure()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a:6379", "http://a", "redis://hidden@a", "redis://:hidden@a:x", "redis://a,"})
  void what_is_no_address_is_refused_without_repeating_a_password(String text) {
    assertThatThrownBy(() -> RedisAddress.parse(text))
        .isInstanceOf(SslConfigException.class)
        .hasMessageNotContaining("hidden");
  }
}
