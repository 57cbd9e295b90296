package dev.ferrule.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerTest {
  @ParameterizedTest
  @CsvSource({"example.com, example.com:443", "192.0.2.1, 192.0.2.1:443", "::1, [::1]:443"})
  void an_IPv6_address_has_brackets_in_front_of_its_port(String host, String place) {
    InetAddress address = InetAddress.getLoopbackAddress();
    assertThat(new Peer(host, address, 443, null, null, Duration.ofSeconds(1)).place())
        .isEqualTo(place);
  }
}
