package dev.ferrule.testkit.contract;

import static dev.ferrule.testkit.contract.PollerRig.bytes;
import static dev.ferrule.testkit.contract.PollerRig.loopback;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.Listener;
import dev.ferrule.spi.SocketOptions;
import dev.ferrule.spi.SocketOptions.Option;
import dev.ferrule.testkit.Ports;
import dev.ferrule.testkit.contract.PollerRig.Pair;
import dev.ferrule.testkit.contract.PollerRig.Seen;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The part of {@link PollerContract} that is about options of sockets. */
public abstract class OptionsContract extends AdoptionContract {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** One value for each option, but for the local address. */
  private static final List<SocketOptions> EACH =
      List.of(
          SocketOptions.NONE.keepAlive(),
          SocketOptions.NONE.keepAlive(SECOND, SECOND, 3),
          SocketOptions.NONE.userTimeout(SECOND),
          SocketOptions.NONE.sendBuffer(20_000),
          SocketOptions.NONE.receiveBuffer(20_000),
          SocketOptions.NONE.trafficClass(0x20),
          SocketOptions.NONE.fastOpen(),
          SocketOptions.NONE.reusePort());

  /** For {@link PollerContract}. */
  protected OptionsContract() {}

  private boolean sets(SocketOptions options) {
    return options.given().stream().allMatch(one -> rig.poller.refusal(one) == null);
  }

  @Test
  void an_option_is_set_or_refused_with_a_reason_and_never_passed_over() {
    for (Option option : Option.values()) {
      String refusal = rig.poller.refusal(option);
      assertThat(refusal == null || !refusal.isBlank()).as(option.system()).isTrue();
    }
    for (SocketOptions options : EACH) {
      if (!sets(options)) {
        assertThatThrownBy(() -> rig.poller.connect(loopback(), options))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("cannot be set");
      }
    }
  }

  @Test
  void with_any_option_that_can_be_set_bytes_go_both_ways() throws IOException {
    for (SocketOptions options : EACH) {
      if (sets(options)) {
        Listener listener = rig.listen(loopback(), options);
        Pair pair = rig.pair(listener, fastOpenWorks(options) ? options : SocketOptions.NONE);
        pair.near().write(bytes(3));
        Seen seen = rig.watch(pair.far(), Link.READ);
        rig.until(() -> seen.times > 0);
        assertThat(PollerRig.drain(pair.far())).as(options.toString()).isEqualTo(3);
        pair.far().write(bytes(4));
        Seen back = rig.watch(pair.near(), Link.READ);
        rig.until(() -> back.times > 0);
        assertThat(PollerRig.drain(pair.near())).as(options.toString()).isEqualTo(4);
      }
    }
  }

  /** A deferred connect is not accepted before its first bytes: it has a test of its own. */
  private static boolean fastOpenWorks(SocketOptions options) {
    return !options.has(Option.FAST_OPEN);
  }

  @Test
  void a_client_comes_from_the_address_and_port_that_it_was_given() throws IOException {
    Listener listener = rig.listen(loopback());
    InetSocketAddress local = at(Ports.free());
    for (InetSocketAddress from : List.of(local, at(0))) {
      Pair pair = rig.pair(listener, SocketOptions.NONE.localAddress(from));
      InetSocketAddress seen =
          (InetSocketAddress) Objects.requireNonNull(pair.far().remoteAddress());
      assertThat(seen).isEqualTo(pair.near().localAddress());
      assertThat(seen.getAddress()).isEqualTo(from.getAddress());
      assertThat(from.getPort() == 0 || seen.getPort() == from.getPort()).isTrue();
    }
  }

  @Test
  void one_local_port_serves_clients_of_several_servers() throws IOException {
    InetSocketAddress local = at(Ports.free());
    SocketOptions options = SocketOptions.NONE.localAddress(local);
    Pair one = rig.pair(rig.listen(loopback()), options);
    Pair two = rig.pair(rig.listen(loopback()), options);
    assertThat(one.far().remoteAddress()).isEqualTo(local).isEqualTo(two.far().remoteAddress());
  }

  @Test
  void an_address_that_is_not_of_this_machine_cannot_be_bound() {
    InetSocketAddress stranger = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 0);
    assertThatThrownBy(
            () -> rig.poller.connect(loopback(), SocketOptions.NONE.localAddress(stranger)))
        .isInstanceOf(LinkException.class)
        .hasMessageContaining("192.0.2.1");
  }

  @Test
  void small_buffers_take_less_than_those_of_the_system() throws IOException {
    SocketOptions small = SocketOptions.NONE.receiveBuffer(8_192).sendBuffer(8_192);
    Pair pair = rig.pair(rig.listen(loopback(), small), small);
    assertThat(PollerRig.fill(pair.near())).as("client to server").isLessThan(100_000);
    assertThat(PollerRig.fill(pair.far())).as("server to client").isLessThan(100_000);
  }

  @Test
  void a_port_is_shared_by_those_who_all_ask_for_it() throws IOException {
    SocketOptions shared = SocketOptions.NONE.reusePort();
    assumeTrue(sets(shared), "this system has no SO_REUSEPORT");
    Listener first = rig.listen(loopback(), shared);
    Listener second = rig.listen(first.localAddress(), shared);
    assertThat(second.localAddress()).isEqualTo(first.localAddress());
    assertThatThrownBy(() -> rig.listen(first.localAddress()))
        .isInstanceOfSatisfying(
            LinkException.class,
            e -> assertThat(e.kind()).isEqualTo(LinkException.Kind.ADDRESS_IN_USE));
  }

  @Test
  void a_server_of_ipv6_only_leaves_the_port_to_one_of_ipv4() throws IOException {
    SocketOptions only = SocketOptions.NONE.ipv6Only();
    assumeTrue(sets(only), "the poller has no IPV6_V6ONLY");
    Listener six;
    try {
      six = rig.listen(new InetSocketAddress(InetAddress.ofLiteral("::"), 0), only);
    } catch (IOException e) {
      assumeTrue(false, "no IPv6 here: " + e.getMessage());
      return;
    }
    int port = ((InetSocketAddress) six.localAddress()).getPort();
    Listener four = rig.listen(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
    assertThat(rig.pair(four).near()).isNotNull();
    assertThat(six.accept()).isNull();
  }

  private static InetSocketAddress at(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }
}
