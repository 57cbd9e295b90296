package dev.ferrule.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.Collections;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostTest {
  @ParameterizedTest
  @CsvSource({
    "localhost, localhost, localhost",
    "LocalHost, localhost, localhost",
    "my_service, my_service, my_service",
    "_dmarc.Example.COM, _dmarc.example.com, _dmarc.example.com",
    "example.com., example.com, example.com.",
    "BÜCHER.example., xn--bcher-kva.example, xn--bcher-kva.example.",
    "xn--strae-oqa.de, xn--strae-oqa.de, xn--strae-oqa.de",
    "1.example, 1.example, 1.example",
    "-x-.example, -x-.example, -x-.example",
  })
  void a_name_is_verified_and_resolved_in_one_form(String written, String name, String resolved) {
    Host host = Host.parse(written);
    assertThat(host.isName()).isTrue();
    assertThat(host.canonical()).isEqualTo(name);
    assertThat(host.toResolve()).isEqualTo(resolved);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1",
    "[::1], 0:0:0:0:0:0:0:1",
    "::1, 0:0:0:0:0:0:0:1",
    "2001:DB8::A, 2001:db8:0:0:0:0:0:a",
    "::ffff:127.0.0.1, 127.0.0.1",
    "[::FFFF:7f00:1], 127.0.0.1",
  })
  void an_address_is_told_from_a_name(String written, String text) throws UnknownHostException {
    Host host = Host.parse(written);
    assertThat(host.isName()).isFalse();
    assertThat(host.canonical()).isEqualTo(text);
    assertThat(host.address()).isEqualTo(InetAddress.ofLiteral(text));
  }

  @Test
  void an_address_is_connected_to_in_its_zone_and_verified_without() throws Exception {
    NetworkInterface any = Collections.list(NetworkInterface.getNetworkInterfaces()).getFirst();
    Host named = Host.parse("fe80::1%" + any.getName());
    Host numbered = Host.parse("[fe80::1%" + any.getIndex() + "]");
    for (Host host : new Host[] {named, numbered}) {
      assertThat(host.canonical()).isEqualTo("fe80:0:0:0:0:0:0:1");
      assertThat(((Inet6Address) host.address()).getScopeId()).isEqualTo(any.getIndex());
    }
  }

  @Test
  void an_unknown_zone_is_named() {
    Host host = Host.parse("fe80::1%nowhere9");
    assertThatThrownBy(host::address)
        .isInstanceOf(UnknownHostException.class)
        .hasMessage("there is no network interface 'nowhere9' here");
    assertThatThrownBy(host::toResolve)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'fe80:0:0:0:0:0:0:1%nowhere9' cannot be used: there is no network");
  }

  @Test
  void a_mapped_address_is_an_ipv4_address() throws UnknownHostException {
    assertThat(Host.parse("::ffff:10.0.0.1").address()).isInstanceOf(Inet4Address.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a b.example|contains U+0020, which no host name has",
        "a*.example|contains '*' (U+002A)",
        "a/b|contains '/' (U+002F)",
        "a..b|has an empty part between its dots",
        "..|has an empty part between its dots",
        ".|is empty",
        ".example|has an empty part between its dots",
        "256.1.1.1|ends in a number and is no IPv4 address",
        "0x7f.1|ends in a number and is no IPv4 address",
        "example.0x1F|ends in a number and is no IPv4 address",
        "[localhost]|is no IPv6 address",
        "localhost:80|is no IPv6 address",
        "fe80::1%|is no IPv6 address",
        "::ffff:1.2.3.4%1|which has no zone",
      })
  void what_is_no_host_is_refused_with_the_reason(String written, String reason) {
    assertThatThrownBy(() -> Host.parse(written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void what_is_too_long_is_refused() {
    String label = "a".repeat(63);
    String longest = (label + ".").repeat(3) + "a".repeat(61);
    assertThat(Host.parse(longest).canonical()).hasSize(253);
    assertThatThrownBy(() -> Host.parse(longest + "a")).hasMessageContaining("253");
    assertThatThrownBy(() -> Host.parse(label + "a.example")).hasMessageContaining("63");
    assertThatThrownBy(() -> Host.parse("ü".repeat(100_000))).hasMessageContaining("too long");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t", "\u0000", "\uD800", "a\u2028b", "%", "[", "[]"})
  void an_odd_text_is_refused_in_one_line(String written) {
    assertThatThrownBy(() -> Host.parse(written))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\u0000", "\u2028"));
  }

  @Property
  void any_text_is_a_host_or_refused(@ForAll String written) {
    try {
      Host host = Host.parse(written);
      assertThat(Host.parse(host.toResolve()).canonical()).isEqualTo(host.canonical());
      assertThat(host.canonical()).matches("[a-z0-9_.:-]+");
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
