package dev.ferrule.epoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SockaddrTest {
  private final Scratch scratch = new Scratch();

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 8443, 0200 20fb 7f000001 0000000000000000",
    "255.254.253.252, 65535, 0200 ffff fffefdfc 0000000000000000",
    "2001:db8::1, 1, 0a00 0001 00000000 20010db8000000000000000000000001 00000000",
  })
  void an_ip_address_has_the_layout_of_c(String host, int port, String layout) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(host), port);
    int length = Sockaddr.write(scratch.address, address);
    byte[] written = scratch.address.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    assertThat(HexFormat.of().formatHex(written)).isEqualTo(layout.replace(" ", ""));
    assertThat(read(length)).isEqualTo(address);
  }

  @Test
  void a_link_local_address_keeps_its_scope() throws IOException {
    Inet6Address local = Inet6Address.getByAddress(null, bytes("fe80::1"), 3);
    SocketAddress back = read(Sockaddr.write(scratch.address, new InetSocketAddress(local, 5)));
    Inet6Address read = (Inet6Address) ((InetSocketAddress) back).getAddress();
    assertThat(read.getScopeId()).isEqualTo(3);
    assertThat(read).isEqualTo(local);
  }

  @Test
  void an_ipv4_peer_of_an_ipv6_socket_is_an_ipv4_peer() throws IOException {
    InetSocketAddress six = new InetSocketAddress(InetAddress.ofLiteral("2001:db8::1"), 77);
    int length = Sockaddr.write(scratch.address, six);
    byte[] mapped = HexFormat.of().parseHex("00000000000000000000ffff0a010203");
    MemorySegment.copy(mapped, 0, scratch.address, ValueLayout.JAVA_BYTE, 8, 16);
    InetSocketAddress read = (InetSocketAddress) read(length);
    assertThat(read.getAddress()).isInstanceOf(Inet4Address.class);
    assertThat(read).isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("10.1.2.3"), 77));
  }

  @ParameterizedTest
  @CsvSource({"/run/a.sock", "relative", "/tmp/with space"})
  void a_path_comes_back_as_it_was(String path) throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
    assertThat(read(Sockaddr.write(scratch.address, address))).isEqualTo(address);
  }

  @Test
  void a_path_may_have_107_bytes_and_no_more() throws IOException {
    UnixDomainSocketAddress longest = UnixDomainSocketAddress.of("a".repeat(107));
    assertThat(read(Sockaddr.write(scratch.address, longest))).isEqualTo(longest);
    assertThatThrownBy(
            () -> Sockaddr.write(scratch.address, UnixDomainSocketAddress.of("a".repeat(108))))
        .hasMessageContaining("108 bytes, and at most 107");
  }

  @Test
  void a_peer_without_a_path_has_an_empty_one() throws IOException {
    Sockaddr.write(scratch.address, UnixDomainSocketAddress.of("a"));
    assertThat(read(2)).isEqualTo(UnixDomainSocketAddress.of(""));
  }

  @Test
  void what_is_no_address_says_so() {
    assertThatThrownBy(() -> Sockaddr.write(scratch.address, UnixDomainSocketAddress.of("")))
        .hasMessageContaining("empty");
    assertThatThrownBy(() -> Sockaddr.family(InetSocketAddress.createUnresolved("a.test", 1)))
        .hasMessageContaining("not resolved");
    assertThatThrownBy(() -> Sockaddr.family(new SocketAddress() {}))
        .hasMessageContaining("no address");
  }

  private SocketAddress read(int length) {
    scratch.length(length);
    return Sockaddr.unpack(Sockaddr.packed(scratch));
  }

  private static byte[] bytes(String literal) {
    return InetAddress.ofLiteral(literal).getAddress();
  }
}
