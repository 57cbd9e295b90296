package dev.ferrule.epoll;

import static dev.ferrule.epoll.Room.loopback;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.epoll.Room.Told;
import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.LinkException.Kind;
import dev.ferrule.spi.Listener;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
class ListeningTest {
  private Room room;
  private Room other;

  @BeforeEach
  void open() throws IOException {
    room = new Room();
    other = new Room();
  }

  @AfterEach
  void close() {
    room.close();
    other.close();
  }

  // ---- several pollers

  @Test
  void two_pollers_that_share_an_address_both_get_connections() throws IOException {
    Listener one = room.share(loopback(0));
    Listener two = other.share(one.localAddress());
    assertThat(two.localAddress()).isEqualTo(one.localAddress());
    for (int i = 0; i < 64; i++) {
      room.connect(one.localAddress()); // the system picks by a hash of the addresses
    }
    int first = acceptAll(one);
    int second = acceptAll(two);
    assertThat(first + second).isEqualTo(64);
    assertThat(first).isBetween(1, 63);
  }

  private static int acceptAll(Listener listener) throws IOException {
    int count = 0;
    for (Link link; (link = listener.accept()) != null; count++) {
      link.close();
    }
    return count;
  }

  @Test
  void a_connection_may_be_accepted_for_another_poller() throws IOException {
    Listener listener = room.listen(loopback(0));
    Link near = room.connect(listener.localAddress());
    Link far = listener.acceptFor(other.poller);
    assertThat(far).isNotNull();
    Told told = other.watch(far, Link.READ);
    near.write(Room.text("x"));
    other.until(() -> told.times > 0);
    assertThat(far.read(ByteBuffer.allocate(2))).isEqualTo(1);
    assertThat(far.remoteAddress()).isEqualTo(near.localAddress());
    far.close();
    assertThat(listener.acceptFor(other.poller)).isNull();
  }

  // ---- an address that somebody else has

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_stranger_on_an_address_to_be_shared_is_found(boolean sharing) throws IOException {
    try (ServerSocketChannel stranger = stranger(loopback(0), sharing)) {
      SocketAddress taken = stranger.getLocalAddress();
      assertThatThrownBy(() -> room.share(taken))
          .isInstanceOfSatisfying(
              LinkException.class, e -> assertThat(e.kind()).isEqualTo(Kind.ADDRESS_IN_USE));
    }
  }

  @Test
  void a_stranger_who_comes_after_the_last_of_the_sharers_is_found() throws IOException {
    Listener one = room.share(loopback(0));
    Listener two = other.share(one.localAddress());
    one.close();
    two.close();
    try (ServerSocketChannel stranger = stranger(one.localAddress(), true)) {
      assertThat(stranger.isOpen()).isTrue();
      assertThatThrownBy(() -> room.share(one.localAddress())).hasMessageContaining("EADDRINUSE");
    }
  }

  @Test
  void who_listens_alone_shares_with_nobody() throws IOException {
    Listener shared = room.share(loopback(0));
    Listener alone = room.listen(loopback(0));
    assertThatThrownBy(() -> other.listen(shared.localAddress())).hasMessageContaining("in use");
    assertThatThrownBy(() -> other.share(alone.localAddress())).hasMessageContaining("in use");
  }

  @Test
  void a_shared_wildcard_is_known_again_by_its_address_of_either_family() throws IOException {
    int port = ((InetSocketAddress) room.share(wildcard("0.0.0.0", 0)).localAddress()).getPort();
    assertThat(other.share(wildcard("0.0.0.0", port)).localAddress()).isNotNull();
    assertThat(other.share(wildcard("::", port)).localAddress()).isNotNull();
  }

  private static ServerSocketChannel stranger(SocketAddress address, boolean sharing)
      throws IOException {
    return ServerSocketChannel.open()
        .setOption(StandardSocketOptions.SO_REUSEPORT, sharing)
        .bind(address);
  }

  // ---- both families

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  void a_wildcard_of_either_family_takes_clients_of_both(String literal) throws IOException {
    Listener listener = room.listen(wildcard(literal, 0));
    InetSocketAddress local = (InetSocketAddress) listener.localAddress();
    Link four = room.connect(loopback(local.getPort()));
    Link accepted = room.accept(listener);
    assertThat(accepted.remoteAddress()).isEqualTo(four.localAddress());
    assertThat(((InetSocketAddress) accepted.remoteAddress()).getAddress())
        .isInstanceOf(Inet4Address.class);
    assumeTrue(!(local.getAddress() instanceof Inet4Address), "no IPv6 here");
    Link six = room.connect(wildcard("::1", local.getPort()));
    assertThat(room.accept(listener).remoteAddress()).isEqualTo(six.localAddress());
  }

  private static InetSocketAddress wildcard(String literal, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
  }
}
