package dev.ferrule.epoll;

import static dev.ferrule.epoll.Room.loopback;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.SocketOptions;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the kernel says of a client's and of an accepted connection's options. */
@EnabledOnOs(OS.LINUX)
class SocketOptionCallsTest {
  private static final int SOL_SOCKET = 1;
  private static final int TCP = 6;
  private static final SocketOptions ALL =
      SocketOptions.NONE
          .keepAlive(Duration.ofSeconds(11), Duration.ofSeconds(12), 13)
          .userTimeout(Duration.ofMillis(14_015))
          .sendBuffer(16_000)
          .receiveBuffer(17_000)
          .trafficClass(0x48)
          .reusePort();

  private final Scratch scratch = new Scratch();

  @Test
  void the_kernel_has_the_options_of_a_client_and_of_what_a_listener_accepts() throws IOException {
    try (EpollPoller poller = new EpollPoller()) {
      var listener = poller.listen(loopback(0), -1, ALL);
      Link client = poller.connect(listener.localAddress(), ALL);
      Link accepted = accept(listener);
      has(client);
      has(accepted);
      client.close();
      accepted.close();
      listener.close();
    }
  }

  private static Link accept(dev.ferrule.spi.Listener listener) throws IOException {
    Link link = null;
    while (link == null) {
      link = listener.accept();
    }
    return link;
  }

  private void has(Link link) {
    assertThat(get(link, SOL_SOCKET, 9)).as("SO_KEEPALIVE").isEqualTo(1);
    assertThat(get(link, TCP, 4)).as("TCP_KEEPIDLE").isEqualTo(11);
    assertThat(get(link, TCP, 5)).as("TCP_KEEPINTVL").isEqualTo(12);
    assertThat(get(link, TCP, 6)).as("TCP_KEEPCNT").isEqualTo(13);
    assertThat(get(link, TCP, 18)).as("TCP_USER_TIMEOUT").isEqualTo(14_015);
    assertThat(get(link, SOL_SOCKET, 7)).as("SO_SNDBUF, which Linux doubles").isEqualTo(32_000);
    assertThat(get(link, SOL_SOCKET, 8)).as("SO_RCVBUF, which Linux doubles").isEqualTo(34_000);
    assertThat(get(link, 0, 1)).as("IP_TOS").isEqualTo(0x48);
  }

  @Test
  void nothing_is_set_that_was_not_asked_for() throws IOException {
    try (EpollPoller poller = new EpollPoller()) {
      var listener = poller.listen(loopback(0), -1);
      Link client = poller.connect(listener.localAddress());
      assertThat(get(client, SOL_SOCKET, 9)).as("SO_KEEPALIVE").isZero();
      assertThat(get(client, TCP, 18)).as("TCP_USER_TIMEOUT").isZero();
      assertThat(get(client, TCP, 30)).as("TCP_FASTOPEN_CONNECT").isZero();
      assertThat(get(client, 0, 1)).as("IP_TOS").isZero();
      client.close();
      listener.close();
    }
  }

  @Test
  void a_listener_of_ipv6_has_both_traffic_classes_and_its_queue() throws IOException {
    SocketOptions options = SocketOptions.NONE.trafficClass(0x48).fastOpen(77);
    try (EpollPoller poller = new EpollPoller()) {
      Watched listener = (Watched) poller.listen(new InetSocketAddress(any(), 0), -1, options);
      assertThat(get(listener, 0, 1)).as("IP_TOS").isEqualTo(0x48);
      assertThat(get(listener, 41, 67)).as("IPV6_TCLASS").isEqualTo(0x48);
      assertThat(get(listener, TCP, 23)).as("TCP_FASTOPEN").isEqualTo(77);
      assertThat(get(listener, 41, 26)).as("IPV6_V6ONLY").isZero();
      listener.release();
    }
  }

  private static InetAddress any() {
    return InetAddress.ofLiteral("::");
  }

  private int get(Object socket, int level, int name) {
    MemorySegment value = scratch.value.asSlice(0, 4);
    int fd = ((Watched) socket).fd;
    int n = Libc.getsockopt(scratch.errno, fd, level, name, value, scratch.room(value));
    assertThat(n).as("getsockopt").isZero();
    return value.get(ValueLayout.JAVA_INT, 0);
  }
}
