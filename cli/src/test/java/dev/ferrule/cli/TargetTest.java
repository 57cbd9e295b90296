package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  @ParameterizedTest
  @ValueSource(strings = {"a.example:443", "127.0.0.1:1", "[::1]:65535", "unix:/run/x.sock"})
  void it_is_written_as_it_was_read(String text) {
    assertThat(Target.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1:443",
    "::, [::]:443",
    "::1, [::1]:443",
    "fe80:0:0:0:1:0:0:2, [fe80::1:0:0:2]:443",
    "2001:db8:0:1:1:1:1:1, [2001:db8:0:1:1:1:1:1]:443",
  })
  void an_address_is_shown_as_it_can_be_read(String literal, String shown) {
    var address = new InetSocketAddress(InetAddress.ofLiteral(literal), 443);
    assertThat(Target.shown(address)).isEqualTo(shown);
    assertThat(Target.parse(shown).port()).isEqualTo(443);
  }
}
